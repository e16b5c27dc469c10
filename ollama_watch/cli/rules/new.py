"""`ollama-watchd rules new`: keep it like this."""

import argparse
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.judging import Judging
from ollama_watch.app.trial import read_trial
from ollama_watch.cli.daemon import ask
from ollama_watch.errors import UserError
from ollama_watch.model import Facts
from ollama_watch.sources.textfile import read_lines
from ollama_watch.verify.pinning import pinned
from ollama_watch.verify.rulefile import load_rules

_ANY = "*"  # the only model there is
_COLUMN = 100  # characters of a line of YAML

Launched = tuple[str, Facts]  # what people call the model, and its facts


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help="of the new rule, such as keep-qwen")
    add(
        "--from-launch",
        nargs="?",
        const=_ANY,
        required=True,
        metavar="MODEL",
        help="pin the facts of this model's launch, as the running daemon sees it",
    )
    add("--log", type=Path, metavar="FILE", help="take the model's last launch in a log instead")
    add("--line", type=int, metavar="N", help="of the log: the launch of that line")
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens")
    add("-o", "--output", type=Path, metavar="FILE", help="write there, which must not exist yet")
    parser.epilog = "Put it into rules.d beside the configuration; the daemon takes it in by itself."


def run(arguments: argparse.Namespace) -> int:
    """Print or write the rule file."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", arguments.id):
        raise UserError(f"{arguments.id!r} is no id", hint="small letters, digits and dashes: keep-qwen")
    launches = _logged(arguments) if arguments.log else _running(arguments)
    model, facts = _chosen(launches, arguments.from_launch)
    rule = pinned(arguments.id, facts, model)
    text = yaml.safe_dump({"rules": [rule]}, sort_keys=False, width=_COLUMN, allow_unicode=True)
    load_rules([], [(str(arguments.output or arguments.id), text)])  # what we write can be read
    if arguments.output is None:
        print(text, end="")
        return 0
    try:
        with arguments.output.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UserError(f"{arguments.output}: {error.strerror}") from error
    return 0


def _logged(arguments: argparse.Namespace) -> list[Launched]:
    trial = read_trial(read_lines(arguments.log), Judging(load_config(None)))
    return [
        (launch.name, launch.facts)
        for launch in trial.launches
        if launch.superseded_by is None and not launch.failed and arguments.line in (None, launch.line)
    ]


def _running(arguments: argparse.Namespace) -> list[Launched]:
    http = load_config(default_path(os.environ)).http
    status = ask(replace(http, listen=arguments.listen or http.listen))
    return [(runner["model"], _facts(runner["facts"])) for runner in status["runners"]]


def _facts(told: dict[str, Any]) -> Facts:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _chosen(launches: list[Launched], wanted: str) -> Launched:
    """Return the last launch of a model, named by any of its tags or by what it is called."""
    models = {name: (name, facts) for name, facts in launches}
    fitting = [one for one in models.values() if wanted in (_ANY, one[0], *(_tags(one[1])))]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(models) or "none"
    if fitting:
        raise UserError("which model?", hint=f"name one after --from-launch: {known}")
    raise UserError(f"no launch of {wanted!r}" if models else "no launch", hint=f"launched: {known}")


def _tags(facts: Facts) -> tuple[object, ...]:
    tags = facts.get("model")
    return tags if isinstance(tags, tuple) else ()
