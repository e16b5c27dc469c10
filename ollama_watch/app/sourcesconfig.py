"""The `sources` part of the configuration: what there is to watch."""

import yaml

from ollama_watch.sources.config import SourceConfig, unit_name
from ollama_watch.sources.jsonl import Jsonl
from ollama_watch.verify.yamlfile import Document, positions

_SOURCE_KEYS = ("name", "journal", "file", "stdin")
_JOURNAL_KEYS = ("unit", "user_unit", "uid", "container", "namespace", "directory")
_FIELDS = ("message", "host", "time")
OLLAMA = "ollama.service"


def sources(document: Document, node: yaml.Node | None) -> list[SourceConfig]:
    """Return the configured sources; none: what is found on this machine is watched."""
    found: list[SourceConfig] = []
    for one in document.sequence(node) if node else ():
        keys = positions(document.mapping(one, _SOURCE_KEYS, ("name",)))
        name = document.text(keys["name"]) if "name" in keys else ""
        if name in {source.name for source in found}:
            document.complain(
                keys["name"], f"two sources are called {name!r}", "they would be one in metrics"
            )
        if len({"journal", "file", "stdin"} & set(keys)) != 1:
            document.complain(one, "a source is either `journal:`, `file:` or `stdin:`")
        elif "stdin" in keys:
            found.append(_stdin(document, name, keys["stdin"]))
            if sum(source.stdin for source in found) > 1:
                document.complain(keys["stdin"], "there is only one standard input")
        elif "file" in keys:
            found.append(_file(document, name, keys["file"]))
        else:
            found.append(_journal(document, name, keys["journal"]))
    return found


def _file(document: Document, name: str, node: yaml.Node) -> SourceConfig:
    keys = positions(document.mapping(node, ("path", "format"), ("path",)))
    if "format" in keys:
        document.one_of(keys["format"], "format", ("auto",))  # framing is recognised line by line
    return SourceConfig(name=name, path=document.text(keys["path"]) if "path" in keys else "")


def _stdin(document: Document, name: str, node: yaml.Node) -> SourceConfig:
    keys = positions(document.mapping(node, ("format", *_FIELDS)))
    jsonl = None
    if "format" in keys:
        document.one_of(keys["format"], "format", ("auto", "jsonl"))
        if document.text(keys["format"]) == "jsonl":
            jsonl = Jsonl(**{key: document.text(keys[key]) for key in _FIELDS if key in keys})
    if jsonl is None and (fields := [key for key in _FIELDS if key in keys]):
        document.complain(keys[fields[0]], f"`{fields[0]}:` is for `format: jsonl`")
    return SourceConfig(name=name, stdin=True, jsonl=jsonl)


def _journal(document: Document, name: str, node: yaml.Node) -> SourceConfig:
    keys = positions(document.mapping(node, _JOURNAL_KEYS))
    found = {key: document.text(value) for key, value in keys.items() if key != "uid"}
    directory = found.get("directory")
    implied = OLLAMA if directory and not {"user_unit", "container"} & set(keys) else None
    return SourceConfig(
        name=name,
        directory=directory,
        unit=unit_name(found.get("unit")) or implied,
        user_unit=unit_name(found.get("user_unit")),
        uid=document.whole(keys["uid"]) if "uid" in keys else None,
        container=found.get("container"),
        namespace=found.get("namespace"),
    )
