"""Holding lines against the rules one by one, with the reasons: the work of `rules try`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Facts, Launch, Line, Occurrence
from ollama_watch.parse import parse
from ollama_watch.parse.events import Event
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Changed, Reported, Update
from ollama_watch.verify.explained import Step, steps
from ollama_watch.verify.judge import judge
from ollama_watch.verify.rule import Rule, Verdict

_MOST = 1000  # lines that are shown as they were understood


@dataclass(slots=True)
class Trial:
    """What lines told."""

    understood: list[tuple[int, Event]] = field(default_factory=list)  # line number, what it announces
    launches: list[Launch] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One rule held against one launch, or one occurrence; neither: its event did not come."""

    rule: Rule
    facts: Facts
    verdict: Verdict | None
    steps: tuple[Step, ...]


def read_trial(lines: Iterable[Line], judging: Judging) -> Trial:
    """Read lines to their end."""
    trial, reading = Trial(), Reading("lines")
    records: dict[int, Record] = {}
    reported: list[Reported] = []

    def take(updates: Iterable[Update]) -> None:
        for update in updates:
            if isinstance(update, Changed):
                records[update.record.index] = update.record
            else:
                reported.append(update)

    for line in lines:
        trial.lines += 1
        if len(trial.understood) < _MOST:
            trial.understood += [(line.number, stamped.event) for stamped in parse(line)]
        take(reading.feed(line))
    take(reading.finish())
    launches = {index: judging.launch(record) for index, record in sorted(records.items())}
    trial.launches = list(launches.values())
    trial.occurrences = [
        judging.occurrence(one, launches.get(one.record.index) if one.record else None, "lines", None)
        for one in reported
    ]
    return trial


def consider(
    rules: Sequence[Rule], launch: Launch | None, occurrences: Sequence[Occurrence]
) -> Iterator[Considered]:
    """Yield what comes of each rule for a launch, and for the last occurrence of each kind."""
    last = {one.kind: one for one in occurrences}
    for rule in rules:
        found = last.get(rule.on or "")
        if (rule.on and not found) or (not rule.on and not launch):
            yield Considered(rule=rule, facts={}, verdict=None, steps=())
            continue
        about = found.launch if found else launch
        facts = {**(about.facts if about else {}), **(found.fields if found else {})}
        yield Considered(rule=rule, facts=facts, verdict=judge(rule, facts), steps=tuple(steps(rule, facts)))
