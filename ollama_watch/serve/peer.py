"""Who is at the other end of a connection on this machine: any user may take a port that is free."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Of our own process: a unit with ProcSubset=pid has no /proc/net.
_TABLES = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
_NOBODY = 65534  # any user that has no name in our user namespace: PrivateUsers= makes one
_ESTABLISHED = "01"
_MAPPED = b"\0" * 10 + b"\xff\xff"  # before the four bytes of an IPv4 address that a socket for IPv6 has
_SYSTEM = range(1000)  # root and the services of the distribution
_DYNAMIC = range(61184, 65520)  # systemd's DynamicUser=: given out to services alone

Address = tuple[bytes, int]  # packed, of 4 or 16 bytes; port


def peer_uid(connection: socket.socket) -> int | None:
    """Return the user whose process holds the other end, None if that is on another machine.

    To be asked after something was received: before a connection is accepted it is nobody's, which looks
    like root's.
    """
    there, here = _packed(connection.getpeername()), _packed(connection.getsockname())
    for local, remote, uid in _held():
        if _same(local, there) and _same(remote, here):
            return uid
    return None


def holder(connection: socket.socket) -> str | None:
    """Return who is at the other end, as far as that can be told apart: a user of ours, or a machine."""
    if not is_loopback(connection):
        return str(connection.getpeername()[0])
    uid = peer_uid(connection)
    return None if uid in (None, _NOBODY) else str(uid)


def is_trusted(uid: int, own: int, allowed: int | None) -> bool:
    """Tell whether a daemon of that user is believed: root's, a service's, our own, the allowed one's."""
    return uid in (own, allowed) or uid in _SYSTEM or uid in _DYNAMIC


def is_loopback(connection: socket.socket) -> bool:
    packed, _ = _packed(connection.getpeername())
    return _short(packed).startswith(b"\x7f") or packed == b"\0" * 15 + b"\1"


def _packed(name: Any) -> Address:
    family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
    return socket.inet_pton(family, name[0].partition("%")[0]), name[1]


def _held() -> Iterator[tuple[Address, Address, int]]:
    """Yield local and remote address and user of each connection that some process holds."""
    for table in _TABLES:
        try:
            rows = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:  # no IPv6 here
            continue
        for row in rows:
            _, local, remote, state, _, _, _, uid, _, inode, *_ = row.split()
            if state == _ESTABLISHED and inode != "0":  # without an inode no process has it
                yield _written(local), _written(remote), int(uid)


def _written(text: str) -> Address:
    """Return an address as the kernel prints it: words in the machine's own order of bytes."""
    address, _, port = text.partition(":")
    raw = bytes.fromhex(address)
    if sys.byteorder == "little":
        raw = b"".join(raw[begin : begin + 4][::-1] for begin in range(0, len(raw), 4))
    return raw, int(port, 16)


def _short(address: bytes) -> bytes:
    return address.removeprefix(_MAPPED) if len(address) > 4 else address  # noqa: PLR2004  # bytes of IPv4


def _same(one: Address, other: Address) -> bool:
    return one[1] == other[1] and _short(one[0]) == _short(other[0])
