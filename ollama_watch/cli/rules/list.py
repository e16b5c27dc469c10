"""`ollama-watchd rules list`: every rule in force, and where it comes from."""

import argparse
import sys

from ollama_watch.app.workshop import Workshop
from ollama_watch.cli.paint import Paint, clean, paint_for
from ollama_watch.cli.rules import scope
from ollama_watch.serve.text import to_json
from ollama_watch.verify.rule import Rule


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--json", action="store_true", help="for programs")
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    workshop = scope.workshop(arguments)
    if arguments.json:
        print(to_json([_row(workshop, rule) for rule in workshop.rules], indent=1))
    else:
        print("\n".join(_lines(workshop, paint_for(sys.stdout))))
    return 0


def _row(workshop: Workshop, rule: Rule) -> dict[str, object]:
    first, *others = workshop.origins[rule.id].files
    return {
        "id": rule.id,
        "severity": rule.severity,
        "enabled": rule.enabled,
        "on": rule.on,
        "file": first,
        "overridden_by": others,
        "cases": sum(case.rule == rule.id for case in workshop.cases),
    }


def _lines(workshop: Workshop, paint: Paint) -> list[str]:
    if not workshop.rules:
        return ["no rule is in force: the configuration leaves out the shipped ones and names no others"]
    width = max(len(rule.id) for rule in workshop.rules)
    found = []
    for rule in workshop.rules:
        first, *others = workshop.origins[rule.id].files
        state = "on " if rule.enabled else "off"
        where = first + (f", overridden by {', '.join(others)}" if others else "")
        severity = paint(rule.severity, f"{rule.severity:8}") if rule.enabled else f"{rule.severity:8}"
        found.append(f"{rule.id:{width}}  {severity}  {state}  {paint('faint', clean(where))}")
    return found
