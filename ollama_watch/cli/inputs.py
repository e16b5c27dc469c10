"""The logs that people name, and where in the records of a log pipeline a log's lines are."""

import argparse
import os
import sys
from pathlib import Path

from ollama_watch.app.skimming import Skimmed
from ollama_watch.cli.progress import watched_pieces
from ollama_watch.errors import UserError
from ollama_watch.sources.jsonl import Jsonl
from ollama_watch.sources.textfile import read_pieces, standard_pieces

STDIN = "standard input"


def named_log(name: str) -> tuple[str, Skimmed]:
    """Return what a log is called in reports, and its lines; `-` is standard input."""
    if name == "-":
        return STDIN, Skimmed(standard_pieces())
    path = Path(name)
    pieces = watched_pieces(read_pieces(path), path.name, file_size(path), sys.stderr)
    return shown_name(name), Skimmed(pieces)


def shown_name(name: str) -> str:
    """Return a file's name as text whatever it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def file_size(path: Path) -> int | None:
    """Return how many bytes its text has; None where only reading tells."""
    return path.stat().st_size if path.is_file() and path.suffix != ".gz" else None


def input_arguments(parser: argparse.ArgumentParser) -> None:
    """Add them."""
    add = parser.add_argument
    add("--input-format", choices=("text", "jsonl"), default="text", help="jsonl: a JSON object a line")
    add("--input-message", metavar="FIELD", help="of each object: the log's line (default: message)")
    add("--input-host", metavar="FIELD", help="whose line it is: each host is a server of its own")
    add("--input-time", metavar="FIELD", help="when it was logged (default: when it comes)")


def input_fields(arguments: argparse.Namespace) -> Jsonl | None:
    """Return which fields are what; None: lines are plain."""
    given = {
        "message": arguments.input_message,
        "host": arguments.input_host,
        "time": arguments.input_time,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    if arguments.input_format == "jsonl":
        return Jsonl(**fields)
    if fields:
        raise UserError(f"--input-{next(iter(fields))} needs --input-format jsonl")
    return None
