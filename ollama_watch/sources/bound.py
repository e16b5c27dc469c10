# ruff: noqa: SLF001  # the reader's low-level calls are ten times as fast as its iterator
"""Journals read through systemd's own library."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ollama_watch.parse.telling import LAUNCHING
from ollama_watch.sources.batch import MUCH, Batch, noticed
from ollama_watch.sources.entries import Match, Matches
from ollama_watch.sources.lines import MOST
from ollama_watch.sources.source import BATCH

try:
    from systemd import journal as binding
except ImportError:  # an optional dependency: it needs libsystemd
    binding = None
AVAILABLE = binding is not None
_STARTING, _IN_PROCESS, _SLOTS = LAUNCHING
_AND_THE_DEFAULT = 1 << 6  # SD_JOURNAL_INCLUDE_DEFAULT_NAMESPACE: what systemd says of any unit is there


def open_file(path: str) -> Any:
    """Return a reader of one file; raises OSError."""
    return binding.Reader(files=[path])


def open_local(namespace: str | None) -> Any:
    """Return a reader of this machine's journal; raises OSError."""
    flags = binding.LOCAL_ONLY | (_AND_THE_DEFAULT if namespace else 0)
    return binding.Reader(flags, namespace=namespace)


def renewed(reader: Any) -> bool:
    """Take in new, rotated and removed files, and quiet the descriptor; tell whether there were any."""
    return bool(reader.process() == binding.INVALIDATE)


def field(reader: Any, name: str) -> bytes:
    try:
        return bytes(reader._get(name))
    except KeyError:
        return b""


def ask_for(reader: Any, matches: tuple[Match, ...]) -> None:
    """Let a reader give what matches, and nothing else."""
    reader.data_threshold = MOST
    for match in matches:
        for one in match:
            reader.add_match(one)
        reader.add_disjunction()


def each(reader: Any, batch: Batch, matches: Matches) -> bool:
    """Put what comes next into `batch`, each entry asked what it is; tell whether that was all there is.

    Raises OSError; what came before that is in the batch.
    """
    get = partial(field, reader)
    for _ in range(BATCH):
        if not reader._next():
            return True
        batch.take(get, reader._get_realtime() / 1e6, reader._get_cursor(), matches)
        if batch.size >= MUCH:
            break
    return False


class History:
    """Reads what stands in a journal: another reader looks for notices, so that nobody asks each entry.

    What an entry is takes half as long to learn as what it says, and hardly one is no line. An entry that may
    be a launch gets its own cursor, any other that of the last one that was read with it: that saves a fifth.
    """

    def __init__(self, reader: Any, other: Callable[[], Any], matches: Matches) -> None:
        """Go on with `reader`; `other` opens one more of the same journal."""
        self._reader, self._other, self._matches = reader, other, matches
        self._notices: Any = None
        self._next: tuple[float, bytes] | None = None  # time and text of the notice that comes next

    def read(self, batch: Batch) -> bool:
        """Do the same as `each`, but after an error there is nothing in the batch."""
        try:
            end = self._walk(batch)
            if batch.texts:
                self._look(batch)
        except OSError:
            batch.clear()
            raise
        return end

    def _walk(self, batch: Batch) -> bool:
        reader, size = self._reader, 0
        step, get, when, name = reader._next, reader._get, reader._get_realtime, reader._get_cursor
        texts, times, names = batch.texts, batch.times, {}
        end = False
        for _ in range(BATCH):
            if not step():
                end = True
                break
            if self._notices is None:
                self._begin(name())
            try:
                text = get("MESSAGE")
            except KeyError:
                continue
            if text:
                texts.append(text)
                times.append(when() / 1e6)
                if (text[:5] == b"time=" or text[:1].isdigit()) and (  # three searches cost as much as a step
                    _STARTING in text or _IN_PROCESS in text or _SLOTS in text
                ):
                    names[len(texts) - 1] = name()
                size += len(text)
                if size >= MUCH:
                    break
        if texts:
            last = name()
            batch.cursors = [names.get(at, last) for at in range(len(texts))]
        return end

    def _begin(self, cursor: str) -> None:
        """Look for notices from that entry on."""
        self._notices = self._other()
        ask_for(self._notices, self._matches.notices)
        self._notices.seek_cursor(cursor)

    def _look(self, batch: Batch) -> None:
        """Find the notices in it."""
        while self._next or self._notices._next():
            if self._next is None:
                self._next = self._notices._get_realtime() / 1e6, field(self._notices, "MESSAGE")
            place = _place(batch, *self._next)
            if place is None:
                return
            if notice := noticed(partial(field, self._notices), self._matches):
                batch.notices[place] = notice
            self._next = None

    def close(self) -> None:
        """Let go of the other reader; it is opened again where it is needed, with the files of then."""
        if self._notices is not None:
            with suppress(OSError):
                self._notices.close()
        self._notices = self._next = None


def _place(batch: Batch, at: float, text: bytes) -> int | None:
    """Return where an entry stands in a batch."""
    if at not in batch.times:
        return None
    alike = (n for n, time in enumerate(batch.times) if time == at and n not in batch.notices)
    return next((n for n in alike if batch.texts[n] == text), None)
