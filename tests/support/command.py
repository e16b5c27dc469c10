"""The command as its user calls it: a process of its own, without anybody's configuration."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PLAIN = {"XDG_CONFIG_HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
# Run in less memory than a line of 200 MB takes; the interpreter itself maps about half of it.
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
from ollama_watch.cli import main
sys.exit(main(sys.argv[1:]))
"""


def environment(**more: str) -> dict[str, str]:
    """Return this process's variables without what could change a report, and `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    return {**kept, **_PLAIN, "TERM": "xterm", **more}


def command(*words: str | Path, limited: bool = False) -> list[str]:
    """Return what starts `ollama-watchd` with `words`; `limited`: with 200 MB of memory."""
    program = ["-c", _LIMITED] if limited else ["-m", "ollama_watch"]
    return [sys.executable, *program, *map(str, words)]


def run(
    *words: str | Path, given: bytes = b"", limited: bool = False, before: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """Run `ollama-watchd` with `words` to its end; `before`: a program that starts it."""
    done = subprocess.run(
        [*before, *command(*words, limited=limited)],
        input=given,
        capture_output=True,
        check=False,
        env=environment(),
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode(errors="backslashreplace")
    )
