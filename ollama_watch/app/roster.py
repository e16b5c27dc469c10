"""The sources of the moment. Files that a pattern matches, and hosts, come and go; the others stay."""

import glob
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ollama_watch.app.checkpoint import Resumed
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.model import stream_name
from ollama_watch.sources.file import FileSource
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Source

_log = logging.getLogger(__name__)
_EVERY = 1.0  # s between looks at what a pattern matches
_MOST = 1000  # files of one pattern


@dataclass(frozen=True, slots=True)
class Target:
    """A source to be opened, and what it reads, for people."""

    name: str
    what: str
    open: Callable[[Position | None], Source]  # goes on after a place, if that is there yet
    source: str = ""  # configured name, where another one tells its hosts apart
    host: str | None = None  # whose log it is; None: this machine's


class Many(Protocol):
    """A source whose log comes in many parts, each with a state of its own; they come and go."""

    @property
    def name(self) -> str:
        """Its configured name; the parts have names made by `model.stream_name`."""

    @property
    def hurry(self) -> bool:
        """Tell whether there are parts that cannot wait to be asked for."""

    def targets(self) -> Iterable[Target]:
        """Return what there is now."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A source whose log is in many files: of pods, say. Each of them is a server of its own."""

    name: str
    pattern: str
    hurry: bool = False

    def targets(self) -> Iterator[Target]:
        """Yield what matches now."""
        for path in sorted(glob.glob(self.pattern))[:_MOST]:  # noqa: PTH207  # an absolute pattern
            yield Target(stream_name(self.name, path), path, self._opener(Path(path)))

    def _opener(self, path: Path) -> Callable[[Position | None], Source]:
        return lambda after: FileSource(stream_name(self.name, str(path)), path, after=after)


class Roster:
    """Opens sources where the last process left them. Belongs to the loop's thread."""

    def __init__(
        self, targets: Sequence[Target], patterns: Sequence[Many], saved: Mapping[str, Resumed]
    ) -> None:
        self.sources: list[Source] = []
        self.whats: dict[str, str] = {}  # by source: what it reads, for people
        self._patterns, self._saved = patterns, dict(saved)
        self._next_look = 0.0
        self.elsewhere: list[str] = []  # names under which the last process read something else
        self.watched = {target.name: self._open(target) for target in targets}

    def look(self, now: float) -> tuple[dict[str, Watched], list[str]]:
        """Return what has come, by name, and what has gone; `now` is of any steady clock."""
        hurry = any(one.hurry for one in self._patterns)
        if not self._patterns or (now < self._next_look and not hurry):
            return {}, []
        self._next_look = now + _EVERY
        there = {one.name: one for pattern in self._patterns for one in pattern.targets()}
        gone = [one for one in self.sources if self._is_over(one, there)]
        for source in gone:
            _log.info("%s is gone", self.whats.pop(source.name))
            source.close()
            self.sources.remove(source)
        came = {name: self._open(target) for name, target in there.items() if name not in self.whats}
        for name in came:
            _log.info("watching %s", self.whats[name])
        return came, [source.name for source in gone]

    def close(self) -> None:
        for source in reversed(self.sources):
            source.close()

    def _open(self, target: Target) -> Watched:
        before = self._saved.pop(target.name, None)
        if before and before.target != target.what:
            before = None
            self.elsewhere.append(target.name)
        self.sources.append(target.open(before.position if before else None))
        self.whats[target.name] = target.what
        return before.watched if before else Watched(Reading(target.source or target.name, target.host))

    def _is_over(self, source: Source, there: Mapping[str, Target]) -> bool:
        """Tell whether a part is gone and was read to its end."""
        matched = any(source.name.startswith(stream_name(one.name, "")) for one in self._patterns)
        return matched and source.name not in there and source.caught_up and source.trouble is not None
