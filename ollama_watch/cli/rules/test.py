"""`ollama-watchd rules test`: the cases of rules, played."""

import argparse
import sys
from collections.abc import Callable, Sequence

from ollama_watch.app.rehearsal import Played
from ollama_watch.cli.paint import paint_for
from ollama_watch.cli.rules import played_json, played_junit, played_text, scope

_FORMATS: dict[str, Callable[[Sequence[Played]], str]] = {
    "text": lambda played: played_text.render(played, paint_for(sys.stdout)),
    "json": played_json.render,
    "junit": played_junit.render,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rule", metavar="ID", help="the cases of one rule alone")
    add("--format", choices=_FORMATS, default="text", help="of the report (default: text)")
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what came of the cases; return 1 if one failed."""
    workshop = scope.workshop(arguments)
    wanted = workshop.rule(arguments.rule).id if arguments.rule else None
    played = [workshop.play(case) for case in workshop.cases if wanted in (None, case.rule)]
    print(_FORMATS[arguments.format](played))
    return int(not all(one.passed for one in played))
