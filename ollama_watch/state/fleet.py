"""All runners of one server on one source: what each event changes.

Loads are serialised by the server, so a line that names no runner is about the one that loads (reference 3).
A launch is pending from its line to the first "started", a failure, the next launch, a new server, or for
ten minutes.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import Args, digest
from ollama_watch.parse.eras import BY_ID
from ollama_watch.state import defaults, reports
from ollama_watch.state.blobs import Blobs
from ollama_watch.state.failures import Failures
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server, restarted, told
from ollama_watch.state.subject import Subject, reason
from ollama_watch.state.updates import Changed, Ended, Known, Reported, Update

_PENDING = 600.0  # s; after this nobody waits for "started"
_MOST = 1000  # models remembered
_ABANDONED = 10.0  # s; what fails after its client left is no failure


@dataclass(slots=True, eq=False)
class Fleet:
    """State of one (host, source). Belongs to one thread; times are those of the log."""

    source: str
    host: str | None = None
    server: Server = field(default_factory=Server)
    now: float = 0.0
    zone: int = 0  # s east of UTC, as the log writes its times
    pending: Record | None = None
    subjects: OrderedDict[str, Subject] = field(default_factory=OrderedDict)
    blobs: Blobs = field(default_factory=Blobs)
    count: int = 0  # launches so far
    launches_in_life: int = 0
    before: reports.Before = field(default_factory=reports.Before)  # what belongs to the next launch
    failures: Failures = field(default_factory=Failures)
    restore: Subject | None = None  # of the pending launch's model, from before it
    seen: deque[tuple[float, int | None, str | None]] = field(default_factory=lambda: deque(maxlen=16))
    abandoned_at: float | None = None
    last_started: Record | None = None
    told_in_life: set[str] = field(default_factory=set)
    stamped: bool = False  # the line at hand tells its own moment

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
        if self.pending and self.now - self.pending.at > _PENDING:
            updates += self._end(complete=False)
        return updates

    def finish(self) -> list[Update]:
        """The log ends here: whatever was waited for will not come."""
        updates = list(self._end(complete=False)) if self.pending else []
        return [
            *updates,
            *self.failures.due(self.now, everything=True),
            *self.before.reports(None, self),
        ]

    def stopped(self, at: float) -> list[Update]:
        """The server's process ended: so did its runners. Its next start is a new life as ever."""
        updates = self.tick(at)
        if self.pending:
            updates += self._end(complete=False)
        return [*updates, *self._gone()]

    @property
    def runners(self) -> list[Record]:
        """Return the runners believed alive: the last launch of each model, unless it failed or is gone."""
        lasts = [subject.last for subject in self.subjects.values() if subject.last]
        return [r for r in lasts if not (r.gone or r.failed) and r.superseded_by is None]

    # ---- one event

    def _take(self, event: ev.Event, line: Line, at: float) -> Iterator[Update]:  # noqa: C901  # a table
        match event:
            case ev.ServerConfig() | ev.Listening():
                yield from self._server_line(event, line, at)
            case ev.DefaultContext() | ev.LowVram() | ev.Compute():
                yield from self._server_told(event, line, at)
            case ev.LaunchLine():
                yield from self._launch(event, line, at)
            case ev.Requested():
                yield from self._requested(event, line, at)
            case ev.HandStarted():
                yield from self._hand_started(event, line, at)
            case ev.Dump() | ev.Metadata() | ev.EngineModel():
                yield from self._dumped(event)
            case ev.TrainedContext() | ev.Offloaded() | ev.FlashResolved():
                self._loading(event)
            case ev.Started():
                yield from self._started(event, at)
            case ev.Failed() | ev.ClientGone() | ev.RunnerDied() | ev.Unloaded():
                yield from self._ending(event, line, at)
            case ev.Named() | ev.Offload() | ev.Capped() | ev.FlashDropped() | ev.KvDropped():
                yield from self._hint(event, line, at)
            case _:
                yield from reports.direct(event, self, line, at, self.told_in_life)

    def _server_line(self, event: ev.ServerConfig | ev.Listening, line: Line, at: float) -> Iterator[Update]:
        life = restarted(self.server, event, line.number, at)
        if self.pending:
            yield from self._end(complete=False)
        if life is not None:
            yield from self.before.reports(None, self)
            self.before = reports.Before()
            self.server, self.launches_in_life = life, 0
            self.told_in_life = set()
            self.last_started = None
            yield from self._all_gone()
        self.server = told(self.server, event, line.number)

    def _gone(self) -> Iterator[Update]:
        for subject in self.subjects.values():
            if subject.last and not subject.last.gone:
                yield self._replace(replace(subject.last, gone=True))

    def _all_gone(self) -> Iterator[Update]:
        yield from self._gone()
        for key, subject in self.subjects.items():
            self.subjects[key] = replace(subject, changes=(), crashed=False)

    def _server_told(self, event: ev.Event, line: Line, at: float) -> Iterator[Update]:
        self.server = told(self.server, event, line.number)
        if isinstance(event, ev.Compute) and self.server.gpus == () and self.server.gpus_before:
            lost = ", ".join(self.server.gpus_before)
            if "gpu_lost" not in self.told_in_life:
                self.told_in_life.add("gpu_lost")
                yield Reported("gpu_lost", at, line.number, line.cursor, None, "server", {"gpus": lost})

    # ---- a launch

    def _launch(
        self, event: ev.LaunchLine, line: Line, at: float, hand: ev.HandStarted | None = None
    ) -> Iterator[Update]:
        if event.era.arguments == "none":
            yield from reports.unverifiable(self, line, at, self.told_in_life)
            return
        copy = (at, event.args.port, event.args.model or event.name)
        if self.stamped and copy in self.seen:
            return
        self.seen.append(copy)
        if self.pending:
            yield from self._end(complete=False)
        yield from self._begin(event, line, at, hand)

    def _begin(
        self, event: ev.LaunchLine, line: Line, at: float, hand: ev.HandStarted | None
    ) -> Iterator[Update]:
        blob = "" if hand else digest(event.args.model)
        record = Record(
            index=self.count,
            source=self.source,
            host=self.host,
            line=line.number,
            cursor=line.cursor,
            at=at,
            era=event.era,
            server=self.server,
            engine=event.engine or None,
            args=event.args,
            tags=reports.tags(event.name) or self.before.tags or self._named_before(event),
            hand=hand,
            blob=self.blobs[blob],
            capped=self.before.capped,
            library=self.before.library,
        )
        self.count += 1
        self.launches_in_life += 1
        yield from self._take_over(record)
        self.pending = record
        self.restore = self.subjects.get(record.subject, Subject())
        hints, self.before = self.before, reports.Before()
        if event.era.arguments != "load":
            yield from self._known()
        yield from hints.reports(self.pending, self)
        yield from reports.at_launch(self.pending, line)

    def _named_before(self, event: ev.LaunchLine) -> tuple[str, ...]:
        """Return the name that the blob went by at its last launch: most releases tell it after the start."""
        subject = self.subjects.get(digest(event.args.model) or "")
        return subject.last.tags if subject and subject.last else ()

    def _take_over(self, record: Record) -> Iterator[Update]:
        """A newer launch of a blob or on a port ends the older one, or is its retry if that never started."""
        for subject in self.subjects.values():
            last = subject.last
            if last is None or last.gone:
                continue
            same = last.subject == record.subject
            if same or (record.args.port is not None and last.args.port == record.args.port):
                retried = same and not last.started and record.at - last.at <= _PENDING
                yield self._replace(replace(last, gone=True, superseded_by=record.index if retried else None))

    def _requested(self, event: ev.Requested, line: Line, at: float) -> Iterator[Update]:
        request = event.request
        if self.pending is None or self.pending.era.arguments != "load":
            if request.operation == "close":
                return
            yield from self._launch(ev.LaunchLine(BY_ID["load-request"], "", Args(cut=True)), line, at)
        if self.pending is None:
            return
        if self.pending.known:  # a commit that was refused is followed by another, with other layers
            if request.operation == "commit":
                self.pending = replace(self.pending, request=request)
                yield self._replace(self.pending)
            return
        self.pending = replace(self.pending, request=None if request.operation == "close" else request)
        if request.operation == "commit":
            yield from self._known()

    def _hand_started(self, event: ev.HandStarted, line: Line, at: float) -> Iterator[Update]:
        if self.pending is None:
            launch = ev.LaunchLine(BY_ID["llama-server"], "llama-server", Args(cut=True))
            yield from self._launch(launch, line, at, event)
            yield from self._end(complete=True, started=True)

    def _known(self) -> Iterator[Update]:
        """The pending launch's arguments are final: compare them with what the model had before."""
        record = self.pending
        if record is None:
            return
        before = self.subjects.get(record.subject, Subject())
        record = replace(
            record, known=True, reason=reason(before if before.last else None, record),
            wanted_history=before.wanted(record.at),
        )  # fmt: skip
        per_slot = record.ctx_per_slot
        if per_slot is None:
            after = replace(before, last=record, crashed=False)
        else:
            after = before.launched(record, per_slot, record.builtin, defaults.environment(record.server))
            record = replace(record, ctx_previous=after.previous, layers_previous=before.layers_at(per_slot))
            after = replace(after, last=record)
        self.pending = record
        self._remember(record.subject, after)
        yield Known(record)
        yield from reports.thrashing(after, record)

    def _remember(self, key: str, subject: Subject) -> None:
        self.subjects[key] = subject
        self.subjects.move_to_end(key)
        if len(self.subjects) > _MOST:
            self.subjects.popitem(last=False)

    def _loading(self, event: ev.TrainedContext | ev.Offloaded | ev.FlashResolved) -> None:
        """Lines of the loader count for the launch that is pending, the last of a kind wins."""
        if self.pending is None:
            return
        match event:
            case ev.TrainedContext():
                self.pending = replace(self.pending, trained=event.trained)
            case ev.Offloaded():
                self.pending = replace(self.pending, layers=event)
            case ev.FlashResolved():
                self.pending = replace(self.pending, flash=event.value)

    def _dumped(self, event: ev.Dump | ev.Metadata | ev.EngineModel) -> Iterator[Update]:
        pending = self.pending
        if isinstance(event, ev.EngineModel):
            if pending and pending.engine == "ollama-engine" and pending.digest:
                self.blobs.architecture(pending.digest, event.architecture)
                self.pending = replace(pending, blob=self.blobs[pending.digest])
            return
        told_of = self.blobs.take(event)
        if pending and told_of and told_of == pending.digest:
            self.pending = replace(pending, blob=self.blobs[told_of])
        elif told_of and not pending:
            subject = self.subjects.get(told_of)
            if subject and subject.last and subject.last.blob != self.blobs[told_of]:
                yield self._replace(replace(subject.last, blob=self.blobs[told_of]))

    def _replace(self, record: Record) -> Changed:
        """Put the newer state of a launch in the place of the older."""
        subject = self.subjects.get(record.subject)
        if subject and subject.last and subject.last.index == record.index:
            self.subjects[record.subject] = replace(subject, last=record)
        return Changed(record)

    # ---- its end

    def _started(self, event: ev.Started, at: float) -> Iterator[Update]:
        if self.pending is None:
            yield from reports.started_unseen(self, at, self.told_in_life)
            return
        self.failures.started(self.pending.subject)
        self.pending = replace(self.pending, load_seconds=event.seconds)
        yield from self._end(complete=True, started=True)

    def _end(self, *, complete: bool, started: bool = False, failed: bool = False) -> Iterator[Update]:
        if self.pending and not self.pending.known:
            yield from self._known()
        record = self.pending
        if record is None:
            return
        record = replace(record, complete=complete, started=started, failed=failed, gone=failed)
        self.pending = None
        subject = self.subjects.get(record.subject, Subject())
        if failed:
            subject = self.restore or Subject()
        elif record.layers and record.ctx_per_slot:
            subject = subject.loaded(record.ctx_per_slot, record.layers.layers)
        self._remember(record.subject, replace(subject, last=record))
        self.last_started = record if started else self.last_started
        yield Ended(record)

    def _ending(
        self, event: ev.Failed | ev.ClientGone | ev.RunnerDied | ev.Unloaded, line: Line, at: float
    ) -> Iterator[Update]:
        match event:
            case ev.Failed() if "context canceled" in event.error:
                yield from self._ending(ev.ClientGone(), line, at)
            case ev.Failed():
                yield from self._failed(event, line, at)
            case ev.ClientGone():
                self.abandoned_at = at
                if self.pending:
                    yield from self._end(complete=False, failed=True)
            case ev.RunnerDied():
                yield from self._died()
            case ev.Unloaded():
                yield from self._unloaded()

    def _failed(self, event: ev.Failed, line: Line, at: float) -> Iterator[Update]:
        abandoned = self.abandoned_at is not None and at - self.abandoned_at <= _ABANDONED
        named, pending = digest(event.model), self.pending
        about = pending if pending and named in (None, pending.digest) else None
        if about is None and abandoned:
            return
        if about:
            yield from self._end(complete=True, failed=True)
            about = replace(about, failed=True)
        self.failures.add(at, line.number, line.cursor, about, event.model, event.error)

    def _unloaded(self) -> Iterator[Update]:
        """An MLX or image runner was stopped; up to 0.15.5 none says before that it had started."""
        alive = [r for r in self.runners if r.era.arguments == "name"]
        if len(alive) != 1:
            return
        if self.pending and self.pending.index == alive[0].index:
            yield from self._end(complete=False)
        last = self.subjects[alive[0].subject].last or alive[0]
        yield self._replace(replace(last, gone=True))

    def _died(self) -> Iterator[Update]:
        """A runner's process ended; the line does not say whose unless there is no choice."""
        if self.pending:
            return  # what became of the launch is told by the lines that follow
        alive = self.runners
        for record in alive:
            subject = self.subjects[record.subject]
            self.subjects[record.subject] = replace(subject, crashed=True)
        if len(alive) == 1:
            yield self._replace(replace(alive[0], gone=True))

    def _hint(self, event: ev.Event, line: Line, at: float) -> Iterator[Update]:
        """Keep what belongs to the next launch; a tag may also come right after the launch it names."""
        match event:
            case ev.Named(loaded=True):
                last = self.last_started
                if last:
                    yield self._replace(replace(last, tags=reports.tags(event.tag)))
            case ev.Offload() if self.pending and not self.pending.known:
                self.pending = replace(self.pending, library=event.library)
            case _:
                self.before.add(event, line, at)
