"""The command line: one module a command, each with a row in `_COMMANDS`."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from ollama_watch import VERSION
from ollama_watch.errors import NotNow, UserError

# Imported only when asked for: `check` needs no web server, the daemon no demo.
_COMMANDS = {
    "run": "watch Ollama's log and tell what it says: metrics, alerts, pop-ups",
    "check": "judge what already happened: log files, the journal, or running processes",
    "rules": "the workshop for rules: list, show, check, test, try, new, from-bench, schema",
    "status": "what the running daemon sees",
    "explain": "why a launch got its arguments and how to mend it; every way to get what you want",
    "accept": "what a model has now is fine: want it from now on",
    "desktop": "pop-ups in your desktop session, from a daemon that runs as a service",
    "doctor": "can we see everything, and is Ollama set up as you think: what is not well, how to mend it",
    "demo": "a simulated Ollama watched by the real daemon: everything to see, nothing to install",
}


def entry() -> None:
    """Run the command of this process and exit with its code."""
    if sys.stdout is None:  # whoever started us closed it: nobody wants to read
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # for life
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        print(f"ollama-watchd: cannot write: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Return the exit code: 0 fine, 1 found something, 2 the user's mistake."""
    if argv and argv[0] in _COMMANDS:
        command = _imported(f"ollama_watch.cli.{argv[0]}")
        parser = argparse.ArgumentParser(
            prog=f"ollama-watchd {argv[0]}", description=sentence(_COMMANDS[argv[0]])
        )
        command.arguments(parser)
        arguments = parser.parse_args(argv[1:])
        return _guarded(command.run, arguments)
    _overview().parse_args(argv)
    return 2


def _imported(name: str) -> ModuleType:
    """Return a module. What imports make stays: to look through it again and again is a tenth of a start."""
    if name not in sys.modules:
        gc.disable()
        try:
            return import_module(name)
        finally:
            gc.freeze()
            gc.enable()
    return sys.modules[name]


def sentence(text: str) -> str:
    """Return what a command is for as a sentence; names in it keep their capitals."""
    return f"{text[:1].upper()}{text[1:]}."


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, _COMMANDS))
    rows = "\n".join(f"  {name:{width}}  {what}" for name, what in _COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="ollama-watchd",
        description="Tells when an Ollama model runs with other arguments than you think.",
        epilog=f"commands:\n{rows}\n\nollama-watchd COMMAND --help tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    parser.add_argument("command", choices=_COMMANDS, metavar="COMMAND")
    return parser


def _guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    try:
        return run(arguments)
    except UserError as error:
        print(f"ollama-watchd: {error}", file=sys.stderr)
        return 1 if isinstance(error, NotNow) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
