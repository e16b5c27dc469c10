"""One connection: a request's head, read against a deadline, and one answer."""

import logging
import time
from io import BufferedIOBase, BytesIO
from socket import socket
from types import TracebackType
from typing import Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler

_log = logging.getLogger(__name__)

HEADER = 5.0  # s for a request to arrive, the handshake of TLS included
_ANSWER = 10.0  # s for a client to take its answer
_MOST = 16 << 10  # bytes of a request's head
READER, RENEW, PEER = (
    f"ollama_watch.{name}" for name in ("reader", "renew", "peer")
)  # keys of a request's environ
_BLOCK = 16 << 10  # bytes sent at once
_ENDS = (b"\r\n\r\n", b"\n\n")


def left(deadline: float) -> float:
    """Return the seconds until `deadline` (of the monotonic clock); raises TimeoutError after it."""
    if (seconds := deadline - time.monotonic()) <= 0:
        raise TimeoutError
    return seconds


class Handler(WSGIRequestHandler):
    """Reads the whole head before anything else is done: a slow client costs a place, for a while."""

    server_version, sys_version = "ollama-watchd", ""

    def __init__(self, peer: socket, address: Any, server: Any, deadline: float) -> None:
        self._deadline = deadline
        super().__init__(peer, address, server)

    def setup(self) -> None:
        self.connection = self.request
        head = _head(self.connection, self._deadline)
        self.rfile, self._long = BytesIO(head), len(head) > _MOST
        self.wfile = self._writer = _Writer(self.connection, time.monotonic() + _ANSWER)

    def get_environ(self) -> dict[str, Any]:
        """Add what an answer without end needs: to know when its reader leaves, and time for each piece."""
        streaming = {
            READER: self.connection.fileno(),
            RENEW: self._writer.renew,
            PEER: self.connection,
        }
        return {**super().get_environ(), **streaming}

    def handle(self) -> None:
        """Answer the one request of this connection, if a whole one came."""
        self.raw_requestline = self.rfile.readline()
        self.requestline = self.request_version = self.command = ""
        if self._long:
            self.send_error(431)
        elif self.raw_requestline and self.parse_request():
            make: Any = _Answer  # its stubs know neither these streams nor its attribute
            answer = make(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
            answer.request_handler = self
            answer.run(self.server.get_app())  # type: ignore[attr-defined]  # it is ours

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as the library names it
        """Requests are no news."""


def _head(peer: socket, deadline: float) -> bytes:
    """Return a request's head, more than `_MOST` bytes if it is too long, nothing if the client hung up."""
    found = bytearray()
    while len(found) <= _MOST:
        peer.settimeout(left(deadline))
        block = peer.recv(4096)
        if not block:
            return b""
        begin = max(len(found) - 3, 0)
        found += block
        if any(found.find(end, begin) >= 0 for end in _ENDS):
            break
    return bytes(found)


class _Writer(BufferedIOBase):
    """Sends against a deadline for the whole answer, however slowly it is read."""

    def __init__(self, peer: socket, deadline: float) -> None:
        self._peer, self._deadline = peer, deadline

    def renew(self) -> None:
        """Begin to count anew."""
        self._deadline = time.monotonic() + _ANSWER

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data)
        for begin in range(0, len(view), _BLOCK):
            self._peer.settimeout(left(self._deadline))
            self._peer.sendall(view[begin : begin + _BLOCK])
        return len(view)


class _Answer(ServerHandler):
    server_software = "ollama-watchd"

    def log_exception(
        self, exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Tell our own mistakes in one line; a client that leaves or is too slow is no trouble of ours."""
        if not isinstance(exc_info[1], OSError):
            _log.error("http: %s", exc_info[1], exc_info=exc_info)
