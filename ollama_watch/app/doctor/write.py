"""`doctor --write`: what was found is written into the user's configuration, and nothing else is touched."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ollama_watch.app.config import load_config
from ollama_watch.app.doctor.seen import Seen
from ollama_watch.app.homes import own_home
from ollama_watch.app.ruleconfig import read_text
from ollama_watch.errors import UserError
from ollama_watch.sources.config import SourceConfig
from ollama_watch.verify.yamlfile import Document

_HEAD = "# What `ollama-watchd doctor --write` found on this machine."


def write_sources(seen: Seen, path: Path) -> str:
    """Add the found sources to the file at `path`; return the lines that were added.

    Raises UserError where the file names sources already, is broken, or cannot be written.
    """
    found = [one.source for one in seen.found if one.source]
    if not found:
        raise UserError("no log was found that could be written down", hint="see what `doctor` says of it")
    if seen.mistake and path.is_file():
        raise seen.mistake
    before = read_text(path) if path.is_file() else ""
    _refuse_second(before, path)
    text = sources_text(found)
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    _replace(path, f"{before}{gap}{text}")
    return text


def sources_text(found: Sequence[SourceConfig]) -> str:
    """Return the `sources:` part of a configuration; names are quoted as JSON, which YAML reads."""
    rows = [f"  - {{name: {_quoted(one.name)}, {_target(one)}}}" for one in found]
    return "\n".join([_HEAD, "sources:", *rows, ""])


def _target(one: SourceConfig) -> str:
    if one.path is not None:
        return f"file: {{path: {_quoted(one.path)}}}"
    keys = {
        "unit": one.unit,
        "user_unit": one.user_unit,
        "uid": one.uid,
        "container": one.container,
        "namespace": one.namespace,
    }
    pairs = (f"{key}: {_quoted(value)}" for key, value in keys.items() if value is not None)
    return f"journal: {{{', '.join(pairs)}}}"


def _quoted(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)


def _refuse_second(before: str, path: Path) -> None:
    document = Document(before, str(path))
    pairs = document.mapping(document.root)
    document.done()
    if "sources" in pairs:
        hint = "it stays as it is; take it out if what is found shall be written"
        raise UserError("there is a `sources:` already", document.place(pairs["sources"][0]), hint)


def _replace(path: Path, text: str) -> None:
    """Put the new text in the file's place, once it loads; a link stays one."""
    target = path.resolve()
    new = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        # The service is another user: whatever root's umask, a new file is as readable as its folder.
        like = target.stat().st_mode if target.exists() else target.parent.stat().st_mode & 0o644
        new.chmod(like & 0o777)
        load_config(new)
        new.replace(target)
    except OSError as error:
        hint = "run it as the user whose configuration it is"
        raise UserError(f"cannot write {path}: {error.strerror}", hint=hint) from error
    finally:
        new.unlink(missing_ok=True)


def user_path(environ: Mapping[str, str]) -> Path:
    """Return where a user's configuration belongs; root's is the machine's."""
    if os.geteuid() == 0 and not environ.get("XDG_CONFIG_HOME"):
        return Path("/etc/ollama-watchd/config.yaml")
    home = environ.get("XDG_CONFIG_HOME") or own_home(environ) / ".config"
    return Path(home) / "ollama-watchd/config.yaml"
