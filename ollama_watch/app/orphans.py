"""Runners whose server is gone: one that is killed leaves them, and nobody ends them (reference 16.9)."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ollama_watch.parse.argv import digest, from_argv
from ollama_watch.sources.processes import PROC, Kin, Process, argv, kin, resident

_INIT = 1
_ADOPTING = ("systemd", "init")  # a user's systemd, and WSL's init, take over what their own leave behind
_SERVE = ("serve", "start")  # two names of one command


@dataclass(frozen=True, slots=True)
class Orphan:
    """A runner that no server is behind."""

    pid: int
    memory: int  # bytes in RAM; what it has on a GPU the kernel does not tell


def orphan(runner: Process, proc: Path = PROC) -> Orphan | None:
    """Return what is left of a dead server; None if one is alive, or if that cannot be told.

    A server is the parent of its runners. When it dies they are handed to the first process, or to the one
    that adopts for a whole session. In a container the first process may be the server.
    """
    found = kin(runner.pid, proc)
    if found is None or not _of_ollama(runner.argv, found, runner.pid):
        return None
    parent = argv(found.parent, proc)
    if not parent or not _adopts(found.parent, parent):
        return None
    memory = resident(runner.pid, proc)
    # It may have ended meanwhile: then it holds nothing, or its number is another's.
    return Orphan(runner.pid, memory) if memory and argv(runner.pid, proc) == runner.argv else None


def _adopts(pid: int, words: tuple[str, ...]) -> bool:
    name = PurePosixPath(words[0]).name
    serves = name.startswith("ollama") or words[1:2] in [(word,) for word in _SERVE]
    return not serves and (pid == _INIT or name in _ADOPTING)


def _of_ollama(words: tuple[str, ...], found: Kin, pid: int) -> bool:
    """Tell whether Ollama started it. A llama-server people start too, even with a blob of Ollama's."""
    program = PurePosixPath(words[0])
    if not program.name.startswith("llama-server"):
        return program.name.startswith("ollama")
    own = program.parent.name == "ollama" or "--offline" in words
    service = found.session == pid  # of systemd's; a runner is in the session of its server
    return own and not service and digest(from_argv(words).model) is not None
