"""`ollama-watchd rules show`: one rule as it is in force."""

import argparse
import sys
from collections.abc import Iterator, Mapping

import yaml

from ollama_watch.cli.paint import Paint, clean, paint_for
from ollama_watch.cli.rules import scope
from ollama_watch.cli.rules.spans import span
from ollama_watch.cli.rules.yamltext import serialized
from ollama_watch.verify.contradictions import COUNTED
from ollama_watch.verify.origins import Written
from ollama_watch.verify.rule import Rule


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help="as `rules list` shows it")
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print YAML that could be a rule file itself, with the origin of each key as a comment."""
    workshop = scope.workshop(arguments)
    rule = workshop.rule(arguments.id)
    written = workshop.origins[rule.id].keys
    paint = paint_for(sys.stdout)
    print("rules:")
    print(f"  - id: {rule.id}")
    for one in written.values():
        if one.key != "cases":
            print("\n".join(_shown(one, paint)))
    for key, value in _effective(rule).items():
        if key not in written:
            print(f"    {key}: {value}  {paint('faint', '# default')}")
    return 0


def _shown(one: Written, paint: Paint) -> Iterator[str]:
    """Yield a key's lines as they were written, its origin behind the first.

    Above it, where the first line ends within the value: there it would be a part of it.
    """
    node = yaml.MappingNode("tag:yaml.org,2002:map", [(_word(one.key), one.node)], flow_style=False)
    first, *others = serialized(node)
    origin = paint("faint", clean(f"# {one.file}:{one.line}"))
    block = isinstance(one.node, yaml.CollectionNode) and not one.node.flow_style
    if others and not block:
        yield from (f"    {origin}", f"    {first}")
    else:
        yield f"    {first}  {origin}"
    yield from (f"    {line}" if line else "" for line in others)


def _word(key: str) -> yaml.ScalarNode:
    """Return a key; `on` needs no quotes where it stands for a boolean."""
    return yaml.ScalarNode(f"tag:yaml.org,2002:{'bool' if key == 'on' else 'str'}", key)


def _effective(rule: Rule) -> Mapping[str, str]:
    """Return the keys that have a default and matter for this rule."""
    found = {
        "enabled": str(rule.enabled).lower(),
        "for": span(rule.pending_for),
        "tell": rule.tell,
        "repeat": span(rule.repeat),
        "count": str(rule.count),
        "within": span(rule.within),
        "hold": span(rule.hold),
    }
    idle = [*(COUNTED if rule.on is None else ()), *(["repeat"] if rule.tell == "once" else [])]
    return {key: value for key, value in found.items() if key not in idle}
