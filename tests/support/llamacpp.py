"""A real llama.cpp server, of the package xllamacpp, that looks like the program llama-server.

It is the same server code in a Python process: this module, run as a program. That process puts a
llama-server's command line over its own, and its log goes to a file.
"""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.need import missing
from tests.support.wait import until

_ROOT = Path(__file__).parents[2]
_UP = "test: the server is up"
_ARG_START, _ARG_END = 47, 48  # fields of /proc/self/stat, from 0


@dataclass(frozen=True)
class Server:
    """One that has loaded its model."""

    pid: int
    argv: tuple[str, ...]  # as /proc shows it
    log: Path


@contextlib.contextmanager
def llama_server(model: Path, log: Path, *, context: int, slots: int) -> Iterator[Server]:
    """Start a server of `context` tokens in `slots` slots; it is up when this yields, gone after."""
    if importlib.util.find_spec("xllamacpp") is None:
        missing("xllamacpp (from PyPI)")
    argv = (
        *("/usr/local/bin/llama-server", "--model", str(model), "--port", str(_free_port())),
        *("--ctx-size", str(context), "--parallel", str(slots)),
    )
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.llamacpp", *argv], cwd=_ROOT, stdout=stream, stderr=stream
        )
    try:
        until(lambda: _up(child, log), seconds=30)
        yield Server(child.pid, argv, log)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()


def _up(child: "subprocess.Popen[bytes]", log: Path) -> bool:
    if child.poll() is not None:
        raise AssertionError(f"the server ended:\n{log.read_text(errors='replace')}")
    return _UP.encode() in log.read_bytes()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _serve(argv: Sequence[str]) -> None:
    import xllamacpp  # noqa: PLC0415  # where it is missing the tests are skipped

    stated = dict(zip(argv[1::2], argv[2::2], strict=True))
    params = xllamacpp.CommonParams()
    params.model.path = stated["--model"]
    params.port = int(stated["--port"])
    params.n_ctx, params.n_parallel = int(stated["--ctx-size"]), int(stated["--parallel"])
    server = xllamacpp.Server(params)
    _rename(argv)
    sys.stderr.write(f"{_UP}\n")
    sys.stderr.flush()
    signal.pause()
    del server


def _rename(argv: Sequence[str]) -> None:
    """Write `argv` over this process's own words; they are fewer than those it was started with."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = int(fields[_ARG_START - 2]), int(fields[_ARG_END - 2])
    words = b"\0".join(os.fsencode(word) for word in argv) + b"\0"
    with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(words.ljust(end - start, b"\0"))


if __name__ == "__main__":
    _serve(sys.argv[1:])
