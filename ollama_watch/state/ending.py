"""How a launch ends: started, failed, or not told; and how a runner dies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import digest
from ollama_watch.state import reports, requests, shortfalls
from ollama_watch.state.replacing import replace
from ollama_watch.state.subject import Subject
from ollama_watch.state.updates import Ended, Update

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet

PENDING = 600.0  # s; after this nobody waits for "started"
_ABANDONED = 10.0  # s; what fails after its client left is no failure


def started(fleet: "Fleet", event: ev.Started, at: float) -> Iterator[Update]:
    """The pending launch is up; a second "started" is an echo."""
    if fleet.pending is None:
        yield from reports.started_unseen(fleet, at, fleet.told_in_life)
        return
    fleet.failures.started(fleet.pending.subject)
    fleet.pending = replace(fleet.pending, load_seconds=event.seconds)
    yield from end(fleet, complete=True, started=True)


def end(fleet: "Fleet", *, complete: bool, started: bool = False, failed: bool = False) -> Iterator[Update]:
    """Nothing more is told of the pending launch: file it. `complete`: the log told how it ended."""
    if fleet.pending and not fleet.pending.known:
        yield from fleet.known()
    record = fleet.pending
    if record is None:
        return
    record = replace(record, complete=complete, started=started, failed=failed, gone=failed)
    if complete:
        record = requests.settled(fleet, record, fleet.now)
    fleet.pending = None
    fleet.blobs.open = None  # whoever loads has printed all that it read
    subject = fleet.subjects.get(record.subject, Subject())
    if failed:
        subject = fleet.restore or Subject()
    elif record.layers and record.ctx_per_slot:
        subject = subject.loaded(record.ctx_per_slot, record.layers.layers)
    fleet.remember(record.subject, replace(subject, last=record))
    fleet.last_started = record if started else fleet.last_started
    yield Ended(record)
    yield from shortfalls.reports(record, fleet.restore or Subject())


Misfortune = ev.Failed | ev.ClientGone | ev.RunnerDied | ev.Unloaded


def went_wrong(fleet: "Fleet", event: Misfortune, line: Line, at: float) -> Iterator[Update]:
    """Take in that a load failed or a runner ended."""
    match event:
        case ev.Failed() if "context canceled" in event.error:
            yield from went_wrong(fleet, ev.ClientGone(), line, at)
        case ev.Failed():
            yield from _failed(fleet, event, line, at)
        case ev.ClientGone():
            fleet.abandoned_at = at
            if fleet.pending:
                yield from end(fleet, complete=False, failed=True)
        case ev.RunnerDied():
            yield from _died(fleet)
        case ev.Unloaded():
            yield from _unloaded(fleet)


def _failed(fleet: "Fleet", event: ev.Failed, line: Line, at: float) -> Iterator[Update]:
    abandoned = fleet.abandoned_at is not None and at - fleet.abandoned_at <= _ABANDONED
    named, pending = digest(event.model), fleet.pending
    about = pending if pending and named in (None, pending.digest) else None
    if about is None and abandoned:
        return
    if about:
        yield from end(fleet, complete=True, failed=True)
        about = replace(about, failed=True)
    fleet.failures.add(at, line.number, line.cursor, about, event.model, event.error)


def _unloaded(fleet: "Fleet") -> Iterator[Update]:
    """An MLX or image runner was stopped; up to 0.15.5 none says before that it had started."""
    alive = [r for r in fleet.runners if r.era.arguments == "name"]
    if len(alive) != 1:
        return
    if fleet.pending and fleet.pending.index == alive[0].index:
        yield from end(fleet, complete=False)
    last = fleet.subjects[alive[0].subject].last or alive[0]
    yield fleet.renew(replace(last, gone=True))


def _died(fleet: "Fleet") -> Iterator[Update]:
    """A runner's process ended; the line does not say whose unless there is no choice."""
    if fleet.pending:
        return  # what became of the launch is told by the lines that follow
    alive = fleet.runners
    for record in alive:
        subject = fleet.subjects[record.subject]
        fleet.subjects[record.subject] = replace(subject, crashed=True)
    if len(alive) == 1:
        yield fleet.renew(replace(alive[0], gone=True))


def vanished(fleet: "Fleet", index: int) -> Iterator[Update]:
    """The process of a launch has ended, as the system shows; the log may say so, or nothing.

    Of one that has not started the log tells what became of it, or that it was tried again.
    """
    for record in fleet.runners:
        if record.index == index and (record.started or fleet.now - record.at > PENDING):
            yield fleet.renew(replace(record, gone=True))
