"""Processes of this machine, as /proc shows them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_STATE, _PARENT, _SESSION = 0, 1, 3  # words of `stat` behind the name of the program
_RESIDENT = 1  # word of `statm`, in pages


@dataclass(frozen=True, slots=True)
class Process:
    """One running process that we may look at."""

    pid: int
    argv: tuple[str, ...]  # its words, undamaged; empty for kernel threads and zombies


@dataclass(frozen=True, slots=True)
class Kin:
    """Whose child a process is now; of one whose parent ended, of the process that took it over."""

    parent: int  # 0: outside of what we can see
    session: int  # of a process that was started as a service its own pid


def processes(proc: Path = PROC) -> Iterator[Process]:
    """Yield what runs now; a process that ends meanwhile is left out."""
    try:
        names = sorted(name for name in os.listdir(proc) if name.isdecimal())  # noqa: PTH208  # names alone
    except OSError:
        return
    for name in names:
        if words := argv(int(name), proc):
            yield Process(int(name), words)


def hidden(proc: Path = PROC) -> bool:
    """Tell whether other users' processes are kept from us, by ProtectProc= or hidepid=: even pid 1."""
    return proc.is_dir() and not (proc / "1").exists()


def argv(pid: int, proc: Path = PROC) -> tuple[str, ...]:
    """Return the words of a process; none if it has ended or hides them."""
    try:
        with open(f"{proc}/{pid}/cmdline", "rb", buffering=0) as file:  # noqa: PTH123  # of hundreds of processes
            words = file.readall().rstrip(b"\0").split(b"\0")
    except OSError:
        return ()
    return () if words == [b""] else tuple(word.decode("utf-8", "replace") for word in words)


def kin(pid: int, proc: Path = PROC) -> Kin | None:
    """Return whose child it is, None if it has ended or hides that."""
    try:
        text = (proc / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    words = text.rpartition(b")")[2].split()  # its name may hold anything, parentheses and blanks too
    ended = len(words) <= _SESSION or words[_STATE] in b"ZX"
    return None if ended else Kin(parent=int(words[_PARENT]), session=int(words[_SESSION]))


def resident(pid: int, proc: Path = PROC) -> int | None:
    """Return the bytes of memory that it holds, None if it has ended or hides that."""
    try:
        words = (proc / str(pid) / "statm").read_bytes().split()
    except OSError:
        return None
    return int(words[_RESIDENT]) * os.sysconf("SC_PAGE_SIZE") if len(words) > _RESIDENT else None
