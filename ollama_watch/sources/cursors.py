"""The journal's own names for its entries, and what to think of one that is not found any more."""

import re
from dataclasses import dataclass
from typing import Literal

_HEX = r"([0-9a-f]{1,16})"
_ID = r"([0-9a-f]{32})"
_CURSOR = re.compile(f"s={_ID};i={_HEX};b={_ID};m={_HEX};t={_HEX};x={_HEX}")


@dataclass(frozen=True, slots=True)
class _Place:
    series: str  # of the sequence numbers; rotated files go on with it
    boot: str
    since_boot: int  # µs
    at: int  # µs since the epoch


def is_one(cursor: str) -> bool:
    return _place(cursor) is not None


def same(one: str, other: str) -> bool:
    """Two cursors name the same entry; its copy counts too (journald copies what it flushes to the disk)."""
    return one.partition(";b=")[2] == other.partition(";b=")[2]


def fate(cursor: str, near: str) -> Literal["here", "removed", "foreign"]:
    """Return what became of the entry at `cursor`, told by the cursor of one that is there.

    `near`: the entry that stands there or is the next one after it, else the newest; empty if there is none.
    "removed": what came after it can be found. "foreign": it never was in this journal.
    """
    place, other = _place(cursor), _place(near)
    if place is None:
        return "foreign"
    if other is None:
        return "removed"
    if same(cursor, near):
        return "here"
    if place.series == other.series or place.boot == other.boot:
        return "removed"
    # A journal that is not kept over a boot: all of it is younger.
    return "removed" if place.at < other.at - other.since_boot else "foreign"


def _place(cursor: str) -> _Place | None:
    found = _CURSOR.fullmatch(cursor)
    return _Place(found[1], found[3], int(found[4], 16), int(found[5], 16)) if found else None
