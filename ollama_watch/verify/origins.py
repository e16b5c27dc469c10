"""Where each key of a rule was written last, for `rules list` and `rules show`."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from ollama_watch.verify.yamlfile import Document, positions


@dataclass(frozen=True, slots=True)
class Written:
    """One key of a rule."""

    key: str
    node: yaml.Node
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule comes from."""

    keys: dict[str, Written]  # the last word on each
    files: list[str]  # the first one defines it, the others override keys of it


Origins = dict[str, Origin]  # by rule


def origins(texts: Iterable[tuple[str, str]]) -> Origins:
    """Return where the keys of all rules stand in (file name, text) pairs; mistakes are passed over."""
    found: Origins = {}
    for name, text in texts:
        document = Document(text, name)
        rules = positions(document.mapping(document.root)).get("rules")
        for node in document.sequence(rules) if rules else ():
            keys = document.mapping(node)
            if "id" not in keys:
                continue
            origin = found.setdefault(document.text(keys["id"][1]), Origin({}, []))
            origin.files.append(name)
            for key, (at, value) in keys.items():
                if key != "id":
                    origin.keys[key] = Written(key, value, name, document.place(at).line)
    return found
