"""Playing a case: its lines through the daemon's own watch, with the one rule in force, looked at on time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.config import Config, Want
from ollama_watch.app.reading import Reading
from ollama_watch.app.watching import Watch, Watched
from ollama_watch.model import Facts, Launch, Line
from ollama_watch.parse import parse
from ollama_watch.verify.case import TOLD, Case, Moment, Told
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import judge, render, shown
from ollama_watch.verify.rule import Broken, Rule

_SOURCE = "case"
_AS_SHOWN = {"true": "yes", "false": "no"}  # YAML's words, and those that people are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A moment at which something else fired than was expected."""

    moment: Moment
    lacking: tuple[Told, ...]
    unexpected: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a case."""

    case: Case
    misses: tuple[Miss, ...]
    launches: tuple[Launch, ...]  # the last of each model

    @property
    def passed(self) -> bool:
        return not self.misses


def play(rule: Rule, case: Case, lines: Iterable[Line]) -> Played:
    """Play the lines of a case; a rule that is switched off is switched on for it."""
    if case.facts is not None:
        told = _judged(rule, case.facts)
        missed = [miss for moment in case.moments if (miss := _compared(moment, told))]
        return Played(case=case, misses=tuple(missed), launches=())
    wishes = tuple(Want(tag, tokens) for tag, tokens in case.want.items())
    config = Config(want=wishes, rules=(replace(rule, enabled=True),))
    watch = Watch(config, {_SOURCE: Watched(Reading(_SOURCE), live=True)})
    misses = [
        miss
        for moment, alerts in _looks(watch, case.moments, lines)
        if (miss := _compared(moment, [_told(alert) for alert in alerts]))
    ]
    return Played(case=case, misses=tuple(misses), launches=tuple(watch.sources[_SOURCE].launches.values()))


def _judged(rule: Rule, known: Facts) -> list[Told]:
    """Return what a rule tells of facts that no log stands for."""
    facts: Facts = {**dict.fromkeys(FACTS), **known}
    verdict = judge(rule, facts)
    if not isinstance(verdict, Broken):
        return []
    name = shown(facts["model"])
    told = {
        "severity": verdict.severity,
        "model": name,
        "fact": verdict.fact or "",
        "expected": verdict.expected or "",
        "actual": "" if verdict.fact is None else shown(verdict.actual),
        "summary": render(rule.summary, facts, name),
        "count": "1",
    }
    return [told]


def _looks(
    watch: Watch, moments: Sequence[Moment], lines: Iterable[Line]
) -> Iterator[tuple[Moment, list[Alert]]]:
    """Yield the alerts that fire at each moment; a line that is written then is read before it."""
    began: float | None = None
    left = [moment for moment in moments if moment.at is not None]
    for line in lines:
        stamps = [stamped.at for stamped in parse(line) if stamped.at]
        began = stamps[0] if began is None and stamps else began
        while left and began and stamps and stamps[-1] > began + (left[0].at or 0.0):
            yield left[0], _at(watch, began, left.pop(0))
        watch.feed(_SOURCE, line)
    for moment in left:
        yield moment, _at(watch, began or 0.0, moment)
    watch.finish(_SOURCE)
    for moment in moments:
        if moment.at is None:
            yield moment, _firing(watch)


def _at(watch: Watch, began: float, moment: Moment) -> list[Alert]:
    now = began + (moment.at or 0.0)
    watch.tick(now, now - watch.sources[_SOURCE].reading.fleet.now)
    return _firing(watch)


def _firing(watch: Watch) -> list[Alert]:
    return [alert for alert in watch.book.active() if alert.state == "firing"]


def _compared(moment: Moment, fires: Sequence[Told]) -> Miss | None:
    """Match each expected alert with one that fires, the most exact ones first."""
    left = list(fires)
    lacking = []
    for told in sorted(moment.alerts, key=len, reverse=True):
        found = next((one for one in left if _is(one, told)), None)
        if found:
            left.remove(found)
        else:
            lacking.append(told)
    if not (left or lacking):
        return None
    return Miss(moment=moment, lacking=tuple(lacking), unexpected=tuple(left))


def _is(actual: Told, told: Told) -> bool:
    return all(
        fnmatchcase(actual[key], text) or actual[key] == _AS_SHOWN.get(text, text)
        for key, text in told.items()
    )


def _told(alert: Alert) -> dict[str, str]:
    found = alert.finding
    values = {
        "severity": alert.severity,
        "model": alert.model,
        "fact": found.fact or "",
        "expected": found.expected or "",
        "actual": "" if found.fact is None else shown(found.actual),
        "summary": found.message,
        "count": str(found.count),
    }
    return {key: values[key] for key in TOLD}
