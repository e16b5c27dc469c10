"""Who is at the other end, as the kernel tells it."""

import os
import socket
import subprocess
import sys

import pytest

from ollama_watch.serve.peer import is_loopback, is_trusted, peer_uid
from tests.support.need import need_root

_SERVER = """
import os, socket, sys
os.setgid(4321)
os.setuid(4321)
server = socket.create_server((sys.argv[1], 0), family=int(sys.argv[2]), dualstack_ipv6=sys.argv[1] == "::")
print(server.getsockname()[1], flush=True)
peer = server.accept()[0]
peer.sendall(b"x")
peer.recv(1)
"""


@pytest.mark.parametrize(
    ("listen", "family", "connect"),
    [
        ("127.0.0.1", socket.AF_INET, "127.0.0.1"),
        ("::1", socket.AF_INET6, "::1"),
        ("::", socket.AF_INET6, "127.0.0.1"),
    ],
)
def test_the_user_of_the_process_at_the_other_end(listen: str, family: int, connect: str) -> None:
    need_root()
    command = [sys.executable, "-c", _SERVER, listen, str(int(family))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        with socket.create_connection((connect, port), timeout=10) as connection:
            assert connection.recv(1) == b"x"

            assert peer_uid(connection) == 4321
            assert is_loopback(connection)


def test_before_it_is_accepted_it_is_nobodys() -> None:
    """It would look like root's: a process that never accepts would be believed."""
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname(), timeout=10) as connection:
        assert peer_uid(connection) is None
        accepted = server.accept()[0]
        assert peer_uid(connection) == os.getuid()
        accepted.close()
        assert peer_uid(connection) is None


def test_many_connections_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ends = [socket.create_connection(server.getsockname(), timeout=10) for _ in range(20)]
        accepted = [server.accept()[0] for _ in range(10)]
        found = [peer_uid(one) for one in ends]
        for one in (*ends, *accepted):
            one.close()

    assert found == [os.getuid()] * 10 + [None] * 10


@pytest.mark.parametrize(
    ("uid", "believed"),
    [(0, 1), (999, 1), (61184, 1), (65519, 1), (1000, 0), (1001, 1), (1002, 1), (65520, 0), (65534, 0)],
)
def test_whose_daemon_is_believed(uid: int, believed: int) -> None:
    """Root's, a service's, a dynamic user's, our own, an allowed one's."""
    assert is_trusted(uid, own=1001, allowed=1002) == bool(believed)
