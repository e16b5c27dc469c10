"""What came of cases, for programs."""

from collections.abc import Sequence

from ollama_watch.app.rehearsal import Miss, Played
from ollama_watch.serve.text import to_json


def render(played: Sequence[Played]) -> str:
    """Return one object; keys may be added, none is renamed."""
    return to_json({"schema_version": 1, "cases": [_case(one) for one in played]}, indent=1)


def _case(one: Played) -> dict[str, object]:
    return {
        "rule": one.case.rule,
        "name": one.case.name,
        "origin": one.case.origin,
        "passed": one.passed,
        "misses": [_miss(miss) for miss in one.misses],
        "launches": [{"line": launch.line, "facts": dict(launch.facts)} for launch in one.launches],
    }


def _miss(miss: Miss) -> dict[str, object]:
    return {
        "of": "alerts" if miss.moment else "told",
        "at": miss.moment.at if miss.moment else None,
        "lacking": [dict(told) for told in miss.lacking],
        "unexpected": [dict(told) for told in miss.unexpected],
    }
