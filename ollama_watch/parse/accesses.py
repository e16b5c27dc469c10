"""All requests of a block, for who only counts them.

Nearly all lines of the access log look alike, and what `parse` reads in those is known; it is asked of every
other line that may be one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.clock import local
from ollama_watch.parse.counted import Counted
from ollama_watch.parse.line import parse

_USUAL = re.compile(
    rb"\[GIN\](?: (\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d) \| (\d{3}) \| +[\w.\xc2\xb5\xce\xbc]{1,40} *"
    rb'\| +[\w.:%\[\]-]{1,100} *\| ([A-Z]{1,20}) +"(/[\w/.:%~-]{0,199})"(?=\n))?'
)
_NEWLINE = ord(b"\n")


class Served(NamedTuple):
    """A request that is done."""

    lines: int  # that end before it in its block
    status: bytes
    method: bytes
    path: bytes  # without the query


def accesses(block: bytes) -> Iterator[Served]:
    """Yield the requests that `parse` reads in lines with `[GIN]`; the block ends with a newline."""
    counted, end = Counted(block), -1
    for match in _USUAL.finditer(block):
        start = match.start()
        if start < end:  # in a line that was read
            continue
        stamp, status, method, path = match.groups()
        if stamp and _is_time(stamp) and (not start or block[start - 1] == _NEWLINE):
            yield Served(counted.before(start), status, method, path)
            continue
        begin, end = block.rfind(b"\n", 0, start) + 1, block.find(b"\n", start)
        yield from _read(block[begin:end].removesuffix(b"\r"), counted.before(begin))


def _read(text: bytes, lines: int) -> Iterator[Served]:
    for stamped in parse(Line(text, 0, 0.0)):
        event = stamped.event
        if isinstance(event, ev.Access):
            yield Served(lines, b"%d" % event.status, event.method.encode(), event.path.encode())


@lru_cache(4096)
def _is_time(stamp: bytes) -> bool:
    date, _, time = stamp.decode().partition(" - ")
    return local(date, time) is not None
