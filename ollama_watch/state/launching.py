"""How a launch begins: its line, or the load requests that carry its arguments."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import Args, digest
from ollama_watch.parse.eras import BY_ID
from ollama_watch.state import ending, reports
from ollama_watch.state.record import Record
from ollama_watch.state.replacing import replace
from ollama_watch.state.said import MOST_SAID
from ollama_watch.state.subject import Subject
from ollama_watch.state.updates import Update

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet


_SKEW = 2.0  # s; a request of longer before a launch is another's: the newest line may stand first


def launch(
    fleet: "Fleet", event: ev.LaunchLine, line: Line, at: float, hand: ev.HandStarted | None = None
) -> Iterator[Update]:
    """Begin a launch; the same line logged twice is one."""
    if event.era.arguments == "none":
        yield from reports.unverifiable(fleet, line, at, fleet.told_in_life)
        return
    copy = (at, event.args.port, event.args.model or event.name)
    if fleet.stamped and copy in fleet.seen:
        return
    fleet.seen.append(copy)
    if fleet.pending:
        yield from ending.end(fleet, complete=False)
    yield from _begin(fleet, event, line, at, hand)


def _begin(
    fleet: "Fleet", event: ev.LaunchLine, line: Line, at: float, hand: ev.HandStarted | None
) -> Iterator[Update]:
    blob = "" if hand else digest(event.args.model)
    before, first = fleet.before, _retried(fleet, event, at)
    record = Record(
        index=fleet.count,
        source=fleet.source,
        host=fleet.host,
        line=line.number,
        cursor=line.cursor,
        at=at,
        era=event.era,
        server=fleet.server,
        engine=event.engine or None,
        args=event.args,
        tags=reports.tags(event.name) or before.tags or _named_before(fleet, event),
        hand=hand,
        blob=fleet.blobs[blob],
        capped=before.capped or (first.capped if first else None),
        library=before.library,
        asked_layers=before.num_gpu,
        one_slot=before.one_slot or (first.one_slot if first else None),
        withheld=before.withheld or bool(first and first.withheld),
        said=(*(first.said if first else ()), *before.said)[-MOST_SAID:],
        reduced=before.reduced,
        reduced_line=before.reduced_line,
    )
    fleet.count += 1
    fleet.launches_in_life += 1
    yield from _take_over(fleet, record)
    fleet.pending, fleet.pending_since = record, fleet.now
    fleet.restore = fleet.subjects.get(record.subject, Subject())
    hints, fleet.before = fleet.before, reports.Before()
    if event.era.arguments != "load":
        yield from fleet.known()
    yield from hints.reports(fleet.pending, fleet)
    yield from reports.at_launch(fleet.pending, line)


def _named_before(fleet: "Fleet", event: ev.LaunchLine) -> tuple[str, ...]:
    """Return the name that the blob went by at its last launch: most releases tell it after the start."""
    subject = fleet.subjects.get(digest(event.args.model) or "")
    return subject.last.tags if subject and subject.last else ()


def _retried(fleet: "Fleet", event: ev.LaunchLine, at: float) -> Record | None:
    """Return the launch that this one is the next try of: warnings before that are not said again."""
    subject = fleet.subjects.get(digest(event.args.model) or "")
    last = subject.last if subject else None
    return last if last and not last.started and at - last.at <= ending.PENDING else None


def _take_over(fleet: "Fleet", record: Record) -> Iterator[Update]:
    """A newer launch of a blob or on a port ends the older one, or is its retry if that never started."""
    port, unnamed = record.args.port, record.subject == "port:None"
    for key in {record.subject: None, fleet.on_port.get(port, ""): None}:  # not all: there may be a thousand
        last = fleet.subjects.get(key, Subject()).last
        if last is None or last.gone:
            continue
        same = key == record.subject
        if same or (port is not None and last.args.port == port):
            lately = record.at - last.at <= ending.PENDING
            retried = same and not unnamed and not last.started and lately
            if retried and last.index == fleet.count - 2 and fleet.restore is not None:
                fleet.subjects[key] = fleet.subjects[key].undone(fleet.restore)
            yield fleet.renew(replace(last, gone=True, superseded_by=record.index if retried else None))


def requested(fleet: "Fleet", event: ev.Requested, line: Line, at: float) -> Iterator[Update]:
    """Take in a load request: the last commit counts, before one the last fit or alloc (reference 3)."""
    request = event.request
    if fleet.pending is None or fleet.pending.era.arguments != "load" or at < fleet.pending.at - _SKEW:
        if request.operation == "close":
            return
        yield from launch(fleet, ev.LaunchLine(BY_ID["load-request"], "", Args(cut=True)), line, at)
    if fleet.pending is None:
        return
    if fleet.pending.known:  # a commit that was refused is followed by another, with other layers
        if request.operation == "commit":
            fleet.pending = replace(fleet.pending, request=request, request_line=line.number)
            yield fleet.renew(fleet.pending)
        return
    closed = request.operation == "close"
    fleet.pending = replace(
        fleet.pending, request=None if closed else request, request_line=None if closed else line.number
    )
    if request.operation == "commit":
        yield from fleet.known()


def hand_started(fleet: "Fleet", event: ev.HandStarted, line: Line, at: float) -> Iterator[Update]:
    """Take in a llama-server that no Ollama started: its one line is its launch and its start."""
    if fleet.pending is None:
        begun = ev.LaunchLine(BY_ID["llama-server"], "llama-server", Args(cut=True))
        yield from launch(fleet, begun, line, at, event)
        yield from ending.end(fleet, complete=True, started=True)
