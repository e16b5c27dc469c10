"""What came of cases, for programs."""

from collections.abc import Sequence

from ollama_watch.app.rehearsal import Miss
from ollama_watch.app.workshop import Outcome
from ollama_watch.serve.text import to_json


def render(outcomes: Sequence[Outcome]) -> str:
    """Return one object; keys may be added, none is renamed."""
    return to_json({"schema_version": 1, "cases": [_case(one) for one in outcomes]}, indent=1)


def _case(one: Outcome) -> dict[str, object]:
    case = one.case
    launches = one.played.launches if one.played else ()
    return {
        "rule": case.rule,
        "name": case.name,
        "origin": case.origin,
        "passed": one.passed,
        "error": str(one.error) if one.error else None,
        "as_shipped": one.as_shipped,
        "misses": [_miss(miss) for miss in one.played.misses] if one.played else [],
        "launches": [{"line": launch.line, "facts": dict(launch.facts)} for launch in launches],
        "facts": None if case.facts is None else dict(case.facts),
    }


def _miss(miss: Miss) -> dict[str, object]:
    return {
        "of": "alerts" if miss.moment else "told",
        "at": miss.moment.at if miss.moment else None,
        "lacking": [dict(told) for told in miss.lacking],
        "unexpected": [dict(told) for told in miss.unexpected],
    }
