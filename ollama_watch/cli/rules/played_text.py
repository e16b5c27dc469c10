"""What came of cases, for people: those that failed, or could not be played, in full."""

from collections.abc import Iterator, Sequence

from ollama_watch.app.rehearsal import Miss, Played
from ollama_watch.app.workshop import Outcome
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.model import Facts, Launch
from ollama_watch.verify.case import Case, Told
from ollama_watch.verify.judge import shown
from ollama_watch.verify.outcomes import END


def render(outcomes: Sequence[Outcome], paint: Paint) -> str:
    """Return a block for each that did not pass, and what came of all of them at the end."""
    blocks = ["\n".join(block(one, paint)) for one in outcomes if not one.passed]
    return "\n\n".join([*blocks, "\n".join(_summary(outcomes, paint))])


def _summary(outcomes: Sequence[Outcome], paint: Paint) -> Iterator[str]:
    cases = _count(len(outcomes), "case")
    rules = _count(len({one.case.rule for one in outcomes}), "rule")
    errors = sum(one.error is not None for one in outcomes)
    failed = sum(not one.passed for one in outcomes) - errors
    if not outcomes:
        yield "no cases: write them below `cases:` of a rule, or into NAME.test.yaml beside NAME.yaml"
    elif failed:
        yield paint(
            "critical", f"{failed} of {cases} failed" + (f", {errors} could not be played" if errors else "")
        )
    elif errors:
        yield paint("critical", f"{errors} of {cases} could not be played")
    else:
        yield f"{paint('ok', 'ok')}: {cases} of {rules}"
    if as_shipped := sum(one.as_shipped for one in outcomes):
        yield f"{_count(as_shipped, 'shipped case')} of rules that you changed: played on them as shipped"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def block(one: Outcome, paint: Paint) -> Iterator[str]:
    """Yield the lines that tell what came of one case."""
    case, word = one.case, "ERROR" if one.error else "FAILED"
    yield f"{paint('critical', word)}  {case.rule}: {clean(case.name)}  {paint('faint', clean(case.origin))}"
    if one.error:
        yield from (f"    {line}" for line in str(one.error).split("\n"))
    if one.played:
        yield from _played(case, one.played, paint)


def _played(case: Case, played: Played, paint: Paint) -> Iterator[str]:
    for miss in played.misses:
        yield from _miss(miss, paint)
    for launch in played.launches:
        yield from _launch(launch, paint)
    if case.facts is not None:
        yield "    held against the facts of the case"
        yield _facts(case.facts, paint)
    elif not played.launches:
        yield "    no launch in these lines"


def _miss(miss: Miss, paint: Paint) -> Iterator[str]:
    yield f"    {moment(miss.moment.at) if miss.moment else 'told to people'}"
    yield from (paint("ok", f"      - expected  {_alert(told)}") for told in miss.lacking)
    yield from (
        paint("critical", f"      + {'fires   ' if miss.moment else 'is told '}  {_alert(told)}")
        for told in miss.unexpected
    )


def moment(at: float | None) -> str:
    """Return a moment as it is written in a case, for people."""
    return f"at the {END}" if at is None else f"after {at:g} s"


def _alert(told: Told) -> str:
    return (
        ", ".join(f"{key}: {clean(value)}" for key, value in told.items() if value) or "any alert of the rule"
    )


def _launch(launch: Launch, paint: Paint) -> Iterator[str]:
    yield f"    launched at line {launch.line}: {clean(launch.name)}"
    yield _facts(launch.facts, paint)


def _facts(facts: Facts, paint: Paint) -> str:
    known = [f"{name}: {clean(shown(value))}" for name, value in facts.items() if value is not None]
    return "      " + paint("faint", paint.wrapped(", ".join(known) or "none", 6))
