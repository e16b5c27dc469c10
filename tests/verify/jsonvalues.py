"""YAML as an editor's language server hands it to a JSON Schema."""

import re
from typing import Any

import yaml


class Yaml12(yaml.SafeLoader):
    """Scalars of YAML 1.2's core schema: `on` is text, `010` is ten."""


Yaml12.yaml_implicit_resolvers = {}


_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
)
for _name, _pattern, _first in _SCALARS:
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), list(_first))
Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _whole(node.value))


def _whole(text: str) -> int:
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def as_json(text: str, loader: type[yaml.SafeLoader] = Yaml12) -> Any:
    """Return the values of a document, keys as they are written; raises yaml.YAMLError."""
    made = loader(text)
    try:
        node = made.get_single_node()
        return None if node is None else _value(made, node, ())
    finally:
        made.dispose()


def _value(loader: yaml.SafeLoader, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Any:
    if node in above:
        raise yaml.YAMLError("a value that holds itself")
    within = (*above, node)
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(loader, value, within) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, one, within) for one in node.value]
    value = loader.construct_object(node)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
