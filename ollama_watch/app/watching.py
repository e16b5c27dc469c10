"""The program with the I/O taken off: lines and time in, notices out. Knows no file, socket or clock."""

from dataclasses import dataclass, field

from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Launch, Line
from ollama_watch.state.updates import Changed, Ended, Known, Reported, Update
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Unknown


@dataclass(slots=True)
class Watched:
    """One source as the watch sees it."""

    reading: Reading
    live: bool = False  # history has been read; from here on people are told
    launches: dict[str, Launch] = field(default_factory=dict)  # the last of each subject, judged
    unknowns: dict[str, dict[str, str]] = field(default_factory=dict)  # subject -> rule -> missing fact


class Watch:
    """State of all sources, the rules and the alerts. Belongs to one thread."""

    def __init__(self, config: Config, sources: list[str]) -> None:
        self.judging = Judging(config)
        self.book = Book()
        self.sources = {name: Watched(Reading(name)) for name in sources}

    def feed(self, source: str, line: Line) -> list[Notice]:
        """Take in one line; return the ends it brings that people must hear of."""
        watched = self.sources[source]
        notices = self._take(watched, watched.reading.feed(line, live=watched.live))
        if not watched.live:  # history restores state: what ended in it was never told
            list(self.book.tick((None, source), watched.reading.fleet.now, telling=False))
        return notices

    def following(self, source: str, *, live: bool) -> bool:
        """Say whether the source's next lines are news or history; return it."""
        self.sources[source].live = live
        return live

    def tick(self, now: float) -> list[Notice]:
        """Let time pass; return what people are to be told now."""
        notices = []
        for name, watched in self.sources.items():
            if watched.live:
                notices += self._take(watched, watched.reading.tick(now))
                notices += self.book.tick((None, name), watched.reading.fleet.now)
        return notices

    def finish(self, source: str) -> list[Notice]:
        """The source has ended: whatever was waited for will not come."""
        watched = self.sources[source]
        notices = self._take(watched, watched.reading.finish())
        return [*notices, *self.book.tick((None, source), watched.reading.fleet.now)]

    def _take(self, watched: Watched, updates: list[Update]) -> list[Notice]:
        notices = []
        for update in updates:
            if isinstance(update, Reported):
                self._reported(watched, update)
            else:
                notices += self._changed(watched, update)
        return notices

    def _changed(self, watched: Watched, update: Changed) -> list[Notice]:
        launch = self.judging.launch(update.record)
        now = watched.reading.fleet.now
        newest = watched.launches.get(launch.subject)
        if newest is None or newest.index <= launch.index:
            watched.launches[launch.subject] = launch
        self.book.changed(launch, now)
        if isinstance(update, Known | Ended) or (update.record.known and not launch.gone):
            return self._judged(watched, launch, now)
        return []

    def _judged(self, watched: Watched, launch: Launch, now: float) -> list[Notice]:
        notices = []
        unknowns = {}
        for rule, verdict in self.judging.verdicts(launch):
            match verdict:
                case Broken():
                    self.book.broken(rule, self.judging.finding(rule, launch, verdict), now)
                case Kept() | NotFor():
                    notices += self.book.kept(rule.id, launch, now)
                case Excused(name):
                    notices += self.book.kept(rule.id, launch, now, excuse=name)
                case Unknown(missing) if launch.complete:
                    unknowns[rule.id] = missing
        watched.unknowns[launch.subject] = unknowns
        return notices

    def _reported(self, watched: Watched, reported: Reported) -> None:
        reading = watched.reading
        launch = self.judging.launch(reported.record) if reported.record else None
        for finding in self.judging.counted(reported, launch, reading.source, reading.host):
            self.book.broken(self.judging.rules[finding.rule], finding, reading.fleet.now)
