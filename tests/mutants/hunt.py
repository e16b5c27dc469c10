"""Playing the cases of a rule on its mutants."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ollama_watch.app.rehearsal import play
from ollama_watch.app.workshop import Workshop, lines
from ollama_watch.model import Line
from ollama_watch.verify.case import Case
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.judge import FIELD
from ollama_watch.verify.rule import Rule
from tests.mutants.mutate import Mutant, mutants


class Alike(NamedTuple):
    """Alterations that change nothing, of which rules, and why."""

    why: str
    of: Callable[[Rule], bool]
    names: tuple[str, ...]


def _once(rule: Rule) -> bool:
    return rule.tell == "once"


def _each_counts(rule: Rule) -> bool:
    named = {name for text in (rule.summary, *rule.fix) for name in FIELD.findall(text)}
    facts = {one.fact for part in (rule.when, *rule.unless.values(), *rule.escalate.values()) for one in part}
    return bool(rule.on) and rule.count == 1 and "count" not in named | facts


def _of_a_moment(rule: Rule) -> bool:
    return rule.on is not None and not EVENTS[rule.on].in_log


ALIKE = (
    Alike(
        "`check --running` looks once: nobody waits, is told again, or sees it end",
        _of_a_moment,
        (
            "tell once",
            "pending_for a minute",
            "repeat halved",
            "repeat doubled",
            "hold halved",
            "hold doubled",
        ),
    ),
    Alike("what is told once is not repeated", _once, ("repeat halved", "repeat doubled")),
    Alike(
        "each occurrence is enough, and nobody reads how many there were",
        _each_counts,
        ("within halved", "within doubled"),
    ),
)


def alike(rule: Rule) -> set[str]:
    """Return the names of the mutants of a rule that are the same rule in other words."""
    return {name for row in ALIKE if row.of(rule) for name in row.names}


def survivors(workshop: Workshop, rule: Rule) -> Iterator[Mutant]:
    """Yield each mutant of a rule that no case of it notices."""
    cases = [(case, list(lines(case))) for case in workshop.cases if case.rule == rule.id]
    for mutant in mutants(rule):
        if not _noticed(mutant.rule, cases):
            yield mutant


def _noticed(rule: Rule, cases: Sequence[tuple[Case, Sequence[Line]]]) -> bool:
    """Play the shortest first: most mutants are noticed at once, and some logs are a day long."""
    ordered = sorted(cases, key=lambda one: len(one[1]))
    return any(not play(rule, case, text).passed for case, text in ordered)
