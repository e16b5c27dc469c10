"""What should be on the screen, and so what is to be done next. Time is handed in, nothing is drawn here.

What is done is only remembered once it is known to be done: so whatever fails is simply due again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ollama_watch.agent.memory import Memory, Told
from ollama_watch.agent.received import Everything, Heard
from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.sinks import popups
from ollama_watch.sinks.buttons import MUTED_FOR
from ollama_watch.sinks.note import Note

_REDRAW = 10.0  # s; a pop-up that counts is not redrawn more often
_SAID = 20  # notes of our own that wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do on the desktop, and what is true once it is done."""

    key: str  # of the pop-up
    note: Note | None  # None: take it away
    told: Mapping[str, Told] = field(default_factory=dict)  # by the alert's id
    over: str = ""  # id of an alert that ended
    for_now: bool = False  # it goes on: what was put away is not to come back after that


class Board:
    """Belongs to one thread."""

    def __init__(self, memory: Memory, least: Severity) -> None:
        self.memory = memory
        self._least: Severity = least
        self._firing: dict[str, Heard] = {}  # by id
        self._ended: dict[str, Alert | None] = {}  # told ones by id; None: it is not known how
        self._drawn: dict[str, tuple[Note, float]] = {}  # by the pop-up's key: what it shows, since when
        self._away: set[str] = set()  # keys of pop-ups that were taken away, though it goes on
        self._shared: set[str] = set()  # rules whose alerts share a pop-up
        self._said: list[Step] = []

    # ---- what is heard

    def take(self, what: Everything | Heard) -> None:
        if isinstance(what, Heard):
            self._change(what)
            return
        there = {one.alert.id: one for one in what.alerts}
        if what.ready:  # what is not there has ended while we did not hear
            missing = [number for number in self.memory.told if number not in there]
            self._ended |= dict.fromkeys((one for one in missing if one not in self._ended), None)
            self._firing.clear()
        for one in there.values():
            self._change(one)

    def _change(self, heard: Heard) -> None:
        number = heard.alert.id
        if heard.alert.state != "resolved":
            self._firing[number] = heard
            self._ended.pop(number, None)
            return
        self._firing.pop(number, None)
        if number in self.memory.told:
            self._ended[number] = heard.alert

    # ---- what its user does

    def alerts(self, key: str) -> list[Alert]:
        """Return what the pop-up `key` is about, as far as it still fires."""
        return [one.alert for one in self._firing.values() if self._key(one.alert) == key]

    def mute(self, key: str, now: float) -> None:
        """Say nothing of it for a while; what still fires then is told anew."""
        self.memory.muted[key] = now + MUTED_FOR
        for number in [n for n, told in self.memory.told.items() if told.key == key]:
            del self.memory.told[number]
        self._said.append(Step(key=key, note=None))

    def say(self, key: str, note: Note) -> None:
        """Show a note of our own."""
        self._said = [*self._said, Step(key=key, note=note)][-_SAID:]

    def forget(self) -> None:
        """Somebody else shows it all: nothing is on the screen that we would have to take away."""
        self.memory.told.clear()
        self._ended.clear()
        self._drawn.clear()
        self._said.clear()

    # ---- what is to be done

    def steps(self, now: float) -> Iterator[Step]:
        """Yield what is due, each only after the one before is done: `done` must be called in between."""
        muted = self.memory.muted
        for key in popups.no_longer_muted(muted, now):
            del muted[key]
        yield from list(self._said)
        for number, ended in list(self._ended.items()):
            yield from self._take_away(number, ended)
        shown, inhibited = self._groups()
        self._away &= {told.key for told in self.memory.told.values()}
        for key in sorted(inhibited - set(shown) - self._away):
            yield Step(key=key, note=None, for_now=True)
        for key, members in shown.items():
            if key in muted or members[0].alert.rule in muted:
                continue
            step = self._drawing(key, members, now)
            yield from (Step(key=one, note=None) for one in self._elsewhere(key, members) if step)
            yield from [step] if step else []

    def done(self, step: Step, now: float) -> None:
        """It is on the screen, or gone from it."""
        self._said = [one for one in self._said if one is not step]
        self.memory.remember(step.told)
        if step.over:
            self._ended.pop(step.over, None)
            self.memory.told.pop(step.over, None)
        if step.note is None:
            self._drawn.pop(step.key, None)
            self._away.add(step.key)
        elif step.told:
            self._away.discard(step.key)
            self._drawn[step.key] = (replace(step.note, quiet=False), now)

    def next_at(self, now: float) -> float | None:
        """Return when something may become due by itself."""
        moments = [*self.memory.muted.values(), *(at + _REDRAW for _, at in self._drawn.values())]
        return min((one for one in moments if one > now), default=None)

    # ---- how

    def _groups(self) -> tuple[dict[str, list[Heard]], set[str]]:
        """Return what belongs on the screen, by pop-up, and the pop-ups that another alert speaks for."""
        firing = [one for one in self._firing.values() if one.told is not None and self._wants(one.alert)]
        known = {told.key for told in self.memory.told.values()}
        self._shared = popups.shared((one.alert for one in firing), self._shared | known)
        shown: dict[str, list[Heard]] = {}
        for heard in firing:
            if not heard.inhibited:
                shown.setdefault(self._key(heard.alert), []).append(heard)
        return shown, known & {self._key(one.alert) for one in firing if one.inhibited}

    def _key(self, alert: Alert) -> str:
        return popups.key(alert, self._shared)

    def _elsewhere(self, key: str, members: list[Heard]) -> list[str]:
        """Return the pop-ups of their own that some of what shares `key` have had so far."""
        told = (self.memory.told.get(one.alert.id) for one in members)
        return [one for one in dict.fromkeys(one.key for one in told if one) if one != key]

    def _wants(self, alert: Alert) -> bool:
        """Tell whether it is to be shown: what sleeps, and was not shown while it ran, waits for that."""
        if alert.state != "firing":
            return False
        return alert.id in self.memory.told or (popups.wanted(alert, self._least) and not alert.asleep)

    def _take_away(self, number: str, ended: Alert | None) -> Iterator[Step]:
        told = self.memory.told.get(number)
        if told is None:  # nobody was shown it, or it is muted
            self._ended.pop(number, None)
            return
        others = any(told.key == one.key for n, one in self.memory.told.items() if n != number)
        if not others:
            yield Step(key=told.key, note=None)
        back = popups.back_note(ended) if ended and not others else None
        if back:
            yield Step(key=f"{told.key} is back", note=back, over=number)
        else:
            self._ended.pop(number, None)
            self.memory.told.pop(number, None)

    def _drawing(self, key: str, members: list[Heard], now: float) -> Step | None:
        """Return how the pop-up must change, None if it is right as it is."""
        alerts = [one.alert for one in members]
        loud = any(self._is_news(one) for one in members)
        note = popups.note(alerts, quiet=False)
        told = {one.alert.id: self._telling(key, one) for one in members}
        if loud:
            return None if self._was_heard(key, now) else Step(key=key, note=note, told=told)
        if self._elsewhere(key, members):
            return Step(key=key, note=replace(note, quiet=True), told=told)
        if key in self._away:
            awake = any(not alert.asleep for alert in alerts)
            return Step(key=key, note=replace(note, quiet=True), told=told) if awake else None
        if key not in self._drawn:  # an earlier process drew it
            self._drawn[key] = (note, now)
        drawn, at = self._drawn[key]
        if note == drawn or now - at < _REDRAW:
            return None
        return Step(key=key, note=replace(note, quiet=True), told=told)

    def _was_heard(self, key: str, now: float) -> bool:
        """Tell whether the pop-up of many alerts was drawn just now, so that more of them have to wait."""
        return key in self._shared and key in self._drawn and abs(now - self._drawn[key][1]) < popups.LOUD

    def _is_news(self, heard: Heard) -> bool:
        """Tell whether people do not know of it yet, or not how grave it is, or are to be told again."""
        known = self.memory.told.get(heard.alert.id)
        if known is None:
            return True
        if heard.alert.asleep:
            return False
        since = (heard.told or 0.0) - known.told
        graver = SEVERITIES.index(heard.alert.severity) > SEVERITIES.index(known.severity)
        other = known.actual not in (None, _actual(heard.alert))  # news of a rule that tells once a value
        return graver or since >= max(heard.repeat, 1.0) or (other and since > 0)

    def _telling(self, key: str, heard: Heard) -> Told:
        """Of a telling that is no news the first one counts: the daemon may have forgotten it.

        So does the gravest: one that is milder for a while is no news when it is as grave as before.
        """
        known = self.memory.told.get(heard.alert.id)
        if known and not self._is_news(heard):
            return replace(known, key=key)
        return Told(key, heard.told or 0.0, heard.alert.severity, _actual(heard.alert))


def _actual(alert: Alert) -> str:
    return str(alert.finding.actual)
