"""Playing the cases of a rule on its mutants."""

from collections.abc import Iterator, Sequence

from ollama_watch.app.rehearsal import play
from ollama_watch.app.workshop import Workshop, lines
from ollama_watch.model import Line
from ollama_watch.verify.case import Case
from ollama_watch.verify.rule import Rule
from tests.mutants.mutate import Mutant, mutants

# Alterations that change nothing, and why.
ALIKE: dict[tuple[str, str], str] = {}


def survivors(workshop: Workshop, rule: Rule) -> Iterator[Mutant]:
    """Yield each mutant of a rule that no case of it notices."""
    cases = [(case, list(lines(case))) for case in workshop.cases if case.rule == rule.id]
    for mutant in mutants(rule):
        if not _noticed(mutant.rule, cases):
            yield mutant


def _noticed(rule: Rule, cases: Sequence[tuple[Case, Sequence[Line]]]) -> bool:
    return any(not play(rule, case, text).passed for case, text in cases)
