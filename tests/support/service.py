"""A process that logs to a journald as a service's would.

One process a service: journald remembers the first unit of a process and gives it to all that it logs.
"""

import socket
import subprocess
import sys
from pathlib import Path

_STREAM, _ENTRY = b"s", b"e"  # what a frame holds: output lines, or one entry as sd_journal_send writes it
_READY = b"r"
_PATIENCE = 10.0  # s


class Service:
    """One unit's process, for the sockets in `folder` (/run/systemd/journal as seen from here)."""

    def __init__(self, folder: Path, unit: str, identifier: str) -> None:
        header = f"{identifier}\n{unit}\n6\n1\n0\n0\n0\n"  # priority, level prefix, forwarded nowhere
        self._process = subprocess.Popen(
            [sys.executable, "-S", __file__, str(folder), header],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._acknowledged(_READY)

    @property
    def pid(self) -> int:
        return self._process.pid

    def print(self, text: bytes) -> None:
        """Write to its standard output, which is journald's."""
        self._frame(_STREAM, text)

    def send(self, **fields: bytes) -> None:
        """Send an entry with fields of its own choice."""
        lines = (
            name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
            for name, value in fields.items()
        )
        self._frame(_ENTRY, b"".join(lines))

    def close(self) -> None:
        self._process.communicate(timeout=_PATIENCE)  # ends with its input

    def _frame(self, kind: bytes, payload: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(kind + len(payload).to_bytes(8, "little") + payload)
        self._process.stdin.flush()
        self._acknowledged(kind)

    def _acknowledged(self, kind: bytes) -> None:
        """Wait until journald's sockets have taken what was sent."""
        assert self._process.stdout
        assert self._process.stdout.read(1) == kind


def main(folder: str, header: str) -> None:
    """Hand the frames of standard input to journald and acknowledge each."""
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as entries:
        stream.connect(f"{folder}/stdout")
        stream.sendall(header.encode() + b"<6>\n")  # an empty line: not kept, but the unit is noted
        entries.connect(f"{folder}/socket")
        sys.stdout.buffer.write(_READY)
        sys.stdout.buffer.flush()
        while kind := sys.stdin.buffer.read(1):
            size = int.from_bytes(sys.stdin.buffer.read(8), "little")
            (stream if kind == _STREAM else entries).sendall(sys.stdin.buffer.read(size))
            sys.stdout.buffer.write(kind)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
