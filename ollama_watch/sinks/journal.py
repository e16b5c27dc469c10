"""The journal's own protocol: an entry with fields, where a line would hold all of it in one text.

See systemd's "Native Journal Protocol". Used only where our own output goes to the journal anyway.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

SOCKET = Path("/run/systemd/journal/socket")
_STANDARD_ERROR = 2
_TEXT = 8 << 10  # characters of one field


def is_ours(environ: Mapping[str, str], descriptor: int = _STANDARD_ERROR) -> bool:
    """Tell whether `descriptor` leads to the journal: systemd names the journal's device and inode."""
    device, _, inode = environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        there = os.fstat(descriptor)
    except OSError:
        return False
    return (device, inode) == (str(there.st_dev), str(there.st_ino))


def send(fields: Mapping[str, str], path: Path = SOCKET) -> None:
    """Write one entry; raises OSError where journald does not take it."""
    entry = b"".join(_field(name, value[:_TEXT]) for name, value in fields.items() if value)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.setblocking(False)  # noqa: FBT003  # the socket's own name for it
        journald.connect(str(path))
        journald.send(entry)


def _field(name: str, value: str) -> bytes:
    data = value.encode("utf-8", "replace")
    if b"\n" not in data:
        return name.encode() + b"=" + data + b"\n"
    return name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
