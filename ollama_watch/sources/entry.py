"""What any reader of journal entries gives."""

from collections.abc import Callable
from typing import NamedTuple


class Entry(NamedTuple):
    """One entry of a journal."""

    field: Callable[[str], bytes]  # by name; empty if it has none of that name. Only until the next entry
    cursor: str
    at: float  # s since the epoch, by the clock of the machine that logged it
