"""The journal of this machine, by whichever way there is to read it."""

import select
from collections.abc import Iterator

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources import journalfiles
from ollama_watch.sources.config import SourceConfig
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
        raise UserError(journalfiles.trouble(target) or "", hint=journalfiles.HINT)
    if child or not AVAILABLE:
        return JournalctlSource(target, after=after, whole=whole)
    return JournalSource(target, after=after, whole=whole)


def journal_lines(unit: str = "ollama.service", *, child: bool = False) -> Iterator[Line]:
    """Yield all lines of a system unit from the oldest on; raises UserError if they cannot be read.

    The unit's ".service" may be left out.
    """
    name = unit if "." in unit else f"{unit}.service"
    source = open_journal(SourceConfig(name=name, unit=name), whole=True, child=child)
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
