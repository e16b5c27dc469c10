"""Playing a case: its lines through the daemon's own watch, with the one rule in force, looked at on time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.stage import Stage, stage, timed
from ollama_watch.errors import UserError
from ollama_watch.model import Facts, Launch, Line
from ollama_watch.verify.case import TOLD, Case, Moment, Told
from ollama_watch.verify.case import Notice as Expected
from ollama_watch.verify.casefile import NO_TIME, NO_TIME_HINT
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import judge, render, shown
from ollama_watch.verify.rule import Broken, Rule

_AS_SHOWN = {"true": "yes", "false": "no"}  # YAML's words, and those that people are told
_SECOND = 1.0  # s; the daemon looks once a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A moment at which something else fired than was expected; None: people are told something else."""

    moment: Moment | None
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
    """Play the lines of a case; a rule that is switched off is switched on for it.

    Raises UserError if it has moments and none of the lines carries a time.
    """
    if case.facts is not None:
        told = _judged(rule, case.facts)
        missed = [miss for moment in case.moments if (miss := _compared(moment, told))]
        return Played(case=case, misses=tuple(missed), launches=())
    on = stage(rule, case.want)
    misses = [
        miss
        for moment, alerts in _looks(on, case, lines)
        if (miss := _compared(moment, [_told(alert) for alert in alerts]))
    ]
    if case.told is not None and (miss := _told_otherwise(case.told, on.told)):
        misses.append(miss)
    return Played(case=case, misses=tuple(misses), launches=on.launches)


def _judged(rule: Rule, known: Facts) -> list[Told]:
    """Return what a rule tells of facts that no log stands for."""
    facts: Facts = {**dict.fromkeys(FACTS), **known}
    verdict = judge(rule, facts)
    seen = facts.get("count") or 1
    if not isinstance(verdict, Broken) or (isinstance(seen, int) and seen < rule.count):
        return []
    name = shown(facts["model"])
    told = {
        "severity": verdict.severity,
        "model": name,
        "fact": verdict.fact or "",
        "expected": verdict.expected or "",
        "actual": "" if verdict.fact is None else shown(verdict.actual),
        "summary": render(rule.summary, facts, name),
        "times": "1",
    }
    return [told]


def _looks(on: Stage, case: Case, lines: Iterable[Line]) -> Iterator[tuple[Moment, list[Alert]]]:
    """Yield the alerts that fire at each moment; a line that is written then is read before it."""
    left = [moment for moment in case.moments if moment.at is not None]
    for at, line in timed(lines):
        while left and at is not None and on.began is not None and at > on.began + (left[0].at or 0.0):
            yield left[0], on.look(on.began + (left.pop(0).at or 0.0))
        on.read(line, at)
    if on.began is None and case.timed:
        raise UserError(f"{case.origin}: {case.name}: {NO_TIME}", hint=NO_TIME_HINT)
    began = on.began or 0.0
    for moment in left:
        yield moment, on.look(began + (moment.at or 0.0))
    on.look(max(began + case.until, on.now))
    fires = on.finish()
    for moment in case.moments:
        if moment.at is None:
            yield moment, fires


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
        "times": str(found.count),
    }
    return {key: values[key] for key in TOLD}


def _told_otherwise(expected: Sequence[Expected], told: Sequence[tuple[float, Notice]]) -> Miss | None:
    """Return what people are told from the first notice on that is another one than expected.

    Changes replace what is shown without a sound: where none is expected they are passed over.
    """
    if all(one.what != "change" for one in expected):
        told = [(at, one) for at, one in told if one.what != "change"]
    same = 0
    while same < min(len(expected), len(told)) and _is_told(expected[same], *told[same]):
        same += 1
    if same == len(expected) == len(told):
        return None
    lacking = (_notice(one.at, one.what, one.alert) for one in expected[same:])
    unexpected = (_notice(at, one.what, _told(one.alert)) for at, one in told[same:])
    return Miss(moment=None, lacking=tuple(lacking), unexpected=tuple(unexpected))


def _is_told(expected: Expected, at: float, notice: Notice) -> bool:
    then = expected.at is None or abs(expected.at - at) < _SECOND
    return then and expected.what in (None, notice.what) and _is(_told(notice.alert), expected.alert)


def _notice(at: float | None, what: str | None, alert: Told) -> Told:
    return ({"at": _span(at)} if at is not None else {}) | ({"what": what} if what else {}) | dict(alert)


def _span(seconds: float) -> str:
    """Return a span as it is written in a case, to the second."""
    left, text = round(seconds), ""
    for length, unit in ((3600, "h"), (60, "m"), (1, "s")):
        count, left = divmod(left, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"
