"""`ollama-watchd accept`: what runs now is fine, and is wanted from now on."""

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.doctor.write import user_path
from ollama_watch.app.httpconfig import Http
from ollama_watch.cli.daemon import ask
from ollama_watch.cli.paint import clean
from ollama_watch.errors import UserError

_HEAD = "# Written by `ollama-watchd accept`. Delete it to be told again.\n"
NO_CONFIGURATION = (
    "restart ollama-watchd: it was started without a configuration, and does not look there yet"
)
_LONGEST = 100  # characters of a file's name


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", metavar="MODEL", help="by any of its names, as `ollama-watchd status` shows it")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens")


def run(arguments: argparse.Namespace) -> int:
    """Write what the model has now into `want.d/` beside the configuration, which the daemon reads again."""
    path = arguments.config or default_path(os.environ)
    http = load_config(path).http
    http = replace(http, listen=arguments.listen or http.listen)
    print(accept(arguments.model, http, path or user_path(os.environ)))
    print(NO_CONFIGURATION if path is None else "the daemon takes it in by itself")
    return 0


def accept(model: str, http: Http, config: Path) -> str:
    """Want what `model` has now from now on, beside `config`; return what was done, raises UserError."""
    runner = _runner(ask(http)["runners"], model)
    tags = runner["facts"]["model"]
    if not tags:
        hint = "`ollama-watchd doctor` says why names cannot be read"
        raise UserError(f"{clean(runner['model'])} has no name that a wish could be for", hint=hint)
    if runner["facts"]["ctx_per_slot"] is None:
        raise UserError(f"the log does not tell the context of {clean(runner['model'])}")
    wish = {"context": runner["facts"]["ctx_per_slot"]}
    written = _write(config, {_literal(tag): wish for tag in tags}, tags[0])
    return f"{written}: {clean(', '.join(tags))} wants {wish['context']} tokens from now on"


def _runner(runners: list[Mapping[str, Any]], model: str) -> Mapping[str, Any]:
    fitting = [one for one in runners if model in (one["model"], *(one["facts"]["model"] or ()))]
    if not fitting:
        known = ", ".join(clean(one["model"]) for one in runners)
        raise UserError(f"{model!r} does not run", hint=f"what runs: {known}" if known else "nothing runs")
    return fitting[-1]


def _literal(tag: str) -> str:
    """Return the pattern that matches this tag alone."""
    return re.sub(r"([*?\[])", r"[\1]", tag)


def _made(folder: Path) -> int:
    """Make a folder as open as the one it is in; return the mode for files there.

    Whoever's umask it is: what root accepts, the service has to read as another user.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mode = folder.parent.stat().st_mode & 0o777
    if not folder.exists():
        folder.mkdir()
        folder.chmod(mode)
    return mode & 0o644


def _write(config: Path, wants: Mapping[str, object], tag: str) -> Path:
    """Write the file of a model, over one that `accept` has written; raises UserError."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", tag).strip("-.")[:_LONGEST] or "model"
    path = config.parent / "want.d" / f"accepted-{name}.yaml"
    text = _HEAD + yaml.safe_dump({"want": dict(wants)}, allow_unicode=True, default_flow_style=False)
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(_HEAD):
            raise UserError(f"{path} is not of ours", hint="rename it, or write the wish into it yourself")
        mode = _made(path.parent)
        if not config.exists():
            config.touch()
            config.chmod(mode)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.chmod(mode)
        new.replace(path)
    except OSError as error:
        hint = "may you write there? The service's configuration is root's: sudo ollama-watchd accept …"
        raise UserError(f"{path}: {error.strerror}", hint=hint) from error
    return path
