"""Processes of this machine, as /proc shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One running process that we may look at."""

    pid: int
    argv: tuple[str, ...]  # its words, undamaged; empty for kernel threads and zombies


def processes(proc: Path = PROC) -> Iterator[Process]:
    """Yield what runs now; a process that ends meanwhile is left out."""
    for folder in sorted(proc.glob("[0-9]*")):
        try:
            words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            continue
        if words != [b""]:
            yield Process(int(folder.name), tuple(word.decode("utf-8", "replace") for word in words))
