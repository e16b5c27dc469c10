"""`ollama-watchd demo`: a simulated Ollama, watched by the real daemon."""

import argparse
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

from ollama_watch.app import demo
from ollama_watch.app.config import Config
from ollama_watch.app.wiring import Setup, file_target, serve
from ollama_watch.cli.run import common, configuration, start_logging

_HELLO = """\
A simulated Ollama writes {log}
and ollama-watchd watches it. In a minute you will see: models that run as wanted, a restart that loses
OLLAMA_CONTEXT_LENGTH, both models back at 4096 tokens, prompts cut, and all of it mended. Ctrl-C ends it.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="N times as fast")
    parser.add_argument("--rounds", type=int, metavar="N", help="tell the story N times, then only watch")
    common(parser)


def run(arguments: argparse.Namespace) -> int:
    start_logging()
    return play(configuration(arguments), max(arguments.speed, 0.01), arguments.rounds)


def play(config: Config, speed: float = 1.0, rounds: int | None = None) -> int:
    """Write the story into a temporary log and watch that until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="ollama-watchd-demo-") as folder:
        log = Path(folder) / "server.log"
        log.touch()
        print(_HELLO.format(log=log), file=sys.stderr)
        stop = Event()
        writer = Thread(
            target=demo.write, args=(log, stop, speed, rounds), name="simulated Ollama", daemon=True
        )
        writer.start()
        try:
            serve(config, Setup(load=lambda: config, targets=[file_target(log, "demo")]))
        finally:
            stop.set()
            writer.join(5)
    return 0
