"""All runners of one server on one source: what each event changes.

Loads are serialised by the server, so a line that names no runner is about the one that loads (reference 3).
A launch is pending from its line to the first "started", a failure, the next launch, a new server, or for
ten minutes.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.state import defaults, ending, launching, loading, reports, requests, restart, thrashing
from ollama_watch.state.blobs import Blobs
from ollama_watch.state.candidate import Candidate
from ollama_watch.state.failures import Failures
from ollama_watch.state.record import Record
from ollama_watch.state.replacing import replace
from ollama_watch.state.server import Server, restarted, told
from ollama_watch.state.subject import Subject, reason
from ollama_watch.state.updates import Changed, Known, Reported, Update

_MOST = 1000  # models remembered


@dataclass(slots=True, eq=False)
class Fleet:
    """State of one (host, source). Belongs to one thread; times are those of the log."""

    source: str
    host: str | None = None
    server: Server = field(default_factory=Server)
    now: float = 0.0
    zone: int = 0  # s east of UTC, as the log writes its times
    pending: Record | None = None
    pending_since: float = 0.0  # log time; the launch may be stamped by a clock that was set back
    subjects: OrderedDict[str, Subject] = field(default_factory=OrderedDict)
    blobs: Blobs = field(default_factory=Blobs)
    count: int = 0  # launches so far
    launches_in_life: int = 0
    before: reports.Before = field(default_factory=reports.Before)  # what belongs to the next launch
    failures: Failures = field(default_factory=Failures)
    restore: Subject | None = None  # of the pending launch's model, from before it
    seen: deque[tuple[float, int | None, str | None]] = field(default_factory=lambda: deque(maxlen=16))
    heard: deque[Candidate] = field(
        default_factory=lambda: deque(maxlen=requests.HEARD)
    )  # requests that are done
    abandoned_at: float | None = None
    last_started: Record | None = None
    told_in_life: set[str] = field(default_factory=set)
    down: bool = False  # systemd told that the server failed, and nothing has shown it at work since
    stamped: bool = False  # the line at hand tells its own moment
    on_port: dict[int | None, str] = field(init=False, metadata={"transient": True})  # who was there last

    def __post_init__(self) -> None:
        self.on_port = {one.last.args.port: key for key, one in self.subjects.items() if one.last}

    # ---- what drives it

    def feed(self, stamped: ev.Stamped, line: Line) -> list[Update]:
        """Take in one event of `line`; return what it changed, in order."""
        at = stamped.at or (line.at if line.cursor else 0.0) or self.now or line.at
        if stamped.zone is not None:
            self.zone = stamped.zone
        self.stamped = stamped.at is not None
        due = self.tick(at)
        return [*due, *self._take(stamped.event, line, self.now if stamped.at is None else at)]

    def tick(self, now: float) -> list[Update]:
        """Let log time pass to `now` (it never goes back); return what that changes."""
        self.now = max(self.now, now)
        updates: list[Update] = list(self.failures.due(self.now))
        if self.pending and self.now - max(self.pending.at, self.pending_since) > ending.PENDING:
            updates += ending.end(self, complete=False)
        return updates

    @property
    def calm_until(self) -> float:
        """Return the log time until which its passing changes nothing."""
        if self.failures.held:
            return -inf
        return max(self.pending.at, self.pending_since) + ending.PENDING if self.pending else inf

    def finish(self) -> list[Update]:
        """The log ends here: whatever was waited for will not come."""
        updates = list(ending.end(self, complete=False)) if self.pending else []
        return [
            *updates,
            *self.failures.due(self.now, everything=True),
            *self.before.reports(None, self),
        ]

    def stopped(self, line: Line) -> list[Update]:
        """The server's process ended: so did its runners. Its next start is a new life as ever."""
        updates = self.tick(line.at or self.now)
        if self.pending:
            updates += ending.end(self, complete=False)
        updates += self._gone()
        if line.kind == "failed":
            self.down = True
            updates.append(restart.failed(line, self.now))
        return updates

    @property
    def runners(self) -> list[Record]:
        """Return the runners believed alive: the last launch of each model, unless it failed or is gone."""
        lasts = [subject.last for subject in self.subjects.values() if subject.last]
        return [one for one in lasts if _is_alive(one)]

    @property
    def newest_runner(self) -> Record | None:
        """Return the runner believed alive that was launched last."""
        lasts = (subject.last for subject in reversed(self.subjects.values()))
        return next((one for one in lasts if one and _is_alive(one)), None)

    # ---- one event

    def _take(self, event: ev.Event, line: Line, at: float) -> Iterator[Update]:  # noqa: C901, PLR0912  # a table
        match event:  # the commonest first
            case ev.PromptSize():
                return  # counted where it is read
            case ev.Access():
                yield from requests.heard(self, event, line.number)
                return
            case ev.Listening() | ev.LaunchLine():
                self.down = False
        match event:
            case ev.ServerConfig() | ev.Listening():
                yield from self._server_line(event, line, at)
            case ev.DefaultContext() | ev.LowVram() | ev.Compute():
                yield from self._server_told(event, line, at)
            case ev.LaunchLine():
                yield from launching.launch(self, event, line, at)
            case ev.Requested():
                yield from launching.requested(self, event, line, at)
            case ev.HandStarted():
                yield from launching.hand_started(self, event, line, at)
            case ev.Dump() | ev.Metadata() | ev.EngineModel():
                yield from loading.dumped(self, event)
            case ev.LayersAsked() | ev.Offloaded() | ev.TrainedContext() | ev.FlashResolved() | ev.Threads():
                loading.loads(self, event)
            case ev.Started():
                yield from ending.started(self, event, at)
            case ev.Failed() | ev.ClientGone() | ev.RunnerDied() | ev.Unloaded():
                yield from ending.went_wrong(self, event, line, at)
            case ev.Named() | ev.Offload() | ev.Capped() | ev.FlashDropped() | ev.KvDropped():
                yield from loading.hint(self, event, line, at)
            case ev.OneSlot() | ev.MmapOff() | ev.LibraryUnknown() | ev.ContextReduced():
                yield from loading.hint(self, event, line, at)
            case ev.InvalidEnvironment():
                self.server = told(self.server, event, line.number)
                yield from reports.direct(event, self, line, at, self.told_in_life)
            case _:
                yield from reports.direct(event, self, line, at, self.told_in_life)

    def _server_line(self, event: ev.ServerConfig | ev.Listening, line: Line, at: float) -> Iterator[Update]:
        life = restarted(self.server, event, line.number, at)
        if self.pending:
            yield from ending.end(self, complete=False)
        if life is not None:
            yield from self.before.reports(None, self)
            self.before = reports.Before()
            self.server, self.launches_in_life = restart.followed(self.server, life), 0
            self.told_in_life = set()
            self.last_started = None
            yield from self._all_gone()
        self.server = told(self.server, event, line.number)
        yield from restart.reports(self, event, line, at)

    def _gone(self) -> Iterator[Update]:
        for subject in self.subjects.values():
            if subject.last and not subject.last.gone:
                yield self.renew(replace(subject.last, gone=True))

    def _all_gone(self) -> Iterator[Update]:
        yield from self._gone()
        for key, subject in self.subjects.items():
            self.subjects[key] = replace(subject, changes=(), crashed=False)

    def _server_told(self, event: ev.Event, line: Line, at: float) -> Iterator[Update]:
        self.server = told(self.server, event, line.number)
        yield from restart.reports(self, event, line, at)
        if isinstance(event, ev.Compute) and self.server.gpus == () and self.server.gpus_before:
            lost = ", ".join(self.server.gpus_before)
            if "gpu_lost" not in self.told_in_life:
                self.told_in_life.add("gpu_lost")
                fields = {"gpus": lost}
                yield Reported("gpu_lost", at, line.number, line.cursor, None, "server", fields, self.server)

    # ---- a launch

    def known(self) -> Iterator[Update]:
        """The pending launch's arguments are final: compare them with what the model had before."""
        record = self.pending
        if record is None:
            return
        before = self.subjects.get(record.subject, Subject())
        record = replace(
            record, known=True, reason=reason(before if before.last else None, record),
            wanted_history=before.wanted(record.at), earlier=requests.earlier(before.last),
        )  # fmt: skip
        per_slot = record.ctx_per_slot
        if per_slot is None:
            after = replace(before, last=record, crashed=False)
        else:
            after = before.launched(record, per_slot, record.builtin, defaults.environment(record.server))
            record = replace(record, ctx_previous=after.previous, layers_previous=before.layers_at(per_slot))
            after = replace(after, last=record)
        self.pending = record
        self.remember(record.subject, after)
        yield Known(record)
        yield from thrashing.reports(after, record)

    def remember(self, key: str, subject: Subject) -> None:
        """Keep what is known of a model; the least recently launched one is forgotten first."""
        if before := self.subjects.get(key):
            self._leave_port(key, before)
        self.subjects[key] = subject
        self.subjects.move_to_end(key)
        if subject.last:
            self.on_port[subject.last.args.port] = key
        if len(self.subjects) > _MOST:
            self._leave_port(*self.subjects.popitem(last=False))

    def _leave_port(self, key: str, subject: Subject) -> None:
        if subject.last and self.on_port.get(subject.last.args.port) == key:
            del self.on_port[subject.last.args.port]

    def renew(self, record: Record) -> Changed:
        """Put the newer state of a launch in the place of the older."""
        subject = self.subjects.get(record.subject)
        if subject and subject.last and subject.last.index == record.index:
            self.subjects[record.subject] = replace(subject, last=record)
        return Changed(record)


def _is_alive(record: Record) -> bool:
    return not (record.gone or record.failed) and record.superseded_by is None
