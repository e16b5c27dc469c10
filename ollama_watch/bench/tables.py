"""Markdown: tables of llama-bench, wherever they stand in a file, with what stands around them.

Columns vary: what is no default and what was swept is shown. Before a table may stand the lines in which a
backend names its devices, after it `build: 8cf427ff (5163)`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ollama_watch.bench.devices import Devices
from ollama_watch.bench.printed import Printed, read_speed, read_test
from ollama_watch.bench.run import Model, Run, plain
from ollama_watch.bench.settings import UnreadableError, settings
from ollama_watch.errors import UserError

_NEEDED = frozenset(("model", "backend", "test", "t/s"))
_ABOUT = _NEEDED | {"size", "params"}  # the other columns are settings
_BUILD = re.compile(r"\s*build:\s*(\w+(?:\s*\(\d+\))?)")


def is_head(line: str) -> bool:
    """Return whether `line` is the head of a table of llama-bench."""
    return "t/s" in line and set(_cells(line)) >= _NEEDED


def read_tables(printed: Printed) -> list[Run]:
    """Return the runs of all its tables; raise UserError where a row is none."""
    runs: list[Run] = []
    head: list[str] = []
    devices, unbuilt = Devices(), 0  # index of the first run without a build
    for number, line in enumerate(printed.lines, 1):
        if is_head(line):
            head = _cells(line)
            devices.table()
        elif _is_rule(printed.lines[number : number + 1]):
            head = []  # of a table of somebody else's
        elif head and _is_row(line):
            runs += _row(printed, number, head, str(devices))
        else:  # a row may still follow: on a terminal the log comes in between
            devices.take(line)
            if found := _BUILD.match(line):
                runs[unbuilt:] = [replace(run, build=found[1]) for run in runs[unbuilt:]]
                unbuilt = len(runs)
    return runs


def _cells(line: str) -> list[str]:
    inner = line.strip().lstrip("> ").strip("|")
    return [cell.strip().strip("*`").strip() for cell in inner.split("|")]


def _is_row(line: str) -> bool:
    return line.lstrip("> \t").startswith("|")


def _is_rule(lines: Sequence[str]) -> bool:
    """Return whether it is what stands under the head of a table."""
    return (
        bool(lines)
        and "|-" in lines[0].replace(" ", "").replace(":", "")
        and not set(lines[0]) - set("|-: >\t\r")
    )


def _row(printed: Printed, number: int, head: list[str], device: str) -> Iterator[Run]:
    line = printed.lines[number - 1]
    if _is_rule([line]):
        return
    cells = _cells(line)
    if len(cells) != len(head):
        count = f"{len(cells)} columns where the head has {len(head)}"
        raise printed.wrong(number, count, "is the file cut off there, or the line broken in two?")
    row = dict(zip(head, cells, strict=True))
    try:
        told = settings({plain(column): plain(cell) for column, cell in row.items() if column not in _ABOUT})
        test = read_test(row["test"])
        speed, error = read_speed(row["t/s"])
    except UnreadableError as unreadable:
        at = _start(line, [plain(column) for column in head].index(unreadable.args[0]))
        raise printed.unreadable(number, unreadable, at) from unreadable
    except ValueError as wrong:
        raise _no_measurement(printed, number, head, row) from wrong
    model = Model(plain(row["model"]), plain(row.get("size", "")))
    run = Run(model=model, backend=plain(row["backend"]), test=test, speed=speed, error=error, settings=told)
    yield run if run.library == "cpu" else replace(run, device=device)


def _start(line: str, index: int) -> int:
    """Return where a cell begins: after so many bars."""
    return sum(len(cell) + 1 for cell in line.split("|")[: index + 1])


def _no_measurement(printed: Printed, number: int, head: Sequence[str], row: Mapping[str, str]) -> UserError:
    test, speed, line = row["test"], row["t/s"], printed.lines[number - 1]
    try:
        read_test(test)
    except ValueError:
        hint = "tests are called pp512, tg128, pp512+tg128 or tg128 @ d4096"
        at = _start(line, head.index("test"))
        return printed.wrong(number, f"unknown test {plain(test)!r}", hint, test, at)
    hint = "a measurement reads 2016.93 ± 5.44"
    at = _start(line, head.index("t/s"))
    return printed.wrong(number, f"no tokens/s: {plain(speed)!r}", hint, speed, at)
