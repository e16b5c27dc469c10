"""A real systemd-journal-remote that many hosts upload to, each from a loopback address of its own.

    with Collector() as collector:
        host = Host(1)
        collector.take(host, ["time=… msg=…"])  # in remote-127.1.0.1.journal when this returns
        collector.folder  # where the files are

Files are rotated early: journald's limits follow the size of the file system, and this one is small.
"""

import http.client
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.journald import Journald
from tests.support.need import need
from tests.support.prometheus import free_port
from tests.support.wait import until

_TYPE = {"Content-Type": "application/vnd.fdo.journal"}


@dataclass(slots=True)
class Host:
    """A machine that uploads its journal. `behind`: s that its clock is slow."""

    number: int
    behind: float = 0.0
    unit: str = "ollama.service"
    since_boot: float = 100_000.0  # s
    sent: list[str] = field(default_factory=list)  # lines, in their order

    @property
    def name(self) -> str:
        """What the collector knows it by: with plain HTTP its address."""
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"

    def export(self, lines: Sequence[str], ago: float = 0.0) -> bytes:
        """Return entries, logged `ago` s before now by true time, as the journal's export format has them."""
        self.sent += lines
        return b"".join(self._entry(line.encode(), ago) for line in lines)

    def _entry(self, line: bytes, ago: float) -> bytes:
        self.since_boot += 0.001
        fields = {
            "__REALTIME_TIMESTAMP": str(int((time.time() - self.behind - ago) * 1e6)),
            "__MONOTONIC_TIMESTAMP": str(int((self.since_boot - ago) * 1e6)),
            "_BOOT_ID": f"{self.number + 1:032x}",
            "_TRANSPORT": "stdout",
            "_SYSTEMD_UNIT": self.unit,
            "_HOSTNAME": f"host-{self.number}",
        }
        head = "".join(f"{name}={value}\n" for name, value in fields.items()).encode()
        return head + b"MESSAGE\n%s%s\n\n" % (len(line).to_bytes(8, "little"), line)


class Collector:
    """The server, and the folder it writes into: a small file system of its own.

    `disk`: that folder instead. Each host's file takes 8 MB there, and none is rotated early.
    """

    def __init__(self, megabytes: int = 64, disk: Path | None = None) -> None:
        self._program = need("systemd-journal-remote", package="systemd-journal-remote")
        self._rig = Journald(start=False)
        self._rig.path("/run/remote").mkdir()
        small = ["-t", "tmpfs", "-o", f"size={megabytes}m", "collected"]
        self._rig.run(["mount", *(["--bind", str(disk)] if disk else small), "/run/remote"])
        self.folder = self._rig.path("/run/remote")
        self._port = 0
        self._server: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the server (again) and wait until it listens."""
        self._port = free_port()
        listen = f"--listen-http=127.0.0.1:{self._port}"
        command = [self._program, listen, "--split-mode=host", "--output=/run/remote"]
        self._server = self._rig.popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._listens)

    def crash(self, host: Host, lines: Sequence[str]) -> None:
        """Let the server be killed in the middle of an upload, when all of `lines` are in the host's file."""
        live = self.folder / f"remote-{host.name}.journal"
        body = host.export(lines)
        with socket.create_connection(
            ("127.0.0.1", self._port), timeout=20, source_address=(host.name, 0)
        ) as upload:
            head = f"POST /upload HTTP/1.1\r\nHost: c\r\nContent-Type: {_TYPE['Content-Type']}\r\n"
            upload.sendall(
                f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n"
            )
            until(lambda: lines[-1].encode() in live.read_bytes())
            if self._server:
                self._server.kill()
                self._server.wait()
        self.start()

    def take(self, host: Host, lines: Sequence[str], ago: float = 0.0) -> None:
        """Let a host upload entries; they are in its file when this returns."""
        self.post(host, host.export(lines, ago))

    def post(self, host: Host, body: bytes) -> None:
        """Upload what a host has exported, maybe some time ago."""
        server = http.client.HTTPConnection(
            "127.0.0.1", self._port, source_address=(host.name, 0), timeout=20
        )
        try:
            server.request("POST", "/upload", body=body, headers=_TYPE)
            answer = server.getresponse()
            assert answer.status == 202, answer.read()
        finally:
            server.close()

    def files(self, host: Host) -> list[Path]:
        return sorted(self.folder.glob(f"remote-{host.name}[.@]*"))

    def close(self) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait(20)
        self._rig.close()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
