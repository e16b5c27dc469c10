"""All alerts of this program, and who is told what. Time is log time and is handed in.

A state alert ends with a later launch of the same model that keeps the rule, or after seven days without one;
never because of silence (design: alerts). An event alert ends when its hold is over.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace

from ollama_watch.alerts.alert import Alert, End, key
from ollama_watch.alerts.entry import PATIENCE, Entry
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES, Finding, Launch
from ollama_watch.verify.rule import Rule

_FORGOTTEN = 7 * 86400.0  # s without a launch
_MOST = 10_000  # alerts; a host has tens of models
_CHANGES_EVERY = 10.0  # s; a pop-up that counts is not redrawn more often
_ONCE_MOST = 10_000
_CONTEXT = "context-"  # rules that thrashing speaks for

Source = tuple[str | None, str]  # host, name


@dataclass(slots=True)
class Book:
    """Alerts by key. Belongs to one thread."""

    entries: OrderedDict[str, Entry] = field(default_factory=OrderedDict)
    once: OrderedDict[str, None] = field(default_factory=OrderedDict)  # told once: key and value
    violations: dict[tuple[str, str], int] = field(default_factory=dict)  # (rule, severity): launches, events

    # ---- what happens

    def broken(self, rule: Rule, finding: Finding, now: float) -> None:
        """A launch, or what happened to it, breaks a rule."""
        count = (rule.id, finding.severity)
        name = key(finding)
        entry = self.entries.get(name)
        same = entry and entry.launch and finding.launch and entry.launch.index == finding.launch.index
        if not (same and rule.on is None):
            self.violations[count] = self.violations.get(count, 0) + 1
        if entry is None:
            self._begin(name, rule, finding, now)
        else:
            self._again(entry, rule, finding, now)

    def kept(self, rule_id: str, launch: Launch, now: float, how: End = "fixed") -> list[Notice]:
        """A launch keeps a rule, or is excused from it: return the end of the alert, if people knew of it."""
        name = "/".join((launch.host or "", launch.source, rule_id, launch.subject))
        entry = self.entries.get(name)
        if entry is None:
            return []
        if launch.failed and entry.since_launch != launch.index:
            return []  # it did not start: what an earlier launch broke is still broken
        return self._end(name, how, now, launch)

    def forget(self, rules: Container[str], now: float) -> list[Notice]:
        """End the alerts of rules that are not in force any more."""
        gone = [name for name, entry in self.entries.items() if entry.rule.id not in rules]
        return [notice for name in gone for notice in self._end(name, "accepted", now, None)]

    def changed(self, launch: Launch, now: float) -> None:
        """More is known of a launch: whether it is complete or gone."""
        for entry in self.entries.values():
            known = entry.launch
            if known and known.index == launch.index and _source(known) == _source(launch):
                entry.launch = launch
                if launch.complete:
                    entry.ready_at = min(entry.ready_at, now)

    def tick(self, source: Source, now: float, *, telling: bool = True) -> Iterator[Notice]:
        """Let time pass on one source; yield what people are to be told now, unless this is history."""
        entries = [(n, e) for n, e in self.entries.items() if _source(e.alert.finding) == source]
        for name, entry in entries:
            self._fire(entry, now)
            if over := self._over(entry, now):
                yield from self._end(name, over, now, None)
        for name, entry in entries if telling else ():
            if name in self.entries and not self._inhibited(entry):
                yield from self._tell(entry, now)

    # ---- what is

    def active(self) -> list[Alert]:
        """Return what is pending or firing, the gravest first; without what a graver one speaks for."""
        alerts = [entry.alert for entry in self.entries.values() if not self._inhibited(entry)]
        return sorted(alerts, key=lambda a: (-SEVERITIES.index(a.severity), a.since, a.key))

    # ---- how

    def _begin(self, name: str, rule: Rule, finding: Finding, now: float) -> None:
        launch = finding.launch
        # Nothing of the moment: a line that is read again after a kill begins the same alert.
        origin = f"{name}|{finding.line}|{launch.index if launch else ''}|{launch.cursor if launch else ''}"
        alert = Alert(
            id=hashlib.sha256(origin.encode()).hexdigest()[:16],
            key=name,
            state="pending" if rule.pending_for else "firing",
            finding=finding,
            since=now,
            updated=now,
        )
        waits = rule.on is None and launch is not None and not launch.complete
        self.entries[name] = Entry(
            alert=alert,
            rule=rule,
            since_launch=launch.index if launch and rule.on is None else None,
            launch=launch,
            ready_at=now + PATIENCE if waits else now,
        )
        if len(self.entries) > _MOST:
            self.entries.popitem(last=False)

    @staticmethod
    def _again(entry: Entry, rule: Rule, finding: Finding, now: float) -> None:
        before = entry.alert.finding
        graver = SEVERITIES.index(finding.severity) > SEVERITIES.index(before.severity)
        if rule.on:
            finding = replace(finding, count=before.count + 1)
        entry.rule, entry.launch, entry.violated = rule, finding.launch, True
        entry.alert = replace(entry.alert, finding=finding, updated=now)
        if graver:
            entry.told_at = None

    def _fire(self, entry: Entry, now: float) -> None:
        if entry.alert.state == "pending" and now - entry.alert.since >= entry.rule.pending_for:
            entry.alert = replace(entry.alert, state="firing", updated=now)

    @staticmethod
    def _over(entry: Entry, now: float) -> End:
        patience = entry.rule.hold if entry.rule.on else _FORGOTTEN
        return "over" if now - entry.alert.updated >= patience else ""

    def _inhibited(self, entry: Entry) -> bool:
        finding = entry.alert.finding
        if not finding.rule.startswith(_CONTEXT):
            return False
        thrashing = key(replace(finding, rule="thrashing"))
        return thrashing in self.entries

    def _tell(self, entry: Entry, now: float) -> Iterator[Notice]:
        if entry.due(now):
            first = entry.told_at is None
            entry.told_at = entry.shown_at = now
            entry.violated = False
            if entry.rule.tell == "once" and not self._first_time(entry):
                return
            entry.told = entry.alert
            yield Notice(entry.alert, "begin" if first else "repeat")
        elif entry.changed() and now - entry.shown_at >= _CHANGES_EVERY:
            entry.told, entry.shown_at = entry.alert, now
            yield Notice(entry.alert, "change")

    def _first_time(self, entry: Entry) -> bool:
        finding = entry.alert.finding
        once = f"{entry.alert.key}={finding.actual}"
        if once in self.once:
            return False
        self.once[once] = None
        if len(self.once) > _ONCE_MOST:
            self.once.popitem(last=False)
        return True

    def _end(self, name: str, how: End, now: float, launch: Launch | None) -> list[Notice]:
        entry = self.entries.pop(name)
        if entry.told is None:
            return []
        ended = replace(entry.alert, state="resolved", updated=now, ended=how, ended_by=launch)
        return [Notice(ended, "end")]


def _source(about: Finding | Launch) -> Source:
    return about.host, about.source
