"""`ollama-watchd rules new`: keep it like this."""

import argparse
import os
import re
from pathlib import Path

from ollama_watch.app.config import WANTED, default_path, load_config
from ollama_watch.cli.rules import launched
from ollama_watch.cli.rules.yamltext import dumped
from ollama_watch.errors import UserError
from ollama_watch.verify.contradictions import ID
from ollama_watch.verify.pinning import pinned
from ollama_watch.verify.rulefile import load_rules


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help="of the new rule, such as keep-qwen")
    add(
        "--from-launch",
        nargs="?",
        const=launched.ANY,
        required=True,
        metavar="MODEL",
        help="pin the facts of this model's launch, as the running daemon sees it",
    )
    add("--log", type=Path, metavar="FILE", help="take the model's last launch in a log instead")
    add("--line", type=int, metavar="N", help="of the log: the launch of that line")
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("-o", "--output", type=Path, metavar="FILE", help="write there, which must not exist yet")
    parser.epilog = "Put it into rules.d beside the configuration; the daemon takes it in by itself."


def run(arguments: argparse.Namespace) -> int:
    """Print or write the rule file."""
    config = arguments.config or default_path(os.environ)
    _check_id(arguments.id, config)
    if arguments.line is not None and arguments.log is None:
        raise UserError("--line is a line of a log", hint="name the log: --log FILE")
    if arguments.log:
        launches = launched.logged(arguments.log, arguments.line, config)
    else:
        launches = launched.running(arguments.listen, config)
    launch, tags = launched.chosen(launches, arguments.from_launch)
    text = dumped({"rules": [pinned(arguments.id, launch.facts, launch.name, tags)]})
    load_rules([], [(str(arguments.output or arguments.id), text)])  # what we write can be read
    _write(text, arguments.output)
    return 0


def _check_id(name: str, config: Path | None) -> None:
    """Refuse what is no id, and that of a rule that there is: the new one would change it."""
    if not re.fullmatch(ID, name):
        raise UserError(f"{name!r} is no id", hint="small letters, digits and dashes: keep-qwen")
    for rule in load_config(config).rules:
        if rule.id == name:
            raise UserError(f"there is a rule {name!r} already, in {rule.origin}", hint="choose another id")
    if name == WANTED:
        raise UserError(f"{name!r} is the rule that `want:` makes", hint="choose another id")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    try:
        with output.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UserError(f"{output}: {error.strerror}") from error
