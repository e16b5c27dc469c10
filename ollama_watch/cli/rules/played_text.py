"""What came of cases, for people: the failing ones in full."""

from collections.abc import Iterator, Sequence

from ollama_watch.app.rehearsal import Miss, Played
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.model import Launch
from ollama_watch.verify.case import Told
from ollama_watch.verify.judge import shown
from ollama_watch.verify.outcomes import END


def render(played: Sequence[Played], paint: Paint) -> str:
    """Return a block for each failed case and one line at the end."""
    failed = [one for one in played if not one.passed]
    blocks = ["\n".join(block(one, paint)) for one in failed]
    return "\n\n".join([*blocks, _summary(played, len(failed), paint)])


def _summary(played: Sequence[Played], failed: int, paint: Paint) -> str:
    rules = len({one.case.rule for one in played})
    if not played:
        return "no cases: write them below `cases:` of a rule, or into NAME.test.yaml beside NAME.yaml"
    if failed:
        return paint("critical", f"{failed} of {_count(len(played), 'case')} failed")
    return f"{paint('ok', 'ok')}: {_count(len(played), 'case')} of {_count(rules, 'rule')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def block(one: Played, paint: Paint) -> Iterator[str]:
    """Yield the lines that tell what came of one case."""
    case = one.case
    yield f"{paint('critical', 'FAILED')}  {case.rule}: {clean(case.name)}  {paint('faint', case.origin)}"
    for miss in one.misses:
        yield from _miss(miss, paint)
    for launch in one.launches:
        yield from _launch(launch, paint)
    if not one.launches:
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
    known = [f"{name}: {clean(shown(value))}" for name, value in launch.facts.items() if value is not None]
    yield "      " + paint("faint", paint.wrapped(", ".join(known), 6))
