"""All alerts of this program, and who is told what. Time is log time and is handed in.

A state alert ends with a later launch of the same model that keeps the rule, or after seven days without one;
never because of silence (design: alerts). An event alert ends when its hold is over. While another one speaks
for it, an alert neither begins nor ends for people: what it has become by then is told after that.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ollama_watch.alerts.alert import Alert, End, begin_id, gravest_first, key
from ollama_watch.alerts.entry import PATIENCE, Ending, Entry, ready_at
from ollama_watch.alerts.inhibition import SPEAKERS, down_key, speakers
from ollama_watch.alerts.lately import Memories, Memory, covering, forget, is_first, memory_of, remember
from ollama_watch.alerts.moments import CHANGES_EVERY, Looks, Source
from ollama_watch.alerts.notice import Notice, What
from ollama_watch.alerts.worst import worse
from ollama_watch.model import Finding, Launch
from ollama_watch.verify.rule import Rule

_MOST = 1000  # alerts of one host; it has tens of models
_NAMED = 0.5  # s; the line that names the model comes right after the one that it started


@dataclass(slots=True)
class Book:
    """Alerts by key. Belongs to one thread."""

    entries: OrderedDict[str, Entry] = field(default_factory=OrderedDict)
    memories: Memories = field(default_factory=OrderedDict)  # of what people heard
    violations: dict[tuple[str, str], int] = field(default_factory=dict)  # (rule, severity): launches, events
    begun: int = 0  # alerts so far
    judged_by: str = ""  # fingerprint of the rules and wishes that were in force
    # The last that ended, whether people had been told of them or not, until somebody clears it.
    ended: deque[Alert] = field(default_factory=lambda: deque(maxlen=_MOST), metadata={"transient": True})
    looks: Looks = field(default_factory=Looks, metadata={"transient": True})
    _speakers: set[str] = field(init=False, metadata={"transient": True})  # keys; mostly none
    # The same entries by source: what happens on one of many hosts costs nothing for the others'.
    _of: defaultdict[Source, dict[str, Entry]] = field(init=False, metadata={"transient": True})

    def __post_init__(self) -> None:
        self._of = defaultdict(dict)
        for name, entry in self.entries.items():
            self._of[_source(entry.alert.finding)][name] = entry
        self._speakers = {name for name, one in self.entries.items() if one.alert.rule in SPEAKERS}

    # ---- what happens

    def broken(self, rule: Rule, finding: Finding, now: float) -> list[Notice]:
        """A launch, or what happened to it, breaks a rule; what does not run any more begins no alert.

        Return the end of another alert that has to make room, if people must hear it.
        """
        name = key(finding)
        entry = self.entries.get(name)
        self.looks.touch(finding)
        if entry:
            entry.again(rule, finding, now)
        elif rule.on or not (finding.launch and finding.launch.gone):
            self._begin(name, rule, finding, now)
        own = self._of[_source(finding)]
        if len(own) <= _MOST:
            return []
        return self._end(min(own, key=lambda one: own[one].weight), "over", now, None)

    def kept(self, rule_id: str, launch: Launch, now: float, how: End = "fixed") -> list[Notice]:
        """A launch keeps a rule, or is excused from it: return the end of the alert, if people must hear it.

        While the launch may still fail, the end is only foreseen, and comes after a moment.
        """
        name = "/".join((launch.host or "", launch.source, rule_id, launch.subject))
        entry = self.entries.get(name)
        if entry is None:
            return []
        self.looks.touch(entry.alert.finding)
        own = entry.since_launch == launch.index
        if launch.failed and not own:
            entry.did_not_start(launch)
        elif not (launch.complete or own):
            if not entry.is_ended_by(launch):
                entry.ending = Ending(how, launch, now + PATIENCE)
        elif entry.told and how != "accepted" and self._inhibited(entry):
            entry.ending = Ending(how, launch, now)
        else:
            return self._end(name, how, now, launch)
        return []

    def forget(self, rules: Container[str], now: float) -> list[Notice]:
        """End the alerts of rules that are not in force any more: nobody accepted what they were about."""
        gone = [name for name, entry in self.entries.items() if entry.rule.id not in rules]
        return [notice for name in gone for notice in self._end(name, "replaced", now, None, news=True)]

    def drop(self, source: Source, now: float) -> list[Notice]:
        """End the alerts of a source that is no more."""
        notices = [one for name in list(self._of[source]) for one in self._end(name, "over", now, None)]
        del self._of[source]
        return notices

    def drop_all_but(self, sources: Iterable[Source], now: float) -> list[Notice]:
        """End the alerts of sources that are not watched any more."""
        there = set(sources)
        gone = [source for source in self._of if source not in there]
        return [notice for source in gone for notice in self.drop(source, now)]

    def up(self, source: Source, now: float) -> list[Notice]:
        """End the alert that the server is down."""
        name = down_key(*source)
        return self._end(name, "fixed", now, None) if name in self.entries else []

    def changed(self, launch: Launch, now: float) -> None:
        """More is known of a launch: whether it is complete or gone, or that another one replaced it."""
        for entry in self._of[_source(launch)].values():
            if launch.superseded_by is not None:
                entry.retried(launch, launch.superseded_by)
                self.looks.touch(entry.alert.finding)
            known = entry.launch
            if known and known.index == launch.index:
                entry.launch = launch
                self.looks.touch(entry.alert.finding)
                if launch.complete:
                    named = bool(launch.facts.get("model"))
                    entry.ready_at = min(entry.ready_at, now if named else now + _NAMED)

    def tick(self, source: Source, now: float, *, telling: bool = True) -> Iterator[Notice]:
        """Let time pass on one source; yield what people are to be told now, unless this is history."""
        entries = self.looks.due(source, self._of[source], now, telling=telling)
        for name, entry in sorted(entries, key=_speakers_first):
            self._count(entry, now)
            if entry.fire(now):
                self.looks.touch(entry.alert.finding)
            if (over := entry.over(now)) and not (entry.told and self._inhibited(entry)):
                launch = entry.ending.launch if entry.ending else None
                yield from self._end(name, over, now, launch)
        for name, entry in entries if telling else ():
            if name in self.entries and not self._inhibited(entry):
                yield from self._tell(entry, now)
        self.looks.looked(source, entries, now, telling=telling)

    def is_calm(self, source: Source, now: float) -> bool:
        """Tell whether no `tick` of the source's history up to `now` does anything."""
        return self.looks.is_calm(source, now, telling=False)

    # ---- what is

    def active(self) -> list[Alert]:
        """Return what is pending or firing, the gravest first; without what another one speaks for."""
        alerts = [entry.current() for entry in self.entries.values() if not self._inhibited(entry)]
        return sorted(alerts, key=gravest_first)

    def known(self, source: Source) -> list[Alert]:
        """Return what people were told of and would be told now."""
        own = self._of[source].values()
        due = (entry for entry in own if entry.told and not (entry.asleep or entry.ending))
        return [entry.current() for entry in due if not self._inhibited(entry)]

    def seen(self, keys: Iterable[str] | None = None) -> Iterator[tuple[Entry, Alert | None]]:
        """Yield what is pending or firing, all of it or that of these keys, each with what speaks for it."""
        entries = self.entries.values() if keys is None else filter(None, map(self.entries.get, keys))
        return ((entry, self._speaker(entry)) for entry in entries)

    # ---- how

    def _begin(self, name: str, rule: Rule, finding: Finding, now: float) -> None:
        launch = finding.launch
        alert = Alert(
            id=begin_id(finding, self.begun),
            key=name,
            state="pending" if rule.pending_for else "firing",
            finding=finding,
            since=now,
            updated=now,
            worst=worse(rule.on, None, finding),
        )
        self.begun += 1
        if rule.id in SPEAKERS:
            self._speakers.add(name)
        self.entries[name] = self._of[_source(finding)][name] = Entry(
            alert=alert,
            rule=rule,
            since_launch=launch.index if launch and rule.on is None else None,
            launch=launch,
            ready_at=ready_at(rule, launch, now),
        )

    def _count(self, entry: Entry, now: float) -> None:
        if entry.uncounted and now >= entry.ready_at:
            count = (entry.alert.rule, entry.alert.severity)
            self.violations[count] = self.violations.get(count, 0) + entry.uncounted
            entry.uncounted = 0

    def _memory(self, entry: Entry) -> Memory:
        return memory_of(self.memories, entry.alert.finding)

    def _inhibited(self, entry: Entry) -> bool:
        return self._speaker(entry) is not None

    def _speaker(self, entry: Entry) -> Alert | None:
        if not self._speakers:  # asked for every alert in every turn
            return None
        speaking = (self.entries.get(name) for name in speakers(entry.alert.finding))
        return next((one.alert for one in speaking if one and one.alert.state == "firing"), None)

    def _tell(self, entry: Entry, now: float) -> Iterator[Notice]:
        due = entry.due(now)
        known = due and entry.rule.tell == "once" and not is_first(self._memory(entry).once, entry.alert)
        back = entry.told is None and entry.rule.on is None  # an event is never mended, so never back
        if due and (back or not known):
            yield self._announce(entry, now, known=known)
        elif entry.changed() and now - entry.shown_at >= CHANGES_EVERY:
            entry.loudest = entry.loudest or (entry.told.severity if entry.told else None)
            regraded = entry.told is not None and entry.told.severity != entry.alert.severity
            entry.told, entry.shown_at = entry.alert, now
            self.looks.touch(entry.alert.finding)
            yield Notice(entry.alert, "change", quiet=entry.quiet, regraded=regraded)

    def _announce(self, entry: Entry, now: float, *, known: bool) -> Notice:
        """Tell a begin or a repetition; a begin is quiet where people heard of the last one lately.

        They hear of it when they would have heard of that one again. So it is where its value is `known`.
        """
        what: What = "repeat" if entry.told else "begin"
        heard = covering(self._memory(entry).lately, entry, now, known=known) if what == "begin" else None
        if heard:
            entry.told_at, entry.loudest = heard.at, heard.severity
        else:
            entry.told_at, entry.loudest, entry.violated = now, entry.alert.severity, False
        entry.told, entry.shown_at, entry.quiet = entry.alert, now, heard is not None
        self.looks.touch(entry.alert.finding)
        return Notice(entry.alert, what, quiet=entry.quiet)

    def _end(
        self, name: str, how: End, now: float, launch: Launch | None, *, news: bool = False
    ) -> list[Notice]:
        """End it; `news`: it will be, when it comes back."""
        entry = self.entries.pop(name)
        self.looks.touch(entry.alert.finding)
        self._of[_source(entry.alert.finding)].pop(name, None)
        self._speakers.discard(name)
        updated = max(now, entry.alert.updated)
        ended = replace(
            entry.alert, state="resolved", asleep=False, updated=updated, ended=how, ended_by=launch
        )
        self.ended.append(ended)
        memory = self._memory(entry)
        if entry.told and (news or how == "accepted"):  # what somebody knows of and then wants otherwise
            forget(memory.once, memory.lately, name)
        else:
            remember(memory.lately, entry)
        return [Notice(ended, "end", quiet=entry.quiet)] if entry.told else []


def _speakers_first(named: tuple[str, Entry]) -> bool:
    return named[1].rule.on is None


def _source(about: Finding | Launch) -> Source:
    return about.host, about.source
