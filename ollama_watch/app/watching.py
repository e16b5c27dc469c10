"""The program with the I/O taken off: lines and time in, notices out. Knows no file, socket or clock."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert, End
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.entry import FORGOTTEN, PATIENCE
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.beforefailed import end_what_is_kept
from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging, Names, nameless
from ollama_watch.app.sinkrule import failing_sinks
from ollama_watch.app.watched import Watched
from ollama_watch.cause.causes import CONTEXT_RULES
from ollama_watch.model import Launch, Line
from ollama_watch.sources.batch import Run, telling_lines
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Changed, Ended, Known, Reported, Update
from ollama_watch.verify.condition import all_hold
from ollama_watch.verify.occurrences import Moments
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor, Rule, Unknown

if TYPE_CHECKING:
    from ollama_watch.app.filling import Filling

_LONG = 1 << 16  # bytes of a run from which on a history is skimmed


class Watch:
    """State of all sources, the rules and the alerts. Belongs to one thread."""

    def __init__(
        self,
        config: Config,
        sources: Mapping[str, Watched],
        book: Book | None = None,
        moments: Moments | None = None,
        names: Names = nameless,
        elsewhere: Iterable[str] = (),
    ) -> None:
        """Go on with what an earlier process knew, or begin with nothing.

        `elsewhere`: sources that are others than they were, though called the same; their alerts end.
        """
        self.judging = Judging(config, moments, names)
        self.book = book or Book()
        self.changes = 0  # grows with everything that others see of launches and sources
        self.sources = dict(sources)
        self._fillings: dict[str, Filling] = {}  # of the sources whose history is being read
        self._owed = [notice for name in elsewhere for notice in self.book.drop((None, name), 0.0)]
        self._owed += self._changed_since()
        self._begun = False

    def feed(self, source: str, line: Line) -> list[Notice]:
        """Take in one line; return the ends it brings that people must hear of."""
        watched = self.sources[source]
        watched.changes += 1
        notices = self._take(watched, watched.reading.feed(line, live=watched.live))
        if not watched.live:  # history restores state: people are told what holds at its end
            notices += self.book.tick(watched.identity, watched.reading.fleet.now, telling=False)
        return notices

    def fill(self, source: str, run: Run | list[Line]) -> list[Notice]:
        """Take in what a source's history tells next: the same as `feed` of each line, but faster."""
        if source not in self._fillings:
            if not isinstance(run, Run) or len(run.block) < _LONG:
                return [notice for line in telling_lines([run]) for notice in self.feed(source, line)]
            from ollama_watch.app.filling import Filling  # noqa: PLC0415  # a short history needs none

            self._fillings[source] = Filling(self.sources[source], self.book, self._take)
        self.sources[source].changes += 1
        return self._fillings[source].take(run)

    def settle(self) -> list[Notice]:
        """Take in what waits of any history: all that is known is in `sources` then.

        Return the ends it brings that people must hear of.
        """
        notices = []
        for source, filling in self._fillings.items():
            self.sources[source].changes += 1
            notices += filling.settle()
        return notices

    def following(self, source: str, *, live: bool) -> bool:
        """Say whether the source's next lines are news or history; return it."""
        watched = self.sources[source]
        self.changes += watched.live != live
        if live and source in self._fillings:
            self._owed += self._fillings.pop(source).settle()
        watched.live = live
        return live

    def tick(self, now: float, elapsed: float = 0.0) -> list[Notice]:
        """Let time pass to `now` (s since the epoch), `elapsed` s after the last tick.

        Return what people are to be told now.
        """
        notices, self._owed = self._owed, []
        if not self._begun:  # files and hosts have been found by now
            self._begun = True
            ours = [(None, source) for source in failing_sinks(self.book)]
            notices += self.book.drop_all_but([*ours, *(one.identity for one in self.sources.values())], now)
        for watched in self.sources.values():
            if watched.live:
                notices += self._take(watched, watched.reading.tick(watched.moment(now, elapsed)))
                watched.paced = watched.reading.fleet.now
                notices += self.book.tick(watched.identity, watched.reading.fleet.now)
        return notices

    def known(self) -> list[Alert]:
        """Return what people know of and what holds while its model runs, where history is read."""
        live = [watched.identity for watched in self.sources.values() if watched.live]
        return [alert for source in live for alert in self.book.known(source)]

    def runners(self) -> list[Record]:
        """Return what is believed alive, of the sources whose history is read."""
        return [
            one for watched in self.sources.values() if watched.live for one in watched.reading.fleet.runners
        ]

    def vanished(self, source: str, index: int) -> list[Notice]:
        """The process of a launch has ended, as the system shows: its alerts fall asleep."""
        watched = self.sources[source]
        return self._take(watched, watched.reading.vanished(index))

    def finish(self, source: str) -> list[Notice]:
        """The source has ended: whatever was waited for will not come."""
        watched = self.sources[source]
        notices = self._take(watched, watched.reading.finish())
        end = watched.reading.fleet.now + PATIENCE  # nothing that people might wait for comes any more
        return [*notices, *self.book.tick(watched.identity, end)]

    def change_sources(self, came: Mapping[str, Watched], gone: Iterable[str]) -> list[Notice]:
        """Take in files that have come, and let go of those that are gone, with their alerts."""
        self.changes += 1
        notices = []
        for name in gone:
            self._fillings.pop(name, None)
            watched = self.sources.pop(name)
            notices += self.book.drop(watched.identity, watched.reading.fleet.now)
        self.sources |= came
        return notices

    def adopt(self, config: Config) -> list[Notice]:
        """Judge what runs by other rules and wishes from now on; return the ends that this brings."""
        self.judging = Judging(config, self.judging.moments, self.judging.names)
        self.book.judged_by = self.judging.fingerprint
        now = max((watched.reading.fleet.now for watched in self.sources.values()), default=0.0)
        return [*self.book.forget(self.judging.rules, now), *self._all_again("accepted")]

    def _changed_since(self) -> list[Notice]:
        """Judge what ran when the last process saved it, if rules or wishes are others by now.

        Return the ends that this brings: the first tick tells them.
        """
        before, self.book.judged_by = self.book.judged_by, self.judging.fingerprint
        if before == self.book.judged_by:
            return []
        return [*self.book.forget(self.judging.rules, 0.0), *self._all_again("accepted", FORGOTTEN)]

    def renamed(self) -> list[Notice]:
        """Judge what runs by what its models are called now; return the ends that this brings."""
        return self._all_again("fixed")

    def _all_again(self, how: End, within: float = inf) -> list[Notice]:
        """Judge the last launch of each model again, unless it is older than `within` seconds."""
        self.changes += 1
        notices = []
        for watched in self.sources.values():
            oldest = watched.reading.fleet.now - within
            watched.changes += 1
            for subject in list(watched.reading.fleet.subjects.values()):
                if subject.last and subject.last.known and subject.last.at >= oldest:
                    launch = self._renewed(watched, subject.last)
                    notices += self._judged(watched, launch, subject.last, how)
            if how == "accepted":
                notices += self._before_failed(watched, *watched.launches.values())
        return notices

    def _before_failed(self, watched: Watched, *newest: Launch) -> list[Notice]:
        """Hold what ran before launches that failed against rules that changed since."""
        return end_what_is_kept(self.judging, self.book, newest, watched.reading.fleet.now)

    # ---- what a line tells

    def _take(self, watched: Watched, updates: list[Update]) -> list[Notice]:
        self.changes += bool(updates)
        notices = []
        watched.changes += bool(updates)
        for update in updates:
            if isinstance(update, Reported):
                notices += self._reported(watched, update)
            else:
                notices += self._changed(watched, update)
        if not watched.reading.fleet.down:
            notices += self.book.up(watched.identity, watched.reading.fleet.now)
        return notices

    def _changed(self, watched: Watched, update: Changed) -> list[Notice]:
        launch = self._renewed(watched, update.record)
        self.book.changed(launch, watched.reading.fleet.now)
        if isinstance(update, Known | Ended) or (update.record.known and not launch.gone):
            notices = self._judged(watched, launch, update.record)
            return [*notices, *self._before_failed(watched, launch)] if launch.failed else notices
        return []

    def _renewed(self, watched: Watched, record: Record) -> Launch:
        """Return the launch as it is known by now, and keep it if it is the newest of its model."""
        launch = self.judging.launch(record)
        newest = watched.launches.get(launch.subject)
        if newest is None or newest.index <= launch.index:
            watched.launches[launch.subject] = launch
        if len(watched.launches) > len(watched.reading.fleet.subjects):  # which has a bound
            for subject in watched.launches.keys() - watched.reading.fleet.subjects - {launch.subject}:
                del watched.launches[subject]
                watched.unknowns.pop(subject, None)
        return launch

    def _judged(self, watched: Watched, launch: Launch, record: Record, how: End = "fixed") -> list[Notice]:
        notices = []
        now = watched.reading.fleet.now
        unknowns = {}
        verdicts = list(self.judging.verdicts(launch))
        small = any(isinstance(verdict, Broken) and rule.id in CONTEXT_RULES for rule, verdict in verdicts)
        for rule, verdict in verdicts:
            match verdict:
                case Broken():
                    sizes = watched.reading.tally.prompt_sizes
                    finding = self.judging.finding(rule, launch, verdict, record, sizes)
                    notices += self.book.broken(rule, finding, now)
                case Kept() | NotFor() | Excused():
                    end = _end(rule, verdict, launch) if how == "fixed" else how
                    if end == "accepted" and small and rule.id in CONTEXT_RULES:
                        end = "replaced"  # another wish is not met now: nobody said that this is fine
                    notices += self.book.kept(rule.id, launch, now, end)
                case Unknown(missing) if launch.complete:
                    unknowns[rule.id] = missing
        watched.unknowns[launch.subject] = unknowns
        return notices

    def _reported(self, watched: Watched, reported: Reported) -> list[Notice]:
        notices = []
        reading = watched.reading
        launch = self.judging.launch(reported.record) if reported.record else None
        sizes = reading.tally.prompt_sizes
        for finding in self.judging.counted(reported, launch, reading.source, reading.host, sizes):
            notices += self.book.broken(self.judging.rules[finding.rule], finding, reading.fleet.now)
        return notices


def _end(rule: Rule, verdict: Kept | NotFor | Excused, launch: Launch) -> End:
    """Say what a launch that does not break the rule means for an alert of it."""
    if all_hold(rule.expect, launch.facts):
        return "fixed"
    return "excused" if isinstance(verdict, Excused) else "replaced"
