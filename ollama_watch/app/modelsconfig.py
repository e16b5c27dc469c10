"""`models:` of the configuration: where names of models come from."""

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from ollama_watch.verify.yamlfile import Document, positions

_WAYS = ("auto", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """`directory` None: the one that each launch names. The API is asked only where no directory tells."""

    directory: Path | None = None
    ollama_api: bool = True
    ollama_host: str = ""  # as OLLAMA_HOST has it; only loopback is asked


def models(document: Document, node: yaml.Node | None) -> Models:
    """Return what `models:` says; complains of what it does not know."""
    keys = positions(document.mapping(node, ("directory", "ollama_api")))
    directory = None
    if "directory" in keys and not document.is_null(keys["directory"]):
        directory = _directory(document, keys["directory"])
    asked = document.one_of(keys["ollama_api"], "way", _WAYS) if "ollama_api" in keys else "auto"
    return Models(
        directory=directory, ollama_api=asked != "off", ollama_host=os.environ.get("OLLAMA_HOST", "")
    )


def _directory(document: Document, node: yaml.Node) -> Path:
    path = Path(document.text(node))
    try:
        return path.expanduser()
    except RuntimeError:
        what = f"{path.parts[0]} is nobody's home here: a service, for one, may have none"
        document.complain(node, what, "write the whole path")
    return path
