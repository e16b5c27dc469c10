"""The blocks of what can only be read once, searched by several processes while the next ones are made.

A thread of its own makes them (zlib lets others work meanwhile) and lays each into memory that all processes
share; the n-th block goes to every n-th process.
"""

import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import count
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any

from ollama_watch.sources.forked import Place, in_order

_SLOTS = 4
_LENGTH = 8  # bytes that tell a process how long its next block is


class _Ring:
    """Memory for some blocks, and a pipe to each process that tells of the next one."""

    def __init__(self, largest: int, processes: int) -> None:
        self.largest = largest
        self.memory = mmap.mmap(-1, _SLOTS * largest)
        self.pipes = [os.pipe() for _ in range(processes)]
        self.writers = [writer for _, writer in self.pipes]

    def put(self, number: int, block: bytes) -> None:
        at = number % _SLOTS * self.largest
        self.memory[at : at + len(block)] = block
        with suppress(BrokenPipeError):  # that process died; what it owes is None
            os.write(self.writers[number % len(self.pipes)], len(block).to_bytes(_LENGTH, "big"))

    def search(self, search: Callable[[bytes], object], place: Place) -> object:
        """Do the work of a process; raises EOFError when nothing more comes."""
        while self.writers:  # held by others' copies too, none would ever see the end
            os.close(self.writers.pop())
        number = place[0]
        told = os.read(self.pipes[number % len(self.pipes)][0], _LENGTH)
        if not told:
            raise EOFError
        at = number % _SLOTS * self.largest
        return search(self.memory[at : at + int.from_bytes(told, "big")])

    def close(self) -> None:
        for reader, writer in self.pipes:
            os.close(writer)
            os.close(reader)
        self.memory.close()


def searched(
    blocks: Iterator[bytes], largest: int, search: Callable[[bytes], object], processes: int
) -> Iterator[tuple[bytes, Any]]:
    """Yield each block, of `largest` bytes at the most, with what `search` returns for it.

    That is None where the process died. Raises what `blocks` raises.
    """
    first = next(blocks, None)
    if first is None:
        return
    ring = _Ring(largest, processes)
    work = partial(ring.search, search)
    found = in_order(work, lambda: zip(count(), count()), processes)
    with closing(found), closing(ring):  # the processes end when they see the end of their pipes
        ring.put(0, first)
        yield first, next(found)  # from here on there are processes: none is copied while a thread runs
        maker = _Maker(blocks, ring)
        try:
            for block in maker:
                yield block, next(found)
                maker.free.release()
        finally:
            maker.stop()


class _Maker:
    """The thread that makes the blocks from the second on."""

    def __init__(self, blocks: Iterator[bytes], ring: _Ring) -> None:
        self._blocks, self._ring = blocks, ring
        self._made: SimpleQueue[bytes | Exception | None] = SimpleQueue()
        self._over = False
        self.free = Semaphore(_SLOTS)
        self._thread = Thread(target=self._make, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[bytes]:
        while (made := self._made.get()) is not None:
            if isinstance(made, Exception):
                raise made
            yield made

    def stop(self) -> None:
        self._over = True
        self.free.release()
        self._thread.join()

    def _make(self) -> None:
        try:
            for number, block in enumerate(self._blocks, 1):
                self.free.acquire()
                if self._over:
                    return
                self._ring.put(number, block)
                self._made.put(block)
            self._made.put(None)
        except Exception as error:  # noqa: BLE001  # told where it is read
            self._made.put(error)
