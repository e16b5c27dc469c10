"""Which request made the server launch: the access line whose time covers the launch.

An access line is written when the answer is complete, in local time, cut to whole seconds, on another stream
than the launch (reference 9): begin = end - latency, and the latency holds the time of the load.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from ollama_watch.model import Request
from ollama_watch.parse.clock import longest
from ollama_watch.parse.events import Access
from ollama_watch.state.candidate import Candidate
from ollama_watch.state.earlier import Earlier
from ollama_watch.state.replacing import replace
from ollama_watch.state.updates import Update

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet
    from ollama_watch.state.record import Record

TICK = 0.05  # s that two clocks of one process may differ by
SECOND = 1.0  # s that the end is cut to
_LOADING = ("/api/generate", "/api/chat", "/api/embed", "/api/embeddings")
MOST = 16  # candidates a launch
_EARLIER = 4  # launches of one model
HEARD = 1024  # requests remembered until a launch ends; those of its last second count
_PROMPT = 2.0  # s; a server that has nothing else to do launches at once


def heard(fleet: "Fleet", event: Access, line: int) -> Iterator[Update]:
    """Take in a request that is done: it may have made one of the last launches."""
    if event.method != "POST" or not _loads(event.path):
        return
    took, ended = longest(event.latency), event.ended - fleet.zone
    one = Candidate(event.path, event.client, line, ended - took, ended, took)
    fleet.heard.append(one)
    newest = (subject.last for subject in reversed(fleet.subjects.values()))  # by their launches
    for last in list(takewhile(lambda last: not last or last.at >= one.began - TICK, newest)):
        if last and len(last.candidates) < MOST and _covers(one, last.at, last.ended_at):
            record = replace(last, candidates=(*last.candidates, one))
            if fleet.pending and fleet.pending.index == record.index:
                fleet.pending = replace(fleet.pending, candidates=record.candidates)
            yield fleet.renew(record)


def settled(fleet: "Fleet", record: "Record", at: float) -> "Record":
    """Return a launch that ended then, with all requests so far that were there from before it to its end."""
    late = at - SECOND - TICK  # asked first, for most of those that were heard were done long before
    near = record.line - HEARD  # a clock that was set back tells the same moments again
    lately = (one for one in fleet.heard if one.ended >= late and one.line > near)
    known = (*record.candidates, *lately)
    covering = dict.fromkeys(one for one in known if _covers(one, record.at, at))
    fitting = sorted(covering, key=lambda one: (one.ended, one.line))
    return replace(record, ended_at=at, candidates=tuple(fitting[-MOST:]))


def choose(candidates: Sequence[Candidate], began: float, line: int) -> Request | None:
    """Return the request that made the launch of a line; None if it may as well have been another endpoint's.

    Where several were there, the one that came just before the launch and was logged first after it. One that
    was logged before it, and that nothing but the rest of its last second leaves there, was done by then.
    """
    narrowed = there = [one for one in candidates if one.line > line or one.ended >= began]
    if len({one.endpoint for one in there}) > 1:
        at_once = began - _PROMPT
        narrowed = [one for one in there if one.line > line and one.began >= at_once][:1]
    if not narrowed:
        return None
    in_order = narrowed[0].line > line  # else the lines before it prove nothing
    return Request(
        endpoint=narrowed[0].endpoint,
        client=narrowed[0].client if len({one.client for one in narrowed}) == 1 else None,
        line=narrowed[0].line,
        certain=len(there if in_order else candidates) == 1,
    )


def earlier(last: "Record | None") -> tuple[Earlier, ...]:
    """Return the launches before the one that comes after `last`."""
    if last is None:
        return ()
    made = choose(last.candidates, last.at, last.line)
    one = Earlier(
        last.line,
        last.ctx_per_slot,
        made.endpoint if made else None,
        made.client if made else None,
        last.tags,
        made.line if made else None,
    )
    return (*last.earlier, one)[-_EARLIER:]


def _covers(one: Candidate, began: float, ended: float | None) -> bool:
    """Tell whether a request was there from before a launch to its end, or until now."""
    ready = began if ended is None else ended
    before = one.began <= began + TICK
    return before and one.ended + SECOND >= ready - TICK and one.longest >= ready - began - TICK


def _loads(path: str) -> bool:
    """Tell whether a request to this endpoint can load a model."""
    return path in _LOADING or path.startswith("/v1/")
