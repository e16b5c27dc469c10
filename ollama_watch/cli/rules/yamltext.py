"""YAML as it is printed: readable, and without anything that a terminal could obey."""

from collections.abc import Mapping

import yaml

_WIDTH = 1 << 16  # characters of a line: none is folded


def serialized(node: yaml.Node) -> list[str]:
    """Return the lines of a node, written in the style that it was read in."""
    text = yaml.serialize(node, Dumper=yaml.SafeDumper, width=_WIDTH, allow_unicode=True)
    if not _visible(text):
        text = yaml.serialize(node, Dumper=yaml.SafeDumper, width=_WIDTH)
    return str(text).rstrip("\n").split("\n")


def dumped(data: Mapping[str, object]) -> str:
    """Return a document, its keys in their order."""
    text = yaml.safe_dump(data, sort_keys=False, width=_WIDTH, allow_unicode=True)
    return str(text if _visible(text) else yaml.safe_dump(data, sort_keys=False, width=_WIDTH))


def _visible(text: str) -> bool:
    return text.replace("\n", "").isprintable()
