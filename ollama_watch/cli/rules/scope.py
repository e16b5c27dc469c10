"""Which rules a command is about: those in force, or what the call names."""

import argparse
import os
from pathlib import Path

from ollama_watch.app.config import default_path
from ollama_watch.app.workshop import Workshop, open_workshop


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", type=Path, metavar="PATH", help="rule files, folders, NAME.test.yaml")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    parser.epilog = "Without PATH: the rules in force. With it: the shipped rules and those."


def workshop(arguments: argparse.Namespace, *, thorough: bool = False) -> Workshop:
    """Return what the arguments name; raises UserError. `thorough`: with the logs of its cases."""
    return open_workshop(arguments.config or default_path(os.environ), arguments.paths, thorough=thorough)
