"""A threading WSGI server with limits: whoever comes when all places are taken is told so."""

import errno
import os
import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread
from typing import Any
from wsgiref.simple_server import WSGIServer
from wsgiref.types import WSGIApplication

from ollama_watch.errors import NotNow, UserError
from ollama_watch.serve.connection import HEADER, Handler, left

_PLACES = 16  # connections at work
_BUSY = b"HTTP/1.0 503 Service Unavailable\r\nContent-Length: 5\r\nRetry-After: 1\r\n\r\nbusy\n"
_BREATH = 0.1  # s; no descriptor is free, and accepting at once again would only burn


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128
    timeout = 0  # s: `handle_request` is called when somebody is there

    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext | None) -> None:
        self._places = BoundedSemaphore(_PLACES)
        self._tls = tls
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)  # type: ignore[arg-type]  # made in `finish_request`

    def server_bind(self) -> None:
        """Bind without asking the name service who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    # ---- of the thread that accepts: nothing here waits for a client

    def get_request(self) -> tuple[socket.socket, Any]:
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                time.sleep(_BREATH)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self._turn_away(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be had
            self._places.release()
            self._turn_away(request)

    def _turn_away(self, request: socket.socket) -> None:
        """Say why, if that needs no handshake; what was sent is read, so that closing is no reset."""
        with suppress(OSError):
            request.settimeout(0)
            if self._tls is None:
                request.send(_BUSY)
                request.recv(1 << 16)
        self.shutdown_request(request)

    # ---- of a connection's own thread

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def finish_request(self, request: Any, client_address: Any) -> None:
        deadline = time.monotonic() + HEADER
        if self._tls is None:
            Handler(request, client_address, self, deadline)
            return
        with self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as peer:
            peer.settimeout(left(deadline))
            peer.do_handshake()
            Handler(peer, client_address, self, deadline)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or is too slow is no trouble of ours."""


class Web:
    """The server and its thread, from construction to `close`."""

    def __init__(
        self,
        listen: str,
        application: WSGIApplication,
        tls: ssl.SSLContext | None = None,
        closing: Callable[[], None] = lambda: None,
    ) -> None:
        """Listen at `host:port` (port 0: any free one); raises UserError if that cannot be had.

        `closing` is called first when it closes: to end the answers that would have no end.
        """
        self._closing = closing
        self._scheme = "https" if tls else "http"
        try:
            self._server = _Server(split(listen), tls)
        except OSError as error:
            raise _trouble(listen, error) from error
        self._server.set_app(application)
        self._over, self._end = os.pipe()
        self._thread = Thread(target=self._serve, name="http", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it really listens, as host:port."""
        host = self._server.server_name
        return f"[{host}]:{self._server.server_port}" if ":" in host else f"{host}:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.address}/"

    def close(self) -> None:
        self._closing()
        os.write(self._end, b"!")
        self._thread.join(5)
        self._server.server_close()
        os.close(self._over)
        os.close(self._end)

    def _serve(self) -> None:
        """Take connections until the end; the library's own loop wakes twice a second to look for that."""
        poll = select.poll()
        for descriptor in (self._server.fileno(), self._over):
            poll.register(descriptor, select.POLLIN)
        while self._over not in (ready for ready, _ in poll.poll()):
            self._server.handle_request()


_ANOTHER = "is another ollama-watchd running? Choose another place with --listen 127.0.0.1:PORT"
_NOT_HERE = "no interface of this machine has this address (yet): `ip address` shows those that there are"
_NO_NAME = "is the name right? Write an address, such as 127.0.0.1:10434"
_OTHER = "choose another place with --listen 127.0.0.1:PORT"


def split(listen: str) -> tuple[str, int]:
    """Return host and port of `host:port`; raises UserError if it is none."""
    host, colon, port = listen.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):  # noqa: PLR2004  # the largest port
        raise UserError(f"{listen!r} is no address to listen at", hint="write 127.0.0.1:10434")
    return host.strip("[]") or "127.0.0.1", int(port)


def _trouble(listen: str, error: OSError) -> UserError:
    """Tell a mistake from what may be over in a moment: the network comes, whoever has the port goes."""
    text = f"cannot listen at {listen}"
    if isinstance(error, socket.gaierror):
        return NotNow(f"{text}: {error.strerror}", hint=_NO_NAME)
    if error.errno == errno.EADDRINUSE:
        return NotNow(f"{text}: the port is taken", hint=_ANOTHER)
    if error.errno == errno.EADDRNOTAVAIL:
        return NotNow(f"{text}: {error.strerror}", hint=_NOT_HERE)
    return UserError(f"{text}: {error.strerror or error}", hint=_OTHER)
