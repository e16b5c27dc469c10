"""A reader of `/api/v1/alerts/stream`, as simple as one can be."""

import json
import socket
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

STREAM = "/api/v1/alerts/stream"


class Event(NamedTuple):
    """One event, or a comment (its name is empty, its text in `data`)."""

    name: str
    number: int | None
    data: Any


class Reader:
    """One connection. Entering asks, leaving hangs up; `next` waits for an event, at most `patience` s."""

    def __init__(self, url: str, last: int | None = None, patience: float = 10.0) -> None:
        place = urlsplit(url)
        self.socket = socket.create_connection((place.hostname, place.port), timeout=patience)
        asked = "" if last is None else f"Last-Event-ID: {last}\r\n"
        self.socket.sendall(f"GET {STREAM} HTTP/1.0\r\nHost: localhost\r\n{asked}\r\n".encode())
        self._lines = self.socket.makefile("rb")
        self.head = ""

    def __enter__(self) -> Self:
        while (line := self._lines.readline()) not in (b"\r\n", b""):
            self.head += line.decode()
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self.socket.close()

    def next(self) -> Event | None:
        """Return the next event or comment, None at the end."""
        while True:
            found: dict[str, str] = {}
            while (line := self._lines.readline().decode()) not in ("\n", ""):
                name, _, value = line.rstrip("\n").partition(": ")
                found[name] = value
            if not found:
                return None
            if "data" in found:
                return Event(found["event"], int(found["id"]), json.loads(found["data"]))
            if "" in found:
                return Event("", None, found[""])
