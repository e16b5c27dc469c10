"""`ollama-watchd rules test`: the cases of rules, played."""

import argparse
import sys
from collections.abc import Callable, Sequence

from ollama_watch.app.workshop import Outcome
from ollama_watch.cli.paint import paint_for
from ollama_watch.cli.rules import played_json, played_junit, played_text, scope

_FORMATS: dict[str, Callable[[Sequence[Outcome]], str]] = {
    "text": lambda outcomes: played_text.render(outcomes, paint_for(sys.stdout)),
    "json": played_json.render,
    "junit": played_junit.render,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rule", metavar="ID", help="the cases of one rule alone")
    add("--format", choices=_FORMATS, default="text", help="of the report (default: text)")
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what came of the cases; return 1 if one failed, 2 if one could not be played."""
    workshop = scope.workshop(arguments)
    wanted = workshop.rule(arguments.rule).id if arguments.rule else None
    outcomes = [workshop.outcome(case) for case in workshop.cases if wanted in (None, case.rule)]
    print(_FORMATS[arguments.format](outcomes))
    if any(one.error for one in outcomes):
        return 2
    return int(not all(one.passed for one in outcomes))
