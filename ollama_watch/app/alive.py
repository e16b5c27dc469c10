"""The launches that the command lines of running processes show.

Such a launch has no line and no moment of its own: its `line` is the process id, its `at` when we looked.
From 0.11.5 to 0.24 a command line holds only the model and the port, so all else stays unknown.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ollama_watch.parse.argv import Args, digest, from_argv
from ollama_watch.parse.eras import BY_ID, Era
from ollama_watch.sources.processes import Process
from ollama_watch.state.record import Record
from ollama_watch.state.reports import tags
from ollama_watch.state.server import Server

NAME = "running processes"
_PROGRAMS = ("llama-server", "ollama_llama_server")
_NAMED = {"--mlx-engine": "mlx", "--imagegen-engine": "image", "--image-engine": "image"}


def records(found: Iterable[Process], now: float) -> Iterator[Record]:
    """Yield a launch for each process that serves a model, in the order of `found`."""
    index = 0
    for process in found:
        if not _may_serve(process.argv):
            continue
        args = from_argv(process.argv)
        era = _era(process.argv, args)
        if era and (args.model or args.hf):
            yield _record(index, process.pid, now, era, args)
            index += 1


def _may_serve(argv: tuple[str, ...]) -> bool:
    """Tell whether it is worth to read its arguments; of most processes it is not."""
    return argv[1:2] == ("runner",) or argv[0].rpartition("/")[2].startswith(_PROGRAMS)


def _era(argv: tuple[str, ...], args: Args) -> Era | None:
    """Return the wording that a launch of this program has, None for a program that is no runner."""
    program = PurePosixPath(argv[0]).name
    if program.startswith(_PROGRAMS[0]):
        return BY_ID["llama-server"]
    if program.startswith(_PROGRAMS[1]):
        return BY_ID["command-line"]
    if argv[1:2] != ("runner",) or args.port is None:
        return None
    named = next((era for flag, era in _NAMED.items() if flag in argv), None)
    return BY_ID[named or ("load-request" if args.ctx_size is None else "command-line")]


def _record(index: int, pid: int, now: float, era: Era, args: Args) -> Record:
    return Record(
        index=index,
        source=NAME,
        host=None,
        line=pid,
        cursor="",
        at=now,
        era=era,
        server=Server(),
        engine="ollama-engine" if args.ollama_engine else era.engine,
        args=args,
        tags=tags(args.model) if era.arguments == "name" else _tags(args),
        known=True,
        complete=True,
        started=True,
    )


def _tags(args: Args) -> tuple[str, ...]:
    """Return how a hand-started server's model is called: by its repository, or by its file."""
    if args.hf or digest(args.model):
        return (args.hf,) if args.hf else ()
    return (PurePosixPath(args.model or "").name.removesuffix(".gguf"),)
