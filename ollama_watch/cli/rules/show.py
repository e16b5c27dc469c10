"""`ollama-watchd rules show`: one rule as it is in force."""

import argparse
import sys

import yaml

from ollama_watch.cli.paint import Paint, paint_for
from ollama_watch.cli.rules import scope
from ollama_watch.verify.origins import Written

_COLUMN = 100  # characters of a line of YAML


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help="as `rules list` shows it")
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print YAML that could be a rule file itself, with the origin of each key as a comment."""
    workshop = scope.workshop(arguments)
    rule = workshop.rule(arguments.id)
    written = [one for one in workshop.origins[rule.id].keys.values() if one.key != "cases"]
    paint = paint_for(sys.stdout)
    print("rules:")
    print(f"  - id: {rule.id}")
    for one in written:
        print("\n".join(_shown(one, paint)))
    return 0


def _shown(one: Written, paint: Paint) -> list[str]:
    """Return a key's lines as they were written, the first with its origin."""
    node = yaml.MappingNode("tag:yaml.org,2002:map", [(_word(one.key), one.node)], flow_style=False)
    first, *others = yaml.serialize(node, Dumper=yaml.SafeDumper, width=_COLUMN).rstrip().splitlines()
    origin = paint("faint", f"# {one.file}:{one.line}")
    return [f"    {first}  {origin}", *(f"    {line}" for line in others)]


def _word(key: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", key)
