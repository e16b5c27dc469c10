"""A threading WSGI server with a limit: whoever comes when all places are taken is told so."""

import errno
import socket
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

from ollama_watch.errors import UserError

_PLACES = 16  # connections at work
_HEADER = 5.0  # s for a request to arrive
_BUSY = b"HTTP/1.0 503 Service Unavailable\r\nContent-Length: 5\r\nRetry-After: 1\r\n\r\nbusy\n"


class _Handler(WSGIRequestHandler):
    timeout = _HEADER

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as the library names it
        """Requests are no news."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(self, address: tuple[str, int]) -> None:
        self._places = BoundedSemaphore(_PLACES)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the name service who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        try:
            request.sendall(_BUSY)
        except OSError:
            pass  # the client has left already
        finally:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or is too slow is no trouble of ours."""


class Web:
    """The server and its thread, from construction to `close`."""

    def __init__(self, listen: str, application: WSGIApplication) -> None:
        """Listen at `host:port` (port 0: any free one); raises UserError if that cannot be had."""
        host, port = split(listen)
        try:
            self._server = _Server((host, port))
        except OSError as error:
            raise UserError(f"cannot listen at {listen}: {_why(error)}", hint=_HINT) from error
        self._server.set_app(application)
        self._thread = Thread(target=self._server.serve_forever, args=(0.5,), name="http", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it really listens, as host:port."""
        host = self._server.server_name
        return f"[{host}]:{self._server.server_port}" if ":" in host else f"{host}:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


_HINT = "is another ollama-watchd running? Choose another place with --listen 127.0.0.1:PORT"


def split(listen: str) -> tuple[str, int]:
    """Return host and port of `host:port`; raises UserError if it is none."""
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004  # the largest port
        raise UserError(f"{listen!r} is no address to listen at", hint="write 127.0.0.1:10434")
    return host.strip("[]") or "127.0.0.1", int(port)


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken"
    return error.strerror or str(error)
