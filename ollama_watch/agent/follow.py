"""Following a daemon's stream of alerts, for as long as the agent lives."""

import json
import logging
import pwd
import random
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from threading import Event
from typing import Any

from ollama_watch.agent.mailbox import Mailbox
from ollama_watch.agent.received import UnreadableError, everything, heard
from ollama_watch.serve import peer

_log = logging.getLogger(__name__)

_PATH = "/api/v1/alerts/stream"
_CONNECT = 5.0  # s
_SILENCE = 40.0  # s; the daemon says something every 15
_MOST = 16 << 20  # bytes of an event
_DELAYS = (1.0, 60.0)  # s between tries: at first, and at most
_JITTER = 0.5


class Untold(Exception):  # noqa: N818  # why nothing can be heard just now
    """What stands between us and the daemon, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """Where the daemon is, and who it may be."""

    host: str
    port: int
    tls: ssl.SSLContext | None  # the certificate is its identity
    own: int  # the user of this process
    allowed: int | None  # a further user whose daemon it may be

    @property
    def name(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Follower:
    """Hears, and leaves in the mailbox what it heard. `run` is a thread's; the rest may be called by any."""

    def __init__(self, daemon: Daemon, mailbox: Mailbox, delays: tuple[float, float] = _DELAYS) -> None:
        self._daemon, self._mailbox = daemon, mailbox
        self._first, self._longest = delays
        self._stop = Event()
        self._connection: socket.socket | None = None
        self._last = ""  # number of the last change that we heard of
        self._said = ""
        self.uid: int | None = None  # whose daemon it is, as far as it could be seen

    def run(self) -> None:
        """Connect again and again, ever more slowly while nothing comes, until `stop`."""
        delay = self._first
        while not self._stop.is_set():
            try:
                for _ in self._followed():
                    delay = self._first
                self._say(f"the daemon at {self._daemon.name} hung up")
            except (Untold, OSError, HTTPException, ValueError) as error:
                self._say(f"no alerts from {self._daemon.name}: {_why(error)}")
            self._stop.wait(delay * (1 + random.random() * _JITTER))  # noqa: S311  # jitter
            delay = min(2 * delay, self._longest)

    def stop(self) -> None:
        """Make `run` end, whatever it waits for."""
        self._stop.set()
        if connection := self._connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _followed(self) -> Iterator[None]:
        """Yield after each event until the daemon hangs up."""
        place = (self._daemon.host, self._daemon.port)
        with closing(socket.create_connection(place, timeout=_CONNECT)) as plain:
            connection = self._daemon.tls.wrap_socket(plain) if self._daemon.tls else plain
            with closing(connection):
                self._connection = connection
                response = self._asked(connection)
                self._check(connection)
                connection.settimeout(_SILENCE)
                for event in _events(response):
                    self._hear(event)
                    if event.name:
                        self._say(f"following the daemon at {self._daemon.name}")
                        yield

    def _asked(self, connection: socket.socket) -> HTTPResponse:
        last = f"Last-Event-ID: {self._last}\r\n" if self._last else ""
        head = f"GET {_PATH} HTTP/1.0\r\nHost: {self._daemon.name}\r\nAccept: text/event-stream\r\n{last}\r\n"
        connection.sendall(head.encode())
        response = HTTPResponse(connection)
        response.begin()
        if response.status != 200:  # noqa: PLR2004  # OK
            raise Untold(f"it answers {response.status} {response.reason}")
        return response

    def _check(self, connection: socket.socket) -> None:
        """Make sure whose daemon it is; raises Untold if it is nobody's who may tell us things."""
        uid = self.uid = peer.peer_uid(connection)
        if self._daemon.tls:
            return
        if uid is None:
            if peer.is_loopback(connection):
                raise Untold("it cannot be seen whose process it is")
            return  # another machine, and named on purpose
        if not peer.is_trusted(uid, self._daemon.own, self._daemon.allowed):
            raise Untold(
                f"it is a process of the user {_name(uid)} (uid {uid}), and neither root's, a service's "
                f"nor yours; if that is right, say --user {_name(uid)}"
            )

    def _hear(self, event: "_Event") -> None:
        try:
            if event.name == "snapshot":
                self._mailbox.put(everything(event.data))
            elif event.name == "alert":
                self._mailbox.put(heard(event.data))
        except UnreadableError as error:
            raise Untold(f"what it says is no alert of ours: {error}") from error
        self._last = event.number or self._last

    def _say(self, text: str) -> None:
        """One line an incident."""
        if text != self._said and not self._stop.is_set():
            _log.info("%s", text)
        self._said = text


@dataclass(frozen=True, slots=True)
class _Event:
    name: str  # "" for a comment
    number: str
    data: Any


def _events(response: HTTPResponse) -> Iterator[_Event]:
    """Yield events, comments too; raises Untold for what has no end, ValueError for what is no JSON."""
    found = {"event": "", "id": "", "data": ""}
    size = 0
    while line := response.readline(_MOST + 1):
        size += len(line)
        if size > _MOST:
            raise Untold("it sends an event without an end")
        name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(":")
        if name in found:
            found[name] = value.removeprefix(" ")
        elif not name:  # the end of an event, or a comment
            data = _read(found["data"]) if found["data"] else None
            yield _Event(found["event"] if data is not None else "", _number(found["id"]), data)
            found, size = dict.fromkeys(found, ""), 0


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise Untold("it sends JSON that is nested too deep") from None


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 20 else ""  # noqa: PLR2004  # 64 bits


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
