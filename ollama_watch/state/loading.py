"""What the log tells of a launch while its model loads, or right before and after."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.state import reports
from ollama_watch.state.replacing import replace
from ollama_watch.state.said import MOST_SAID, Said
from ollama_watch.state.updates import Update

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet


Loads = ev.TrainedContext | ev.LayersAsked | ev.Offloaded | ev.FlashResolved | ev.Threads


def loads(fleet: "Fleet", event: Loads) -> None:
    """Lines of the loader count for the launch that is pending, the last of a kind wins."""
    if fleet.pending is None:
        return
    match event:
        case ev.TrainedContext():
            fleet.pending = replace(fleet.pending, trained=event.trained)
        case ev.LayersAsked():
            fleet.pending = replace(fleet.pending, asked_layers=event.count)
        case ev.Offloaded():
            fleet.pending = replace(fleet.pending, layers=event)
        case ev.FlashResolved():
            fleet.pending = replace(fleet.pending, flash=event.value)
        case ev.Threads():
            fleet.pending = replace(fleet.pending, threads=event)


def dumped(fleet: "Fleet", event: ev.Dump | ev.Metadata | ev.EngineModel) -> Iterator[Update]:
    """Take in what a loader read in a blob, whichever launch it is of."""
    pending = fleet.pending
    if isinstance(event, ev.EngineModel):
        if pending and pending.engine == "ollama-engine" and pending.digest:
            fleet.blobs.architecture(pending.digest, event.architecture)
            fleet.pending = replace(pending, blob=fleet.blobs[pending.digest])
        return
    told_of = fleet.blobs.take(event)
    if pending and told_of and told_of == pending.digest:
        fleet.pending = replace(pending, blob=fleet.blobs[told_of])
    elif told_of and not pending:
        subject = fleet.subjects.get(told_of)
        if subject and subject.last and subject.last.blob != fleet.blobs[told_of]:
            yield fleet.renew(replace(subject.last, blob=fleet.blobs[told_of]))


def hint(fleet: "Fleet", event: ev.Event, line: Line, at: float) -> Iterator[Update]:
    """Keep what belongs to the next launch; a tag may also come right after the launch it names."""
    match event:
        case ev.Named(loaded=True):
            last = fleet.last_started
            if last:
                yield fleet.renew(replace(last, tags=reports.tags(event.tag)))
        case ev.Offload() if fleet.pending and not fleet.pending.known:
            fleet.pending = replace(fleet.pending, library=event.library, asked_layers=event.asked)
        case ev.OneSlot("cache"):  # the runner says it, after its launch; the others are the server's
            if fleet.pending:
                said = (*fleet.pending.said, Said(event, line.number))[-MOST_SAID:]
                fleet.pending = replace(fleet.pending, one_slot=event.why, said=said)
        case _:
            fleet.before.add(event, line, at)
