"""The same work on many things by several processes, with the results in order.

Each process is a copy of this one, does every n-th thing and waits until somebody wants what it found, so the
memory stays flat. If one dies, what it owed is None. All of them end when nobody reads any more.
"""

import marshal
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from itertools import cycle, islice
from typing import Any, BinaryIO

_PIPE = 1 << 20  # bytes that may wait: the next result while the last one is read
_LENGTH = 8  # bytes before each result

Place = tuple[int, int]
Work = Callable[[Place], object]


def in_order(work: Work, places: Callable[[], Iterable[Place]], count: int) -> Generator[Any]:
    """Yield what `work` returns for each place; it has to return what `marshal` knows."""
    children: list[int] = []
    readers: list[BinaryIO] = []
    try:
        for number in range(count):
            child, reader = _begun(work, islice(places(), number, None, count))
            children.append(child)
            readers.append(reader)
        for reader in cycle(readers):
            yield _result(reader)
    finally:
        for reader in readers:
            reader.close()
        for child in children:
            os.waitpid(child, 0)


def _begun(work: Work, places: Iterable[Place]) -> tuple[int, BinaryIO]:
    reading, writing = os.pipe()
    with suppress(OSError):  # no more than this user may have
        fcntl(writing, F_SETPIPE_SZ, _PIPE)
    if child := os.fork():
        os.close(writing)
        return child, os.fdopen(reading, "rb")
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            for place in places:
                result = marshal.dumps(work(place))  # type: ignore[arg-type]  # see `in_order`
                stream.write(len(result).to_bytes(_LENGTH, "big") + result)
                stream.flush()
    finally:
        os._exit(0)  # whatever happened: this copy must not go on as if it were the program


def _result(stream: BinaryIO) -> Any:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    result = stream.read(int.from_bytes(length, "big"))
    try:
        return marshal.loads(result)  # noqa: S302  # a copy of this process wrote it
    except (EOFError, ValueError, TypeError):
        return None
