"""The journal of this machine, by whichever way there is to read it."""

import select
from collections.abc import Iterator
from pathlib import Path

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources import journalfiles
from ollama_watch.sources.collected import Collected
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.hostjournal import HostJournal
from ollama_watch.sources.journal import AVAILABLE, JournalSource
from ollama_watch.sources.journalctl import JournalctlSource
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Source

_PATIENCE = 1.0  # s between looks at a child that says nothing


def open_journal(
    target: SourceConfig, *, after: Position | None = None, whole: bool = False, child: bool = False
) -> Source:
    """Return the source of the target's entries; where there is no journal yet, it waits for one.

    It begins at the last server start in this boot, or `after` a place, or with the oldest entry (`whole`).
    `child`: through journalctl even where systemd's library could be used.
    Raises UserError if the journal may not be read.
    """
    if journalfiles.access(target) == "denied":
        raise UserError(journalfiles.trouble(target) or "", hint=journalfiles.hint())
    if child or not AVAILABLE:
        return JournalctlSource(target, after=after, whole=whole)
    return JournalSource(target, after=after, whole=whole)


def journal_lines(unit: str = "ollama.service", *, child: bool = False) -> Iterator[Line]:
    """Yield all lines of a system unit from the oldest on; raises UserError if they cannot be read.

    The unit's ".service" may be left out.
    """
    name = unit if "." in unit else f"{unit}.service"
    yield from _all_of(open_journal(SourceConfig(name=name, unit=name), whole=True, child=child))


def collected_journals(target: SourceConfig, *, child: bool = False) -> Iterator[tuple[str, Iterator[Line]]]:
    """Yield each host of a folder of collected journals, and all lines of the target there.

    Raises UserError if there is none that can be read.
    """
    folder = Collected(Path(target.directory or ""))
    if not folder.hosts or folder.denied:
        text = folder.trouble or f"{folder.path}: no journals of hosts (remote-HOST.journal) in it"
        raise UserError(text, hint=f"systemd-journal-remote --split-mode=host -o {folder.path} writes them")
    for host in sorted(folder.hosts):
        yield host, _all_of(HostJournal(target, folder, host, child=child))


def _all_of(source: Source) -> Iterator[Line]:
    """Yield what stands there now, and close the source; raises UserError if it cannot be read."""
    try:
        while True:
            given = source.read()
            yield from given
            if source.trouble:
                raise UserError(source.trouble)
            if source.caught_up:
                return
            if not given and (ready := source.fileno()) is not None:
                select.select([ready], [], [], _PATIENCE)
    finally:
        source.close()
