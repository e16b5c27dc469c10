"""Which request made the server launch: the access line whose time covers the launch.

An access line is written when the answer is complete, in local time, cut to whole seconds, on another stream
than the launch (reference 9): begin = end - latency, and the latency holds the time of the load.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_watch.model import Request
from ollama_watch.parse.events import Access

_TICK = 0.05  # s that two clocks of one process may differ by
_SECOND = 1.0  # s that the end is cut to; the latency too from a minute on
_MINUTE = 60.0
_PROMPT = 2.0  # s; a server that has nothing else to do launches at once
_LOADING = ("/api/generate", "/api/chat", "/api/embed", "/api/embeddings")
_MOST = 16  # candidates a launch


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that may have made the server launch."""

    access: Access
    line: int


def covers(access: Access, zone: int, began: float, ended: float | None) -> bool:
    """Tell whether a request was there from before a launch to its end; `zone`: s east of UTC.

    `ended` (s since the epoch): when the runner was ready, or the launch failed; None: not yet.
    """
    if access.method != "POST" or not loads(access.path):
        return False
    end = access.ended - zone
    longest = access.latency + (_SECOND if access.latency >= _MINUTE else 0.0)
    ready = began if ended is None else ended
    before = end - longest <= began + _TICK
    return before and end + _SECOND >= ready - _TICK and longest >= ready - began - _TICK


def loads(path: str) -> bool:
    """Tell whether a request to this endpoint can load a model."""
    return path in _LOADING or path.startswith("/v1/")


def choose(candidates: Sequence[Candidate], zone: int, began: float, line: int) -> Request | None:
    """Return the request that made the launch of a line; None if it may as well have been another endpoint's.

    Where several were there, the one that came just before the launch and was logged first after it.
    """
    if len({one.access.path for one in candidates}) > 1:
        prompt = [
            one for one in candidates if _begin(one.access, zone) >= began - _PROMPT and one.line > line
        ]
        narrowed = prompt[:1]
    else:
        narrowed = list(candidates)
    if not narrowed:
        return None
    first = narrowed[0]
    return Request(
        endpoint=first.access.path,
        client=first.access.client if len({one.access.client for one in narrowed}) == 1 else None,
        line=first.line,
        certain=len(candidates) == 1,
    )


def _begin(access: Access, zone: int) -> float:
    """Return when a request came at the earliest."""
    return access.ended - zone - access.latency
