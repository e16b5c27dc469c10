"""A real systemd-journald for one test, in a mount namespace of its own: nothing outside is touched.

    with Journald() as journald:
        journald.log(b'time=… msg="server config" …')  # as ollama.service
        journald.log(b"hello", unit="other.service")
        source = journald.inside(lambda: open_journal(target))    # here, on a thread that is in there
        daemon = journald.popen([sys.executable, "-m", "ollama_watch", "run"])  # ended by whoever started it
        ran = journald.run(["journalctl", "--rotate"])

Needs root: only from root does journald believe a unit's name, and only root may mount.
"""

import ctypes
import json
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.support.need import need, need_root
from tests.support.service import Service
from tests.support.wait import until

T = TypeVar("T")

MACHINE = "0123456789abcdef0123456789abcdef"
_CLONE_FS, _CLONE_NEWNS = 0x200, 0x20000
_PATIENCE = 30.0  # s for anything of this rig
_TRIES = 3
_MOUNTS = f"""
set -e
mount -t tmpfs rig /run
mount -t tmpfs rig /var/log
echo {MACHINE} > /run/machine-id
mount --bind /run/machine-id /etc/machine-id
mkdir -p /run/systemd/journald.conf.d
echo ready
exec cat
"""
_NO_LIMIT = "RateLimitIntervalSec=0"


