"""`ollama-watchd run`: the daemon."""

import argparse
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

from ollama_watch.app.accepting import accepting
from ollama_watch.app.config import Config, default_path, load_config, own_path
from ollama_watch.app.configfiles import config_files
from ollama_watch.app.hosts import many
from ollama_watch.app.roster import Many, Target
from ollama_watch.app.sinkchoice import choose
from ollama_watch.app.sourcesconfig import OLLAMA
from ollama_watch.app.store import default_folder
from ollama_watch.app.wiring import (
    AWAITED,
    Setup,
    file_target,
    patterns_of,
    serve,
    target,
    targets_of,
)
from ollama_watch.cli.inputs import input_arguments, input_fields
from ollama_watch.cli.paint import clean
from ollama_watch.errors import UserError
from ollama_watch.sources.config import SourceConfig, unit_name
from ollama_watch.sources.waiting import none_found

_log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stdin", nargs="?", choices=["-"], help="read standard input")
    parser.add_argument("--file", action="append", default=[], metavar="PATH", help="follow a log file")
    parser.add_argument(
        "--journal",
        action="append",
        default=[],
        metavar="UNIT",
        help="follow a unit's journal, or all in a folder of the journals of many hosts",
    )
    input_arguments(parser)
    parser.add_argument("--state", type=Path, metavar="DIR", help="what a restart needs to know is kept here")
    parser.add_argument("--demo-if-none", action="store_true", help="no Ollama here: play the demo instead")
    common(parser)


def common(parser: argparse.ArgumentParser) -> None:
    """Add what `run` and `demo` have in common."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of the usual places")
    parser.add_argument(
        "--rules",
        action="append",
        type=Path,
        default=[],
        metavar="PATH",
        help="more rules: a file or a folder",
    )
    parser.add_argument("--listen", metavar="ADDR:PORT", help="where metrics are (127.0.0.1:10434)")
    parser.add_argument(
        "--sink",
        action="append",
        metavar="NAME",
        help="tell by these only: log, desktop, or one of the configuration's; may be repeated",
    )


def run(arguments: argparse.Namespace) -> int:
    start_logging()
    config = _read(arguments)
    targets, patterns = _named(arguments)
    if not (targets or patterns):
        targets, patterns = targets_of(config), patterns_of(config)
    if not (targets or patterns):
        if arguments.demo_if_none:
            return _demo(config)
        _log.info("%s: waiting for one", none_found())
        targets = [AWAITED]
    setup = Setup(
        load=lambda: _read(arguments),
        paths=lambda: config_files(arguments.config, arguments.rules, os.environ),
        targets=targets,
        patterns=patterns,
        state=arguments.state or default_folder(os.environ),
        accept=accepting(arguments.config, os.environ),
    )
    serve(config, setup)
    return 0


def _read(arguments: argparse.Namespace) -> Config:
    config = configuration(arguments)
    named = arguments.stdin or arguments.file or arguments.journal
    return replace(config, sources=()) if named else config  # those of the command line, whatever it says


def _demo(config: Config) -> int:
    from ollama_watch.cli.demo import play  # noqa: PLC0415  # only where there is nothing to watch

    print("No Ollama was found on this machine: here is the demo.", file=sys.stderr)
    return play(config)


def configuration(arguments: argparse.Namespace) -> Config:
    """Return the configuration with what the command line says instead."""
    path = arguments.config or default_path(os.environ)
    config = load_config(path, arguments.rules)
    if arguments.listen:
        config = replace(config, http=replace(config.http, listen=arguments.listen))
    if arguments.sink:
        sinks = choose(arguments.sink, config.sinks, path or own_path(os.environ))
        config = replace(config, sinks=sinks)
    return config


def start_logging() -> None:
    """Messages go to standard error; the journal knows the time and takes the priority from `<N>`."""
    to_journal = "JOURNAL_STREAM" in os.environ
    handler = logging.StreamHandler()
    handler.setFormatter(_Priority("%(message)s") if to_journal else _Plain(_TERMINAL, "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


_TERMINAL = "%(asctime)s %(message)s"
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6}  # syslog(3)


class _Plain(logging.Formatter):
    """Spells out what is not visible: messages name paths, models and errors that others chose."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(clean(line) for line in super().format(record).split("\n"))


class _Priority(_Plain):
    def format(self, record: logging.LogRecord) -> str:
        return f"<{_PRIORITIES.get(record.levelno, 6)}>{super().format(record)}"


def _named(arguments: argparse.Namespace) -> tuple[list[Target], list[Many]]:
    files = [file_target(Path(path)) for path in arguments.file]
    units = [unit_name(one) for one in arguments.journal if "/" not in one]
    journals = [target(SourceConfig(name=unit, unit=unit)) for unit in units if unit]
    found = [*files, *journals]
    folders = [_folder(one) for one in arguments.journal if "/" in one]
    jsonl = input_fields(arguments)
    if jsonl and not arguments.stdin:
        raise UserError(
            "--input-format is for standard input", hint="… | ollama-watchd run - --input-format jsonl"
        )
    if arguments.stdin:
        folders.append(many(SourceConfig(name="stdin", stdin=True, jsonl=jsonl)))
    names = [*(one.name for one in found), *(one.name for one in folders)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"two sources are called {twice!r}", hint="name them in a configuration file")
    return found, folders


def _folder(path: str) -> Many:
    return many(SourceConfig(name=Path(path).name or path, unit=OLLAMA, directory=path))
