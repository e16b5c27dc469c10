"""A program of the user's, run once a transition: the alert as JSON on its standard input, never a shell."""

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, cast

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Severity
from ollama_watch.sinks.interest import Interest, is_news
from ollama_watch.sinks.sink import Undelivered

_KEPT = "PATH HOME USER LANG TZ XDG_CONFIG_HOME XDG_RUNTIME_DIR CREDENTIALS_DIRECTORY".split()
_PATH = "/usr/local/bin:/usr/bin:/bin"
_PIECE = 64 << 10  # bytes
_KEPT_OUTPUT = 4 << 10  # bytes; the rest is read and forgotten
_SHOWN = 300  # characters of it that are told
_LOOK = 0.05  # s until we look again whether it has ended


class Command:
    """Runs it at begins, repetitions and ends; for what is none see `is_news`."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        describe: Callable[[Alert], Mapping[str, object]],
        min_severity: Severity = "warning",
        timeout: float = 30.0,
    ) -> None:
        """`describe` gives the alert as the API shows it; `timeout` is in seconds."""
        self.name = name
        self._argv, self._describe, self._timeout = list(argv), describe, timeout
        self._interest = Interest(min_severity)
        self._running: subprocess.Popen[bytes] | None = None

    def wants(self, alert: Alert) -> bool:
        return self._interest.takes(alert)

    def tell(self, notice: Notice) -> bool:
        """Run it to its end; raises Undelivered where it cannot be run, fails or takes too long."""
        if not is_news(notice):
            return False
        data = json.dumps({"what": notice.what, **self._describe(notice.alert)}).encode() + b"\n"
        with self._started() as process:
            output = _Talk(process, data).run(self._timeout)
            if process.poll() is None:
                raise Undelivered(f"still running after {self._timeout:g} s, so it was ended", perhaps=True)
        if process.returncode:
            words = " ".join(output.decode("utf-8", "replace").split())[:_SHOWN]
            raise Undelivered(f"{_ended(process.returncode)}{': ' if words else ''}{words}")
        return True

    def close(self) -> None:
        """End what runs: nobody waits for it any more."""
        if process := self._running:
            _kill(process)

    @contextmanager
    def _started(self) -> Iterator["subprocess.Popen[bytes]"]:
        try:
            process = subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                env={"PATH": _PATH} | {name: os.environ[name] for name in _KEPT if name in os.environ},
                start_new_session=True,  # a group of its own, to be ended as a whole
            )
        except (OSError, ValueError) as error:
            raise Undelivered(f"cannot run {self._argv[0]}: {_reason(error)}") from error
        self._running = process
        try:
            yield process
        finally:
            if process.poll() is None:
                _kill(process)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
            self._running = None


class _Talk:
    """What passes between us and a program: our text as far as it wants it, the beginning of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", data: bytes) -> None:
        self._process, self._data = process, data
        self._stdin, self._stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        self.output = bytearray()
        self._ready = selectors.DefaultSelector()
        for pipe, event in ((self._stdout, selectors.EVENT_READ), (self._stdin, selectors.EVENT_WRITE)):
            os.set_blocking(pipe.fileno(), False)
            self._ready.register(pipe, event)

    def run(self, timeout: float) -> bytes:
        """Talk until it has ended, for at most `timeout` seconds; return what it said."""
        end = time.monotonic() + timeout
        with self._ready:
            while (left := end - time.monotonic()) > 0:
                over = self._process.poll() is not None
                moved = self._turn(0 if over else min(_LOOK, left))
                if over and not moved:  # what it left behind may hold its output open for ever
                    break
        return bytes(self.output)

    def _turn(self, patience: float) -> bool:
        """Move what can be moved; tell whether it said something."""
        if not self._ready.get_map():  # it closed all, and goes on
            time.sleep(patience)
            return False
        pipes = [key.fileobj for key, _ in self._ready.select(patience)]
        if self._stdin in pipes:
            self._write()
        return self._stdout in pipes and self._read()

    def _read(self) -> bool:
        piece = os.read(self._stdout.fileno(), _PIECE)
        self.output += piece[: _KEPT_OUTPUT - len(self.output)]
        if not piece:
            self._ready.unregister(self._stdout)
        return bool(piece)

    def _write(self) -> None:
        try:
            self._data = self._data[os.write(self._stdin.fileno(), self._data) :]
        except OSError:  # it does not want to read; what it makes of that, its exit status tells
            self._data = b""
        if not self._data:
            self._ready.unregister(self._stdin)
            self._stdin.close()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(1)


def _ended(code: int) -> str:
    return f"ended with status {code}" if code > 0 else f"ended by signal {-code}"


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
