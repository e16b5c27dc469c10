"""The journal of this machine, by whichever way there is to read it."""

import select
from collections.abc import Iterator
from pathlib import Path

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources import journalfiles
from ollama_watch.sources.batch import Run, all_lines, piece_of
from ollama_watch.sources.bound import AVAILABLE
from ollama_watch.sources.collected import Collected
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.hostjournal import HostJournal
from ollama_watch.sources.journal import JournalSource
from ollama_watch.sources.journalctl import JournalctlSource
from ollama_watch.sources.pieces import Piece
from ollama_watch.sources.position import Position

_PATIENCE = 1.0  # s between looks at a child that says nothing
Journal = JournalSource | JournalctlSource | HostJournal


def open_journal(
    target: SourceConfig, *, after: Position | None = None, whole: bool = False, child: bool = False
) -> Journal:
    """Return the source of the target's entries; where there is no journal yet, it waits for one.

    It begins at the last server start in this boot, or `after` a place, or with the oldest entry (`whole`).
    `child`: through journalctl even where systemd's library could be used.
    Raises UserError if the journal may not be read.
    """
    refuse_if_denied(target)
    if child or not AVAILABLE:
        return JournalctlSource(target, after=after, whole=whole)
    return JournalSource(target, after=after, whole=whole, aside=True)


def refuse_if_denied(target: SourceConfig) -> None:
    if journalfiles.access(target) == "denied":
        raise UserError(journalfiles.trouble(target) or "", hint=journalfiles.hint())


def journal_pieces(unit: str = "ollama.service", *, child: bool = False) -> Iterator[Piece]:
    """Yield all of a system unit's log from the oldest entry on; raises UserError if it cannot be read.

    The unit's ".service" may be left out.
    """
    name = unit if "." in unit else f"{unit}.service"
    target = SourceConfig(name=name, unit=name)
    refuse_if_denied(target)
    if child or not AVAILABLE:
        yield from map(piece_of, runs_of(JournalctlSource(target, whole=True)))
        return
    yield from map(piece_of, runs_of(JournalSource(target, whole=True, aside=True)))


def collected_pieces(target: SourceConfig) -> Iterator[tuple[str, Iterator[Piece]]]:
    """Yield each host of a folder of collected journals, and all of the target's log there.

    Raises UserError if there is none that can be read.
    """
    return ((host, map(piece_of, runs_of(source))) for host, source in _collected(target))


def collected_lines(target: SourceConfig) -> Iterator[tuple[str, Iterator[Line]]]:
    """Yield the same, each line."""
    return ((host, lines_of(source)) for host, source in _collected(target))


def _collected(target: SourceConfig) -> Iterator[tuple[str, HostJournal]]:
    folder = Collected(Path(target.directory or ""))
    if not folder.hosts or folder.denied:
        text = folder.trouble or f"{folder.path}: no journals of hosts (remote-HOST.journal) in it"
        raise UserError(text, hint=f"systemd-journal-remote --split-mode=host -o {folder.path} writes them")
    for host in sorted(folder.hosts):
        yield host, HostJournal(target, folder, host)


def lines_of(source: Journal) -> Iterator[Line]:
    """Yield every line that stands there now; raises UserError if it cannot be read."""
    return (line for run in runs_of(source) for line in all_lines([run]))


def runs_of(source: Journal) -> Iterator[Run | list[Line]]:
    """Yield what stands there now, and close the source; raises UserError if it cannot be read."""
    try:
        while True:
            given = source.take()
            yield from given
            if source.trouble:
                raise UserError(source.trouble)
            if source.caught_up:
                return
            if not given and (ready := source.fileno()) is not None:
                select.select([ready], [], [], _PATIENCE)
    finally:
        source.close()
