"""What people were told so far, and what they must never be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.rule import Rule


@dataclass
class Told:
    """One begin that people know of."""

    key: str
    loud_at: float  # when they last heard of it with a sound
    loudest: int  # index of the gravest severity that they heard
    shown: int  # index of the severity as which they see it now
    values: set[object]


@dataclass
class Ledger:
    """Takes in every notice; fails where one breaks a promise of an alert's life."""

    rules: Mapping[str, Rule]
    open: dict[str, Told] = field(default_factory=dict)  # by id
    over: set[str] = field(default_factory=set)  # ids that have ended
    lately: dict[str, tuple[float, int]] = field(default_factory=dict)  # of what ended: `loud_at`, `loudest`
    once: set[tuple[str, object]] = field(default_factory=set)  # key and value, of rules that tell once

    def take(self, notices: Iterable[Notice], now: float) -> None:
        for notice in notices:
            alert = notice.alert
            assert alert.id not in self.over, f"told after its end: {notice}"
            match notice.what:
                case "begin":
                    self._begin(alert, now, quiet=notice.quiet)
                case "repeat":
                    self._repeat(alert, now)
                case "change":
                    assert alert.id in self.open, f"a change of what nobody was told: {notice}"
                    self.open[alert.id].shown = SEVERITIES.index(alert.severity)
                case "end":
                    assert alert.id in self.open, f"an end without a begin: {notice}"
                    assert alert.ended
                    assert alert.state == "resolved"
                    self._end(alert)

    def knows(self, key: str) -> bool:
        return any(told.key == key for told in self.open.values())

    def _begin(self, alert: Alert, now: float, *, quiet: bool) -> None:
        assert alert.id not in self.open, f"a second begin: {alert}"
        assert not self.knows(alert.key), f"a begin before the last one ended: {alert}"
        assert alert.state == "firing"
        value, grave, rule = alert.finding.actual, SEVERITIES.index(alert.severity), self.rules[alert.rule]
        heard_at, loudest = self.lately.get(alert.key, (-inf, -1))
        covered = rule.tell == "each" and now - heard_at < rule.repeat - 1 and grave <= loudest
        assert quiet or not covered, f"told again within its time: {alert}"
        if rule.tell == "once":
            assert quiet == ((alert.key, value) in self.once), f"told once more, or never: {alert}"
        else:
            assert covered or not quiet or now - heard_at < rule.repeat + 1, f"nobody hears of it: {alert}"
        loud_at, loud = (heard_at, loudest) if quiet else (now, grave)
        self.open[alert.id] = Told(alert.key, loud_at, loud, grave, {value})
        if not quiet:
            self._once(alert)

    def _end(self, alert: Alert) -> None:
        told = self.open.pop(alert.id)
        self.over.add(alert.id)
        self.lately[told.key] = (told.loud_at, told.loudest)
        if alert.ended == "accepted":
            del self.lately[told.key]
            self.once -= {one for one in self.once if one[0] == told.key}

    def _repeat(self, alert: Alert, now: float) -> None:
        assert alert.id in self.open, f"a repetition of what nobody was told: {alert}"
        told, rule = self.open[alert.id], self.rules[alert.rule]
        graver = SEVERITIES.index(alert.severity) > told.loudest
        if rule.tell == "once":
            assert alert.finding.actual not in told.values, f"told once more: {alert}"
        elif not graver:
            assert now - told.loud_at >= rule.repeat, f"repeated too early: {alert}"
        told.loud_at, told.loudest = now, SEVERITIES.index(alert.severity)
        told.shown = told.loudest
        told.values.add(alert.finding.actual)
        self._once(alert)

    def forget_how_grave(self) -> None:
        """An older release kept how it was shown last: what was graver before may be told again."""
        for told in self.open.values():
            told.loudest = told.shown

    def _once(self, alert: Alert) -> None:
        if self.rules[alert.rule].tell == "once":
            value = (alert.key, alert.finding.actual)
            assert value not in self.once, f"told once more: {alert}"
            self.once.add(value)
