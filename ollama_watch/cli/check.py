"""`ollama-watchd check`: what already happened, judged."""

import argparse
import os
from pathlib import Path

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.judging import Judging
from ollama_watch.cli import report_json
from ollama_watch.sources.textfile import read_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="a log, also .gz; - is standard input")
    parser.add_argument("--format", default="json")


def run(arguments: argparse.Namespace) -> int:
    judging = Judging(load_config(default_path(os.environ)))
    report = Report()
    for name in arguments.files:
        check_lines(read_lines(Path(name)), name, judging, report)
    print(report_json.render(report))
    return 0
