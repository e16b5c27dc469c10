"""`/api/v1/alerts/stream`: server-sent events, a snapshot first and then every change."""

import os
import select
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Self

from ollama_watch.serve.changes import Change, Changes, Snapshot
from ollama_watch.serve.status import alert
from ollama_watch.serve.text import to_json

PLACES = 4  # streams at once; each has a thread
KEEP_ALIVE = 15.0  # s of silence until a comment is sent
_RINGS = 1 << 16  # bytes: all that a pipe holds
_RETRY = 2000  # ms after which a browser comes back


class Streams:
    """The places for streams. Nobody can keep all of them from the others; see `_gives_way`."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._lock = Lock()
        self._held: list[tuple[str | None, Stream]] = []  # by whom (see `peer.holder`), the oldest first

    def open(
        self, last: str, reader: int | None, renew: Callable[[], None], who: str | None = None
    ) -> "Stream | None":
        """Return a stream, None if there is no place for `who`.

        `last`: the number that the reader knows; `reader`: its socket; `renew`: before each piece is sent.
        """
        with self._lock:
            if len(self._held) >= PLACES:
                other = _gives_way([one for one, _ in self._held], who)
                if other is None:
                    return None
                self._held.pop(other)[1].oust()
            stream = Stream(self._changes, _number(last), reader, renew, self._leave)
            self._held.append((who, stream))
        return stream

    def _leave(self, stream: "Stream") -> None:
        with self._lock:
            self._held = [(who, one) for who, one in self._held if one is not stream]


class Stream:
    """What one reader is sent, piece by piece, until it hangs up or we do. Waits on no lock of the loop's."""

    def __init__(
        self,
        changes: Changes,
        number: int,
        reader: int | None,
        renew: Callable[[], None],
        leave: Callable[["Stream"], None],
    ) -> None:
        self._changes, self._number, self._renew = changes, number, renew
        self._leave: Callable[[Stream], None] | None = leave
        self._began = self._ousted = False
        self._bell = changes.listen()
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)
        if reader is not None:
            self._poll.register(reader, select.POLLIN)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """Return the next events, or a comment after a long silence."""
        if not self._began:
            self._began = True
            piece = f"retry: {_RETRY}\n\n".encode() + self._news()
        else:
            piece = self._news() or self._waited()
        self._renew()
        return piece

    def close(self) -> None:
        """Give the place to somebody else; may be called twice."""
        if self._leave:
            self._leave(self)
            self._leave = None
            self._changes.leave(self._bell)

    def oust(self) -> None:
        """End it soon; its reader comes back and goes on where it was."""
        self._ousted = True
        self._changes.rouse(self._bell)

    def _waited(self) -> bytes:
        """Return what came after a while; raises StopIteration if the reader left, or we do."""
        if self._changes.closed or self._ousted:
            raise StopIteration
        ready = [number for number, _ in self._poll.poll(KEEP_ALIVE * 1000)]
        if not ready:
            return b": nothing new\n\n"
        if self._bell not in ready:  # it has asked all that it may ask: what comes now is its end
            raise StopIteration
        os.read(self._bell, _RINGS)
        return self._news() or self._waited()  # it may have rung for what was sent already

    def _news(self) -> bytes:
        changes = self._changes.since(self._number)
        if changes is None:
            snapshot = self._changes.snapshot()
            self._number = snapshot.number
            return _whole(snapshot)
        if changes:
            self._number = changes[-1].number
        return b"".join(map(_event, changes))


def _gives_way(holders: list[str | None], who: str | None) -> int | None:
    """Return which stream ends for one of `who`, None: it has to wait.

    The oldest of whoever holds the most, if that is still no less than `who` has then: so nobody gains by
    coming again and again. Of those that cannot be told apart the oldest gives way to any of them: it comes
    back and misses nothing, while one that waited would hear nothing at all.
    """
    counts = Counter(holders)
    if who is None and None in counts:
        return holders.index(None)
    most = max(counts, key=counts.__getitem__)
    return holders.index(most) if counts[most] >= counts[who] + 2 else None


def _whole(found: Snapshot) -> bytes:
    alerts = [alert(one) for one in found.alerts]
    state = {"run": found.run, "ready": found.ready, "desktop": found.desktop or None}
    return _framed("snapshot", found.number, {**state, "alerts": alerts})


def _event(change: Change) -> bytes:
    return _framed("alert", change.number, alert(change.alert))


def _framed(event: str, number: int, data: object) -> bytes:
    """JSON holds no line's end of its own, so one `data:` is enough."""
    return f"event: {event}\nid: {number}\ndata: {to_json(data)}\n\n".encode("utf-8", "replace")


def _number(last: str) -> int:
    return int(last) if last.isascii() and last.isdigit() and len(last) < 20 else -1  # noqa: PLR2004  # 64 bits
