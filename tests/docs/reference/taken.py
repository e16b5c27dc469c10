"""Which keys the loader of the configuration takes in each mapping: asked of it while it reads."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from ollama_watch.app.config import load_config
from ollama_watch.verify.yamlfile import Document

_FREE = {"want": "TAG"}  # mappings whose keys are the user's own
_SINKS = re.compile(r"^sinks\.([a-z]+)-[a-z-]+$")


def taken(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return the keys that may stand in each mapping of a configuration, by where it stands: "http.tls"."""
    asked: dict[int, tuple[str, ...]] = {}
    documents: list[Document] = []
    read = Document.mapping

    def mapping(self: Document, node: Any, allowed: Any = None, *rest: Any, **more: Any) -> Any:
        documents.append(self)
        if allowed is not None:
            asked[id(node)] = tuple(allowed if isinstance(allowed, tuple) else sorted(allowed))
        return read(self, node, allowed, *rest, **more)

    with patch.object(Document, "mapping", mapping), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(text, encoding="utf-8")
        (path.parent / "rules.d").mkdir()
        load_config(path)
    root = next(one.root for one in documents if one.name == str(path) and one.root)
    found: dict[str, tuple[str, ...]] = {}
    for name, node in _mappings(root, ""):
        if id(node) in asked:
            found.setdefault(_SINKS.sub(r"sinks.\1", name), asked[id(node)])
    return found


def _mappings(node: yaml.Node, path: str) -> Iterator[tuple[str, yaml.Node]]:
    """Yield every node with its place; of a list all items stand at the same."""
    yield path, node
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _mappings(item, f"{path}[]")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = _FREE.get(path, key.value)
            yield from _mappings(value, f"{path}.{name}" if path else name)
