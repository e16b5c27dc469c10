"""What a program costs: CPU seconds of the whole process, which other work on the machine does not change."""

import os
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from tests.support.daemon import COMMAND, Daemon, start
from tests.support.wait import until

_PATIENCE = 300.0  # s for one thing to happen
_LOOK = 0.01  # s between looks at memory


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run cost, its children included."""

    seconds: float  # of CPU, user and system
    mib: float  # of private memory (RssAnon), the most at a time


def check(*words: str | Path) -> Spent:
    """Run `ollama-watchd check` to its end."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [*COMMAND, "check", "--format", "json", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    most = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode in (0, 1), command
            return Spent(_cpu(usage), most)
        most = max(most, _private(process.pid))
        time.sleep(_LOOK)


class Watching:
    """A daemon that tells this process how it is: nobody has to ask it, which would cost it time.

    `spent` is known once it has ended.
    """

    def __init__(self, folder: Path, arguments: Sequence[str | Path]) -> None:
        """`folder`: an empty one, for its home and its state."""
        self._ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ears.bind(str(folder / "notify"))
        self._ears.settimeout(_LOOK)
        self._most = 0.0
        self._over = False
        self.status = ""
        self.ready = False
        self.spent = Spent(0.0, 0.0)
        words = [*map(str, arguments), "--state", str(folder / "state"), "--sink", "log"]
        self.daemon: Daemon = start(words, folder, environ={"NOTIFY_SOCKET": str(folder / "notify")})
        self._listener = Thread(target=self._listen)  # of its own: a daemon that nobody hears waits
        self._listener.start()

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so; fail if the daemon ends before."""
        until(lambda: condition() or self._ended(), _PATIENCE)
        assert not self._ended(), self.daemon.said

    def _ended(self) -> bool:
        return (
            not Path(f"/proc/{self.daemon.process.pid}/status").read_text(encoding="ascii").count("RssAnon")
        )

    def _listen(self) -> None:
        while not self._over:
            self._most = max(self._most, _private(self.daemon.process.pid))
            with suppress(TimeoutError):
                for word in self._ears.recv(1 << 20).decode().split("\n"):
                    name, _, value = word.partition("=")
                    self.ready = self.ready or name == "READY"
                    self.status = value if name == "STATUS" else self.status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self.daemon.process
        process.terminate() if kind is None else process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self._over = True
        self._listener.join()
        self.spent = Spent(_cpu(usage), self._most)
        self._ears.close()


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def _private(pid: int) -> float:
    """Return the RssAnon (MiB) of a process and its children, 0 once it has ended."""
    total = 0.0
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        total = int(status.split("RssAnon:")[1].split()[0]) / 1024 if "RssAnon:" in status else 0.0
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        total += sum(_private(int(child)) for child in children)
    return total
