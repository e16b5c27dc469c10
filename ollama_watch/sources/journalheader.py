"""The head of one journal file: what tells it from every other, and which entries it holds.

The layout is part of systemd's published file format, and the same in all of its releases:
https://systemd.io/JOURNAL_FILE_FORMAT (header).
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

_SIGNATURE = b"LPKSHHRH"
_LENGTH = 176  # bytes up to and with `head_entry_seqnum`
_FILE_ID, _SERIES = 24, 72  # offsets of 16 bytes each
_NUMBERS = struct.Struct("<QQQ")  # n_entries, tail_entry_seqnum, head_entry_seqnum
_NUMBERS_AT = 152


@dataclass(frozen=True, slots=True)
class Header:
    """What one journal file says of itself."""

    file_id: str  # 32 hex digits; stays with the file when that is renamed
    series: str  # 32 hex digits; of the sequence numbers: a rotated file's successor goes on with it
    first: int  # sequence number of its first entry; 0: it has none
    last: int  # of its last one


def header_at(path: Path) -> Header | None:
    """Return the header of the file at `path`; None if it is no journal, or none yet; raises OSError."""
    with path.open("rb", buffering=0) as stream:
        return header_of(stream.fileno())


def header_of(file: int) -> Header | None:
    """Return the header as it is now of the file behind a descriptor; None if it has none; raises OSError."""
    head = os.pread(file, _LENGTH, 0)
    if len(head) < _LENGTH or not head.startswith(_SIGNATURE):
        return None
    entries, last, first = _NUMBERS.unpack_from(head, _NUMBERS_AT)
    return Header(
        head[_FILE_ID : _FILE_ID + 16].hex(),
        head[_SERIES : _SERIES + 16].hex(),
        first if entries else 0,
        last,
    )
