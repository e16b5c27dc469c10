"""`ollama-watchd accept`: what runs now is fine, and is wanted from now on."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ollama_watch.app.accepting import want
from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.doctor.write import user_path
from ollama_watch.app.httpconfig import Http
from ollama_watch.cli.daemon import ask, reach
from ollama_watch.cli.paint import clean
from ollama_watch.errors import UserError


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", metavar="MODEL", help="by any of its names, as `ollama-watchd status` shows it")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens")


def run(arguments: argparse.Namespace) -> int:
    """Write what the model has now into `want.d/` beside the configuration, which the daemon reads again."""
    path = arguments.config or default_path(os.environ)
    http = reach(path, arguments.listen)
    print(accept(arguments.model, http, path or user_path(os.environ)))
    print(_what_next(path))
    return 0


def _what_next(path: Path | None) -> str:
    try:
        load_config(path)
    except UserError as error:
        return f"the daemon takes it in once the configuration is mended:\n{error}"
    return "the daemon takes it in by itself"


def accept(model: str, http: Http, config: Path) -> str:
    """Want what `model` has now from now on, beside `config`; return what was done, raises UserError."""
    runner = _runner(ask(http), model)
    tags = runner["facts"]["model"]
    if not tags:
        hint = "`ollama-watchd doctor` says why names cannot be read"
        raise UserError(f"{clean(runner['model'])} has no name that a wish could be for", hint=hint)
    if runner["facts"]["ctx_per_slot"] is None:
        raise UserError(f"the log does not tell the context of {clean(runner['model'])}")
    tokens = runner["facts"]["ctx_per_slot"]
    written = want(config, tags, tokens)
    return f"{written}: {clean(', '.join(tags))} wants {tokens} tokens from now on"


def _runner(status: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    """Return what runs, else what an alert is about: the runner of one that is asleep is gone."""
    runners: list[Mapping[str, Any]] = status["runners"]
    known_by = [*(one for one in status["alerts"] if one["facts"]), *runners]
    fitting: list[Mapping[str, Any]] = [
        one for one in known_by if model in (one["model"], *(one["facts"]["model"] or ()))
    ]
    if not fitting:
        known = ", ".join(clean(one["model"]) for one in runners)
        raise UserError(f"{model!r} does not run", hint=f"what runs: {known}" if known else "nothing runs")
    return fitting[-1]
