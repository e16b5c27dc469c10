"""What lines tell, one by one and all together: the reading half of `rules try`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Launch, Line, Occurrence
from ollama_watch.parse import parse
from ollama_watch.parse.events import Event
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Changed, Reported, Update

_MOST = 1000  # lines that are shown as they were understood
_SOURCE = "lines"


@dataclass(slots=True)
class Trial:
    """What lines told."""

    understood: list[tuple[int, Event]] = field(default_factory=list)  # line number, what it announces
    launches: list[Launch] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    lines: int = 0
    ended: float = 0.0  # s since the epoch, as the log tells; 0: it tells no time


@dataclass(slots=True)
class _Told:
    """What the lines have told, kept until their end: a name may come late."""

    records: dict[int, Record] = field(default_factory=dict)
    reported: list[Reported] = field(default_factory=list)

    def take(self, updates: Iterable[Update]) -> None:
        for update in updates:
            if isinstance(update, Changed):
                self.records[update.record.index] = update.record
            else:
                self.reported.append(update)


def read_trial(lines: Iterable[Line], judging: Judging) -> Trial:
    """Read lines to their end."""
    trial, reading, told = Trial(), Reading(_SOURCE), _Told()
    for line in lines:
        trial.lines += 1
        if len(trial.understood) < _MOST:
            trial.understood += [(line.number, stamped.event) for stamped in parse(line)]
        told.take(reading.feed(line))
    told.take(reading.finish())
    launches = {index: judging.launch(record) for index, record in sorted(told.records.items())}
    trial.launches = list(launches.values())
    trial.occurrences = [
        judging.occurrence(one, launches.get(one.record.index) if one.record else None, _SOURCE, None)
        for one in told.reported
    ]
    trial.ended = reading.fleet.now
    return trial
