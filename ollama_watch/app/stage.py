"""A watch with one rule in force, and log time that passes for it as the daemon's clock would let it pass.

The daemon looks every second. Here long silences are skipped: it is looked whenever a line has been read, and
whenever something may fall due that the line, or an earlier look, has set going.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.entry import PATIENCE
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import Config, Want
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Launch, Line
from ollama_watch.parse.stamps import moment, zone
from ollama_watch.state.ending import PENDING
from ollama_watch.verify.rule import Rule

_SOURCE = "case"
# s; waited for besides the spans of the rule: a name, an excuse, a retry or the next redrawing, the end of a
# load (given up in the second after it), another launch of a model
_WAITS = (0.0, 1.0, PATIENCE, 10.0, PENDING + 1.0, 7 * 86400.0)

_SAME = 1e-6  # s; sums of the same spans


@dataclass(slots=True)
class Stage:
    """What has come of the lines so far. Times are log time, s since the epoch."""

    watch: Watch
    waits: tuple[float, ...]  # s after something happened
    began: float | None = None  # the first line that carries a time
    told: list[tuple[float, Notice]] = field(default_factory=list)  # s after `began`
    _due: list[float] = field(default_factory=list)  # moments to look at, a heap
    _seen: tuple[object, ...] = ()
    _looked: float = 0.0  # when it was looked at last

    @property
    def now(self) -> float:
        return self.watch.sources[_SOURCE].reading.fleet.now

    @property
    def launches(self) -> tuple[Launch, ...]:
        return tuple(self.watch.sources[_SOURCE].launches.values())

    def read(self, line: Line, at: float | None) -> None:
        """Read a line, after all that falls due before `at`, when it was written; None: with the last one."""
        if at is not None:
            self.began = at if self.began is None else self.began
            self._look_before(at)
            self._set_going(at)
            fleet = self.watch.sources[_SOURCE].reading.fleet
            fleet.now = max(fleet.now, at)  # the clock's doing, where the line names its moment in no zone
        self._tell(self.watch.feed(_SOURCE, line))

    def look(self, at: float) -> list[Alert]:
        """Let time pass until `at`; return what fires then."""
        self._look_before(at)
        self._look(at)
        return self.firing()

    def finish(self) -> list[Alert]:
        """The log ends here: whatever was waited for will not come; return what fires."""
        notices = self.watch.finish(_SOURCE)
        self._tell(notices, PATIENCE)
        return self.firing()

    def firing(self) -> list[Alert]:
        return [alert for alert in self.watch.book.active() if alert.state == "firing"]

    def _look_before(self, at: float) -> None:
        while self._due and self._due[0] < at - _SAME:
            self._look(heapq.heappop(self._due))

    def _look(self, at: float) -> None:
        while self._due and self._due[0] <= at + _SAME:
            heapq.heappop(self._due)
        notices = self.watch.tick(at, at - self._looked if self._looked else 0.0)
        self._looked = at
        self._tell(notices)
        seen = tuple((alert.id, alert.state, alert.updated) for alert in self.watch.book.active())
        if notices or seen != self._seen:
            self._seen = seen
            self._set_going(at)

    def _set_going(self, at: float) -> None:
        for wait in self.waits:
            heapq.heappush(self._due, at + wait)

    def _tell(self, notices: Iterable[Notice], later: float = 0.0) -> None:
        moment = self.now + later - (self.began or 0.0)
        self.told += [(moment, notice) for notice in notices if not notice.quiet]


def stage(rule: Rule, want: Mapping[str, int]) -> Stage:
    """Return a stage for one rule, switched on if it is off; `want`: tokens of context by tag."""
    wishes = tuple(Want(tag, tokens) for tag, tokens in want.items())
    config = Config(want=wishes, rules=(replace(rule, enabled=True),))
    watch = Watch(config, {_SOURCE: Watched(Reading(_SOURCE), live=True)})
    waits = {*_WAITS, rule.pending_for, rule.repeat, rule.hold}
    return Stage(watch, tuple(sorted(waits)))


def timed(lines: Iterable[Line]) -> Iterator[tuple[float | None, Line]]:
    """Yield each line with the moment that it names, in the first zone named where it names none."""
    rest = iter(lines)
    first: list[Line] = []  # up to the one that names a zone
    there = None
    while there is None and (line := next(rest, None)):
        first.append(line)
        there = zone(line.text)
    for line in chain(first, rest):
        yield moment(line.text, there or 0), line
