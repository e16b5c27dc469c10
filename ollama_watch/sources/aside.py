"""A journal that a process of its own reads, while this one thinks about what it has read.

Reading is most of the work, and both together take longer than either.
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from itertools import repeat

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources.batch import Run
from ollama_watch.sources.forked import in_order

Runs = Iterator[Run | list[Line]]


def aside(opened: Callable[[], Runs]) -> Runs:
    """Yield what `opened` yields, opened and read elsewhere; raises the UserError that it raises."""
    for found in in_order(_packed(opened), lambda: repeat((0, 0)), 1):
        match found:
            case "run", block, number, times, cursor:
                yield Run(block, number, times, [cursor] * len(times))
            case "lines", *lines:
                yield [Line(*one) for one in lines]
            case ("end",):
                return
            case "error", message, hint:
                raise UserError(message, hint=hint)
            case _:
                raise UserError("the journal cannot be read: its reader died of it")


def _packed(opened: Callable[[], Runs]) -> Callable[[object], object]:
    """Return what gives the next one, in a shape that can be sent: each call goes on."""
    runs: list[Runs] = []

    def work(_: object) -> object:
        try:
            runs[:] = runs or [opened()]
            found = next(runs[0], None)
        except UserError as error:
            return "error", error.message, error.hint
        if isinstance(found, Run):
            return "run", found.block, found.number, found.times, found.cursors[-1]
        return ("end",) if found is None else ("lines", *map(astuple, found))

    return work
