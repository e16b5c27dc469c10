# ruff: noqa: SLF001  # the reader's low-level calls are ten times as fast as its iterator
"""Where to begin in a journal that is read through systemd's library."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ollama_watch.sources import cursors, entries
from ollama_watch.sources.bound import ask_for, field
from ollama_watch.sources.entries import Match

_SOON = 1000  # entries of a run of the unit within which its server tells that it starts


def seek(reader: Any, other: Callable[[], Any], own: Match | None) -> None:
    """Stand before the first entry of the last server start, else of this boot.

    Never at the tail: in a journal without a matching entry that would lose the first burst. `other` opens
    one more reader; `own`: what a system unit logs, each run of it under an id of its own. A user's unit
    may bear the id of that user's manager.
    """
    boot = entries.boot()
    reader.seek_tail()
    if own and (start := _start(other, own, _run(reader, boot))):
        reader.seek_cursor(start)
        return
    reader.seek_tail()
    if start := entries.last_start(_backwards(reader, boot)):
        reader.seek_cursor(start)


def near(reader: Any, cursor: str) -> str:
    """Return the cursor of the entry at `cursor`, else of the next one, else of the newest; stand on it."""
    if cursors.is_one(cursor):
        reader.seek_cursor(cursor)
        if reader._next():
            return str(reader._get_cursor())
    reader.seek_tail()
    return str(reader._get_cursor()) if reader._previous() else ""


def _run(reader: Any, boot: str) -> str:
    """Return which run of the unit logged the newest entry, if that is of this boot; else nothing."""
    if reader._previous() and _is_of(reader, boot):
        return field(reader, "_SYSTEMD_INVOCATION_ID").decode("ascii", "replace")
    return ""


def _start(other: Callable[[], Any], own: Match, run: str) -> str:
    """Return the cursor of the entry that begins the server start of a run of the unit; empty: unknown."""
    if not run:
        return ""
    reader = other()
    try:
        ask_for(reader, ((*own, f"_SYSTEMD_INVOCATION_ID={run}"),))
        reader.seek_head()
        return entries.first_start(islice(_forwards(reader), _SOON))
    finally:
        reader.close()


def _forwards(reader: Any) -> Iterator[tuple[bytes, Callable[[], str]]]:
    while reader._next():
        yield field(reader, "MESSAGE"), reader._get_cursor


def _backwards(reader: Any, boot: str) -> Iterator[tuple[bytes, Callable[[], str]]]:
    """Yield the entries of this boot from the newest; then stand before its first."""
    while reader._previous():
        if not _is_of(reader, boot):
            return
        yield field(reader, "MESSAGE"), reader._get_cursor
    reader.seek_head()


def _is_of(reader: Any, boot: str) -> bool:
    return not boot or bool(reader._get_monotonic()[1] == bytes.fromhex(boot))
