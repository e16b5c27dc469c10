"""What the program shows of itself, built when somebody asks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from ollama_watch import VERSION
from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.entry import Entry
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Roster
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Launch, source_label
from ollama_watch.serve.changes import Changes
from ollama_watch.serve.view import AlertView, SourceView, View
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import OnScreen
from ollama_watch.sources.source import Source
from ollama_watch.sources.waiting import Waiting
from ollama_watch.state import defaults
from ollama_watch.state.record import Record
from ollama_watch.state.subject import Value


class Showing:
    """Lets readers see the program standing still; the loop works under the same lock."""

    def __init__(
        self,
        watch: Watch,
        roster: Roster,
        outboxes: Sequence[Outbox],
        keeping: Keeping,
        reloading: Reloading,
    ) -> None:
        self.lock = Lock()
        self.changes = Changes()
        self._watch, self._roster = watch, roster
        self._outboxes, self._keeping, self._reloading = outboxes, keeping, reloading
        self._published: tuple[object, ...] = ()
        self._screens = [box for box in outboxes if isinstance(box.sink, OnScreen)]

    @contextmanager
    def __call__(self) -> Iterator[View]:
        with self.lock:
            yield self._view()

    def publish(self) -> None:
        """Tell the streams what a turn of the loop changed; it waits for no reader."""
        book, ready = self._watch.book, all(watched.live for watched in self._watch.sources.values())
        shown = [(box, box.sink) for box in self._screens if isinstance(box.sink, OnScreen)]
        desktop = next((screen.screen for box, screen in shown if not box.is_failing), "")
        if self._published == (now := (book.looks.changes, ready, desktop)):
            return
        self._published = now
        ended = {alert.id: alert for alert in book.ended}
        news = None if shown or len(ended) == book.ended.maxlen else book.looks.news()
        book.ended.clear()
        alerts = [_viewed(entry, speaker) for entry, speaker in book.seen(news)]
        for _, screen in shown:
            screen.hush(
                {one.alert.key for one in alerts if one.inhibited_by},
                {one.alert.key for one in alerts if one.alert.asleep},
            )
        self.changes.publish(alerts, ended, ready=ready, desktop=desktop, every=news is None)

    def _view(self) -> View:
        watch = self._watch
        rules = watch.judging.rules.values()
        zero = {(rule.id, rule.severity): 0 for rule in rules}
        return View(
            version=VERSION,
            sources=tuple(
                self._source(source, watch.sources[source.name]) for source in self._roster.sources
            ),
            alerts=tuple(_viewed(watch.book.entries[alert.key]) for alert in watch.book.active()),
            violations=zero | watch.book.violations,
            rules=len(rules),
            notifications={
                (box.sink.name, outcome): count
                for box in self._outboxes
                for outcome, count in box.outcomes.items()
            },
            reload_successful=self._reloading.successful,
            reloaded_at=self._reloading.at,
            configuration=str(self._reloading.config.path) if self._reloading.config.path else None,
            needs_restart=tuple(self._reloading.needs_restart),
            state_save_failures=self._keeping.failures,
        )

    def _source(self, source: Source, watched: Watched) -> SourceView:
        fleet = watched.reading.fleet
        alive = {record.index for record in fleet.runners}
        counters = source.counters
        return SourceView(
            name=source.name,
            label=source_label(watched.reading.source),
            host=watched.reading.host,
            target=_found(source) or self._roster.whats[source.name],
            trouble=source.trouble,
            caught_up=watched.live,
            lines=counters.lines,
            bytes=counters.bytes,
            last_line_at=counters.last_line_at,
            reopens=counters.reopens,
            suppressed=counters.suppressed,
            malformed=counters.malformed,
            gaps=counters.gaps,
            ollama_version=fleet.server.version_text,
            context_default=_context_default(watched),
            runners=tuple(one for one in watched.launches.values() if one.index in alive),
            launches=watched.launches,
            unknowns=watched.unknowns,
            tally=watched.reading.tally,
            record=lambda launch: self._record(watched, launch),
            contexts=lambda launch: _contexts(watched, launch),
        )

    def _record(self, watched: Watched, launch: Launch) -> Record | None:
        subject = watched.reading.fleet.subjects.get(launch.subject)
        return self._watch.judging.names(subject.last) if subject and subject.last else None


def _found(source: Source) -> str:
    return source.what if isinstance(source, Waiting) else ""


def _viewed(entry: Entry, speaker: Alert | None = None) -> AlertView:
    told = entry.told_at if entry.told and not entry.quiet else None
    return AlertView(entry.current(), told, entry.rule.repeat, speaker.id if speaker else "")


def _context_default(watched: Watched) -> int | None:
    """Return what the server gives when nobody asks, if that is one number."""
    fleet = watched.reading.fleet
    newest = max(watched.launches.values(), key=_index, default=None)
    era = newest.era if newest else "llama-server"
    default = defaults.effective(fleet.server, defaults.builtin(fleet.server, era, None))
    return default if isinstance(default, int) else None


def _contexts(watched: Watched, launch: Launch) -> tuple[Value, ...]:
    subject = watched.reading.fleet.subjects.get(launch.subject)
    return subject.values if subject else ()


def _index(launch: Launch) -> int:
    return launch.index
