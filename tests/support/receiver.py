"""A receiver of webhooks that answers as it is told to: with a status, never, by hanging up, in drips."""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


class Receiver:
    """Keeps what it got. `status` may be changed at any time; 0 hangs up, -1 never answers, -2 drips."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.status = 200
        self.body = b""
        self.got: list[Any] = []  # bodies that were answered with success
        self.raw: list[bytes] = []  # the same as they came
        self.tries: list[float] = []  # moments of requests
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.ending = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/hook"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return status and id of the alerts that it took, in order."""
        alerts = [alert for message in self.got for alert in message["alerts"]]
        return [(alert["status"], alert["annotations"]["alert_id"]) for alert in alerts]

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def receiver(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    running = Receiver(port, tls)
    try:
        yield running
    finally:
        running.close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.tries.append(time.monotonic())
            receiver.headers.append(dict(self.headers.items()))
            receiver.paths.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.status
            if status == -1:
                receiver.ending.wait(30)
            elif status == -2:
                self._drip()
            if status <= 0:
                self.close_connection = True
                return
            if 200 <= status < 300:
                receiver.raw.append(body)
                receiver.got.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def _drip(self) -> None:
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
                while not receiver.ending.wait(0.02):
                    self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    return Handler
