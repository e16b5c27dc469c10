"""From lines to what is known: one fleet and one tally a (host, source). Shared by `check` and `run`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.accesses import Served
from ollama_watch.state import ending, reports, requests
from ollama_watch.state.fleet import Fleet
from ollama_watch.state.replacing import replace
from ollama_watch.state.tally import Tally
from ollama_watch.state.updates import Changed, Ended, Known, Reported, Update

_UNPARSED, _EXCERPT = 100, 1000  # lines, and bytes of one
_CUT = 16  # requests at the same time
SKEW = 300.0  # s; while following, a stamp further off the clock is replaced by the arrival
_ENDPOINTS = ("/api/generate", "/api/chat", "/api/embed", "/api/embeddings", "/v1/")
_ENDPOINTS_WRITTEN = tuple(one.encode() for one in _ENDPOINTS)


@dataclass(slots=True)
class Reading:
    """What one source's lines have told so far. Belongs to one thread."""

    source: str
    host: str | None = None
    tally: Tally = field(default_factory=Tally)
    fleet: Fleet = field(init=False)
    cut: list[int] = field(default_factory=list)  # sizes of cut prompts that their runner has not told yet
    # Launch lines that we cannot read; a few, for `check` alone.
    unparsed: list[Line] = field(default_factory=list, metadata={"transient": True})

    def __post_init__(self) -> None:
        self.fleet = Fleet(self.source, self.host)

    def feed(self, line: Line, *, live: bool = False) -> list[Update]:
        """Take in one line; `live`: it was just written, so its stamp is held against its arrival."""
        if line.kind:
            return self._counted(self.fleet.stopped(line))
        updates: list[Update] = []
        for stamped in parse(line):
            self.tally.parsed(type(stamped.event).__name__)
            self._count(stamped.event, line)
            updates += self._counted(self.fleet.feed(self._in_time(stamped, line, live=live), line))
        return updates

    def count(self, served: Sequence[Served]) -> None:
        """Count requests whose lines are not read here."""
        self.tally.parsed(ev.Access.__name__, len(served))
        if self._unexplained:
            self.tally.requests_without_launch += sum(map(_is_answered, served))

    def prompted(self, sizes: Sequence[int]) -> None:
        """Count prompts of so many tokens whose lines are not read here."""
        if not sizes:
            return
        self.tally.parsed(ev.PromptSize.__name__, len(sizes))
        self._prompted(sizes)

    def _prompted(self, sizes: Iterable[int]) -> None:
        runner = self.fleet.newest_runner
        subject = runner.subject if runner else None
        for tokens in sizes:
            if tokens in self.cut:
                self.cut.remove(tokens)  # what was asked for has been counted
            elif subject:
                self.tally.prompted(subject, tokens, self.fleet.now)

    def hear(self, line: Line) -> list[Update]:
        """Take in a request that was counted before, when log time was that of its line."""
        found = (one.event for one in parse(line))
        every = (one for one in found if isinstance(one, ev.Access))
        return [update for one in every for update in requests.heard(self.fleet, one, line.number)]

    @property
    def _unexplained(self) -> bool:
        """Tell whether nothing is known that could answer a request."""
        return self.fleet.server.line is not None and not self.fleet.launches_in_life

    @property
    def loading(self) -> bool:
        """Tell whether lines count that tell how a model loads, or what its blob holds."""
        return self.fleet.pending is not None or self.dumping

    @property
    def dumping(self) -> bool:
        return self.fleet.blobs.open is not None

    def tick(self, now: float) -> list[Update]:
        return self._counted(self.fleet.tick(now))

    def vanished(self, index: int) -> list[Update]:
        """The process of a launch has ended, as the system shows."""
        return self._counted(list(ending.vanished(self.fleet, index)))

    def finish(self) -> list[Update]:
        return self._counted(self.fleet.finish())

    def _in_time(self, stamped: ev.Stamped, line: Line, *, live: bool) -> ev.Stamped:
        """Return it with a stamp that can be true: a clock may have been wrong when it was written.

        Log time does not go back with a clock that is set back. Another host's clock is held against what
        that host wrote before: what it delivers late happens now.
        """
        at = stamped.at
        if at is None:
            return stamped
        ahead = at - line.at if line.at else 0.0
        if ahead > SKEW or (live and self.host is None and ahead < -SKEW):
            at = line.at
        if (live or self.host is not None) and self.fleet.now - at > SKEW:
            at = self.fleet.now
        return stamped if at == stamped.at else replace(stamped, at=at)

    def _count(self, event: ev.Event, line: Line) -> None:
        match event:
            case ev.PromptSize():
                self._prompted((event.tokens,))
            case ev.Unreadable():
                self.tally.failed_to_parse()
                self.unparsed = [*self.unparsed, replace(line, text=line.text[:_EXCERPT])][-_UNPARSED:]
            case ev.Access(status=200, method="POST") if event.path.startswith(_ENDPOINTS):
                if self._unexplained:
                    self.tally.requests_without_launch += 1

    def _counted(self, updates: list[Update]) -> list[Update]:
        for update in updates:
            match update:
                case Known():
                    self.tally.launched(update.record)
                case Ended() if update.record.load_seconds is not None:
                    self.tally.loaded(update.record.load_seconds)
                case Reported(kind="prompt_truncated"):
                    self._truncated(update)
                case Reported(kind="unknown_flag"):
                    self.tally.unknown_flag()
                case _:
                    pass
        return updates

    def _truncated(self, told: Reported) -> None:
        record, dropped, kept = told.record, told.fields.get("dropped"), told.fields.get("kept")
        subject = record.subject if record else told.subject
        self.tally.truncated(subject, dropped if isinstance(dropped, int) else 0)
        prompt = told.fields.get("prompt")
        if record is None or not isinstance(prompt, int):
            return
        self.tally.prompted(subject, prompt, self.fleet.now)
        if record.era.id == "llama-server" and isinstance(kept, int):
            self.cut = [*self.cut, kept][-_CUT:]  # the runner tells it once more, as it was cut


def _is_answered(one: Served) -> bool:
    return (one.status, one.method) == (b"200", b"POST") and one.path.startswith(_ENDPOINTS_WRITTEN)


__all__ = ["Changed", "Reading", "reports"]
