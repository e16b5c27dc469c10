"""The nouns of this program: what flows from the log to the people.

All of it is frozen data. Times are seconds since the epoch (UTC) as the log tells them; token counts are
tokens; an unknown value is None, never 0 and never a default.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = int | float | str | bool | tuple[int, ...] | tuple[str, ...] | None  # of a fact; None: unknown
Facts = Mapping[str, Value]  # by the names of `verify.facts.FACTS`; every name is present
Platform = Literal["linux", "windows", "macos", "container"]  # where the server runs
Severity = Literal["info", "warning", "critical"]
_DIGEST = 64  # hex digits
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")  # mild to grave


@dataclass(frozen=True, slots=True)
class Line:
    """One complete log line, not yet understood."""

    text: bytes  # without its newline; may hold any bytes
    number: int  # the physical line, from 1; in a journal the entries read so far
    at: float  # when it was logged or, failing that, read
    cursor: str = ""  # the journal's own name for the entry
    # No log line, but systemd telling that the server ended; "failed": neither well nor as it was told to.
    kind: Literal["", "stopped", "failed"] = ""
    host: str = ""  # who logged it, where one input carries the lines of many


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The request that made the server launch a runner."""

    endpoint: str  # "/api/chat"
    client: str | None  # address; None: one of several
    line: int  # of its access line
    certain: bool  # no other request covers the launch


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One launch of a runner, as far as the log has told. Replaced whole when the log tells more."""

    index: int  # counts from 0 in its source; stays the same while the log tells more
    source: str  # configured name of the source, "ollama.service" or "server.log"
    host: str | None  # only where journals of many hosts are collected
    line: int  # of the launch message
    cursor: str
    at: float
    era: str  # id of the wording: `parse.eras.ERAS`
    complete: bool  # the log told the end of it: started or failed
    started: bool  # it reached "started"
    failed: bool  # it failed to start
    gone: bool = False  # certainly not running any more
    superseded_by: int | None = None  # index of the retry that replaced it
    reason: str = "unknown"  # first, context, options, restart, crash, unknown
    load_seconds: float | None = None  # as Ollama measured it
    platform: Platform = "linux"  # as the path of the model shows it
    request: Request | None = None  # None: not known, or not yet
    facts: Facts = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call the model: its tag, else its short digest, else its port."""
        tags = self.facts.get("model")
        if isinstance(tags, tuple) and tags:
            return str(min(tags, key=lambda tag: (len(str(tag)), tag)))
        if digest := self.facts.get("model_digest"):
            return f"sha256:{str(digest)[:12]}"
        return f"port {self.facts.get('port')}" if self.facts.get("port") else "unknown model"

    @property
    def subject(self) -> str:
        """What an alert about it is keyed by: the digest, else the MLX name, else the port."""
        if digest := self.facts.get("model_digest"):
            return str(digest)
        if self.facts.get("engine") in ("mlx", "image"):
            return self.name
        return f"port:{self.facts.get('port')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something the log reported that event rules may count, such as one cut prompt."""

    kind: str  # a key of `verify.events.EVENTS`
    at: float
    line: int
    cursor: str
    source: str
    host: str | None
    launch: Launch | None  # the one it is about; None where none can be named
    subject: str  # what it is about where there is no launch: a variable, a digest
    fields: Facts = field(default_factory=dict)  # by the names that `verify.events.EVENTS` lists for the kind


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a rule is broken, as far as the log can prove it."""

    text: str
    confidence: Literal["certain", "likely", "possible"]
    evidence: tuple[int, ...] = ()  # physical lines of the input


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule broken by one launch or by what happened to it."""

    rule: str  # id
    severity: Severity
    launch: Launch | None
    source: str
    host: str | None
    subject: str  # see `Launch.subject`
    line: int
    at: float
    fact: str | None  # which fact broke it; None for events
    expected: str | None
    actual: Value
    message: str
    of_model: bool = True  # False: about the server or one of its variables
    count: int = 1  # of occurrences, for event rules
    fields: Facts = field(default_factory=dict)  # what the event told, see `Occurrence.fields`
    causes: tuple[Cause, ...] = ()
    fixes: tuple[str, ...] = ()
    runbook: str = ""

    @property
    def model(self) -> str:
        """What people call what it is about."""
        if self.launch:
            return self.launch.name
        return f"sha256:{self.subject[:12]}" if len(self.subject) == _DIGEST else self.subject


@dataclass(slots=True)
class Histogram:
    """Observations in buckets, as Prometheus counts them. Written by one thread, read by any."""

    bounds: tuple[float, ...]  # upper, ascending, without +Inf
    counts: list[int] = field(default_factory=list)  # one a bound and one for +Inf; not cumulated
    sum: float = 0.0

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


_STREAM = "@"  # before the absolute path of one of a source's files


def stream_name(source: str, path: str) -> str:
    """Return what one of the files of a source is called inside this program."""
    return f"{source}{_STREAM}{path}"


def source_label(name: str) -> str:
    """Return the configured name of a source, without the file that it may be one of."""
    return name.partition(f"{_STREAM}/")[0]
