"""`ollama-watchd rules`: the workshop for rules, one module a command of it."""

import argparse
from collections.abc import Mapping
from types import ModuleType

from ollama_watch.cli import sentence
from ollama_watch.cli.rules import check, from_bench, new, schema, show, test, try_
from ollama_watch.cli.rules import list as listing

_COMMANDS: Mapping[str, tuple[ModuleType, str]] = {
    "list": (listing, "every rule: its severity, whether it is on, and which files it is made of"),
    "show": (show, "one rule as it is in force, and where each key of it was written"),
    "check": (check, "find the mistakes in rule files and their cases"),
    "test": (test, "play the cases of rules, and show what fires that should not, or does not"),
    "new": (new, "write a rule that keeps a launch as it is now"),
    "from-bench": (from_bench, "write rules from what llama-bench measured"),
    "schema": (schema, "the JSON Schema of rule files, for editors"),
    "try": (try_, "hold a log line, or a log, against the rules, and say why each fires or not"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="workshop", required=True, metavar="COMMAND")
    for name, (module, what) in _COMMANDS.items():
        module.arguments(commands.add_parser(name, help=what, description=sentence(what)))


def run(arguments: argparse.Namespace) -> int:
    code: int = _COMMANDS[arguments.workshop][0].run(arguments)
    return code
