"""Ollama's logs as they are now, read from the last server start the journal has, or a file's beginning."""

import glob
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ollama_watch.app.reading import Reading
from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.textfile import read_lines
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Known, Reported, Update

_MOST_FILES = 20  # of a pattern, the newest
_MOST_FLAGS = 20  # names of unknown flags that are kept
_LAST_VARIABLE = "OLLAMA_S"  # start lines are sorted, and every release prints one behind it

# Given lines, what they are of, and the bytes in all, yields the lines.
Progress = Callable[[Iterator[Line], str, int | None], Iterator[Line]]


@dataclass(slots=True)
class Log:
    """What one log tells."""

    source: SourceConfig
    what: str  # for people
    reading: Reading
    lines: int = 0
    launches: int = 0
    last: Record | None = None  # launch
    unknown_flags: tuple[str, ...] = ()
    trouble: UserError | None = None  # why it cannot be read, or not to its end

    @property
    def cut(self) -> bool:
        """Tell whether variables of the last start line are lost."""
        return max(self.reading.fleet.server.env or {"": ""}) < _LAST_VARIABLE

    @property
    def models(self) -> Path | None:
        """Return the directory that the last launch took its model from."""
        blobs = PurePosixPath(self.last.args.model or "").parent if self.last else None
        return Path(blobs.parent) if blobs and blobs.name == "blobs" and blobs.is_absolute() else None


def read_logs(source: SourceConfig, progress: Progress) -> list[Log]:
    """Return what the source's logs tell; several files of a pattern are several."""
    if source.directory is not None:
        elsewhere = replace(source, unit=None, user_unit=None)  # what this machine's are like says nothing
        what = f"journals in {source.directory}"
        return [_read(elsewhere, what, lambda: _collected(source), None, progress)]
    if source.stdin:
        return []  # what is piped into the daemon is nobody else's to read
    if source.path is None:
        target = source.unit or source.user_unit or source.container or source.namespace or ""
        return [_read(source, f"journal of {target}", lambda: _journal(source), None, progress)]
    found = sorted(map(Path, glob.glob(source.path)), key=_modified)[-_MOST_FILES:]  # noqa: PTH207  # absolute
    return [_file(source, path, progress) for path in found or [Path(source.path)]]


def _file(source: SourceConfig, path: Path, progress: Progress) -> Log:
    size = path.stat().st_size if path.is_file() and path.suffix != ".gz" else None
    return _read(source, str(path), lambda: read_lines(path), size, progress)


def _modified(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _read(
    source: SourceConfig, what: str, lines: Callable[[], Iterator[Line]], size: int | None, progress: Progress
) -> Log:
    log = Log(source, what, Reading(source.name))
    try:
        for line in progress(lines(), what, size):
            log.lines += 1
            _take(log, log.reading.feed(line))
    except UserError as error:
        log.trouble = error
    _take(log, log.reading.finish())
    return log


def _take(log: Log, updates: list[Update]) -> None:
    for update in updates:
        match update:
            case Known():
                log.launches += 1
                log.last = update.record
            case Reported(kind="unknown_flag") if len(log.unknown_flags) < _MOST_FLAGS:
                log.unknown_flags = tuple(dict.fromkeys((*log.unknown_flags, str(update.fields["flag"]))))
            case _:
                pass


def _collected(source: SourceConfig) -> Iterator[Line]:
    from ollama_watch.sources.journals import collected_lines  # noqa: PLC0415  # as below

    for _, lines in collected_lines(source):
        yield from lines


def _journal(source: SourceConfig) -> Iterator[Line]:
    from ollama_watch.sources.journals import lines_of, open_journal  # noqa: PLC0415  # only where one is read

    yield from lines_of(open_journal(source))
