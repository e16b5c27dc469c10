"""What is known of a blob: from the models directory of its launch, else from Ollama itself.

The loop's thread asks `tags`, `header` and `look`, which never wait for the network. Where a directory cannot
be read and an `Api` was given, they note that, and a thread of the caller's own that calls `ask` now and then
(`ask` waits, for half a minute at the worst) gets the answer, which the loop's next question finds.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path

from ollama_watch.models.api import Api, Shown
from ollama_watch.models.header import Header
from ollama_watch.models.place import Trouble
from ollama_watch.models.shelf import Shelf
from ollama_watch.models.tag import Tag

_CALM = 10.0  # s between two looks for changes
_SOON = 1.0  # s, if a digest is not found: a model is often launched right after it came
_BETWEEN = 60.0  # s between two askings of the API
_MOST_SHELVES = 16


class Catalogue:
    """Names and headers of blobs by digest (64 hex digits)."""

    def __init__(
        self,
        directory: Path | None = None,
        api: Api | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`directory`: the configured one, which is then used in place of any launch's own."""
        self._directory, self._api, self._clock = directory, api, clock
        self._shelves: OrderedDict[Path, Shelf] = OrderedDict()
        self._readings = 0  # of shelves that were put away
        self._answers = 0
        self._wanted = False  # set by the loop, cleared by who asks
        self._asked = float("-inf")
        self._shown: Mapping[str, tuple[Shown, ...]] | None = None  # replaced whole

    def tags(self, digest: str, directory: Path | None = None) -> tuple[Tag, ...] | None:
        """Return all names of a blob, sorted; () if it has none; None if that cannot be known (yet).

        `directory`: see `place.directory_of`; without one all directories known so far are searched.
        """
        found = [self._on(shelf, digest) for shelf in self._at(directory)]
        if tags := next(filter(None, found), None):
            return tags
        if found and None not in found:
            return ()
        shown = self._by_api(digest)
        return None if shown is None else tuple(one.tag for one in shown)

    def header(self, digest: str, directory: Path | None = None) -> Header | None:
        """Return what the blob's header says; by the API it lacks what is told a layer."""
        for shelf in self._at(directory):
            if header := shelf.header(digest):
                return header
        shown = self._by_api(digest) or ()
        return next((one.header for one in shown if one.header), None)

    def look(self) -> int:
        """Look for changes, at most every 10 s; return a number that grows with all that is new.

        Cheap enough for each turn of the loop: when it has grown, names asked for before may be others.
        """
        for shelf in self._shelves.values():
            shelf.look(self._clock(), _CALM)
        return self._readings + self._answers + sum(shelf.readings for shelf in self._shelves.values())

    def changed(self) -> None:
        """Take the hint that something changed below a models directory: the next question looks."""
        for shelf in self._shelves.values():
            shelf.forget()

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """One for each directory that names could not be read from."""
        return tuple(shelf.trouble for shelf in self._shelves.values() if shelf.trouble)

    def ask(self) -> bool:
        """Ask the API if the loop wants to know, once a minute at most; return whether it was asked."""
        now = self._clock()
        if self._api is None or not self._wanted or now - self._asked < _BETWEEN:
            return False
        self._asked, self._wanted = now, False
        models = self._api.models()
        if models is not None:
            known: dict[str, tuple[Shown, ...]] = {}
            for one in sorted(models, key=lambda one: one.tag.name):
                known[one.tag.digest] = (*known.get(one.tag.digest, ()), one)
            if known != self._shown:
                self._shown = known
                self._answers += 1
        return True

    def _at(self, directory: Path | None) -> list[Shelf]:
        path = self._directory or directory
        if path is None:
            return list(self._shelves.values())
        if path not in self._shelves:
            self._shelves[path] = Shelf(path)
        self._shelves.move_to_end(path)
        if len(self._shelves) > _MOST_SHELVES:
            self._readings += self._shelves.popitem(last=False)[1].readings
        return [self._shelves[path]]

    def _on(self, shelf: Shelf, digest: str) -> tuple[Tag, ...] | None:
        shelf.look(self._clock(), _CALM)
        if not shelf.tags(digest):
            shelf.look(self._clock(), _SOON)
        return shelf.tags(digest)

    def _by_api(self, digest: str) -> tuple[Shown, ...] | None:
        self._wanted = True
        return None if self._shown is None else self._shown.get(digest, ())
