"""The options that say where in the records of a log pipeline the log's lines are."""

import argparse

from ollama_watch.errors import UserError
from ollama_watch.sources.jsonl import Jsonl


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