class Journald:
    """A journald and its namespace. `settings`: lines of journald.conf; `start=False`: no journal yet."""

    def __init__(self, settings: str = _NO_LIMIT, *, start: bool = True) -> None:
        need_root()
        self._program = need("systemd-journald", package="systemd")
        unshare, self._nsenter, self._setpriv = (
            need(command, package="util-linux") for command in ("unshare", "nsenter", "setpriv")
        )
        self._keeper = subprocess.Popen(  # pins the namespace; ends with its standard input, so with us
            [unshare, "--mount", "--propagation", "private", "sh", "-c", _MOUNTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._server: subprocess.Popen[bytes] | None = None
        self._spaces: list[subprocess.Popen[bytes]] = []  # journalds of other namespaces
        self._services: dict[tuple[str, str, str], Service] = {}
        self._worker: ThreadPoolExecutor | None = None
        assert self._keeper.stdout
        assert self._keeper.stdout.readline() == b"ready\n"
        conf = self.path("/run/systemd/journald.conf.d/rig.conf")
        conf.write_text(
            f"[Journal]\nAudit=no\nForwardToSyslog=no\nForwardToWall=no\nReadKMsg=no\n{settings}\n"
        )
        if start:
            self.start()

    def path(self, path: str) -> Path:
        """Return how a path of the namespace is reached from outside it."""
        return Path(f"/proc/{self._keeper.pid}/root{path}")

    def start(self) -> None:
        """Start journald (again) and wait until it listens."""
        for folder in ("/run/systemd/journal", "/run/log"):
            self.path(folder).mkdir(parents=True, exist_ok=True)
        self._server = self._journald()

    def stop(self) -> None:
        """End journald; what it has stored stays."""
        for service in self._services.values():
            service.close()
        self._services.clear()
        if self._server:
            self._server.terminate()
            self._server.wait(_PATIENCE)
            self._server = None
        while self._spaces:
            server = self._spaces.pop()
            server.terminate()
            server.wait(_PATIENCE)

    def kill(self) -> None:
        """End journald as a crash does."""
        if self._server:
            self._server.kill()
        self.stop()

    def start_namespace(self, name: str) -> None:
        """Start a journald of another journal namespace; `namespace=name` logs there."""
        self.path(f"/run/systemd/journal.{name}").mkdir()
        self._spaces.append(self._journald(name))

    def log(
        self,
        *lines: bytes,
        unit: str = "ollama.service",
        identifier: str = "ollama",
        namespace: str = "",
    ) -> None:
        """Log lines as a service's output is logged; stored and to be read when this returns.

        On a busy machine journald stores one entry in some hundred without the unit that its stream named:
        such lines are logged again, by another process.
        """
        for _ in range(_TRIES):
            service = self._service(unit, identifier, namespace)
            service.print(b"".join(line + b"\n" for line in lines))
            self.sync(namespace)
            if not unit.endswith(".service") or self._is_known(service, unit, namespace):
                return
            self._services.pop((unit, identifier, namespace)).close()
        raise AssertionError(f"journald does not know {unit}")

    def send(self, unit: str = "ollama.service", **fields: bytes) -> None:
        """Log one entry with fields of a service's own choice, as sd_journal_send does."""
        self._service(unit, "ollama").send(**fields)
        self.sync()

    def say(self, **fields: bytes) -> None:
        """Log an entry of process 1, as journald believes: root may send with another's credentials."""
        payload = b"".join(name.encode() + b"=" + value + b"\n" for name, value in fields.items())
        credentials = struct.pack("3i", 1, 0, 0)  # pid, uid, gid
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(str(self.path("/run/systemd/journal/socket")))
            sender.sendmsg([payload], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials)])
        self.sync()

    def sync(self, namespace: str = "") -> None:
        """Wait until journald has stored everything that was logged."""
        self.run(["journalctl", "--sync", f"--namespace={namespace}"])

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs another one inside the namespace; it ends when this process ends."""
        enter = [self._nsenter, f"--target={self._keeper.pid}", "--mount", f"--wd={Path.cwd()}"]
        return [*enter, self._setpriv, "--pdeathsig=KILL", *argv]

    def popen(self, argv: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        """Start a program inside the namespace, under the pid of the Popen object."""
        return subprocess.Popen(self.command(argv), **options)

    def run(self, argv: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """Run a program inside the namespace to its end; fails if it does."""
        return subprocess.run(
            self.command(argv), check=True, capture_output=True, text=True, timeout=_PATIENCE
        )

    def inside(self, work: Callable[[], T]) -> T:
        """Return what `work` gives on a thread of this process that sees the namespace's files."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, initializer=_enter, initargs=(self._keeper.pid,))
        return self._worker.submit(work).result(_PATIENCE)

    def close(self) -> None:
        if self._worker:
            self._worker.shutdown()
        self.stop()
        self._keeper.communicate(timeout=_PATIENCE)  # closes its input, which ends it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _service(self, unit: str, identifier: str, namespace: str = "") -> Service:
        key = unit, identifier, namespace
        if key not in self._services:
            self._services[key] = Service(self._socket(namespace).parent, unit, identifier)
            self.sync(namespace)  # until journald has read the stream's head it does not know the unit
        return self._services[key]

    def _is_known(self, service: Service, unit: str, namespace: str) -> bool:
        """Tell whether journald has that process for one of the unit."""
        newest = [
            "journalctl",
            f"--namespace={namespace}",
            "--lines=1",
            "--output=json",
            f"_PID={service.pid}",
        ]
        found = self.run(newest).stdout
        return not found or json.loads(found).get("_SYSTEMD_UNIT") == unit

    def _journald(self, *namespace: str) -> "subprocess.Popen[bytes]":
        """Start one and wait until it answers: it listens before it has made its files."""
        listening = self._socket(*namespace)
        listening.unlink(missing_ok=True)
        server = self.popen(
            [self._program, *namespace],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "SYSTEMD_LOG_LEVEL": "warning",
            },  # what it says itself goes to the real kernel log
        )
        until(lambda: listening.exists() and self._answers(*namespace), _PATIENCE)
        return server

    def _answers(self, namespace: str = "") -> bool:
        command = self.command(["journalctl", "--sync", f"--namespace={namespace}"])
        return subprocess.run(command, check=False, capture_output=True, timeout=_PATIENCE).returncode == 0

    def _socket(self, namespace: str = "") -> Path:
        return self.path(f"/run/systemd/journal{namespace and '.'}{namespace}/stdout")


def _enter(pid: int) -> None:
    """Move the calling thread into the mount namespace of a process, and no other thread."""
    assert threading.current_thread() is not threading.main_thread()
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{pid}/ns/mnt").open("rb") as namespace:
        here = Path.cwd()
        if libc.unshare(_CLONE_FS) or libc.setns(namespace.fileno(), _CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "cannot enter the namespace")
        os.chdir(here)
