"""One models directory: its names, and the headers of blobs that somebody asked for."""

from collections import OrderedDict
from pathlib import Path

from ollama_watch.models import gguf
from ollama_watch.models.header import Header
from ollama_watch.models.manifests import Mark, Names, mark, names
from ollama_watch.models.place import Trouble
from ollama_watch.models.tag import Tag, hexadecimal

_MOST_HEADERS = 128


class Shelf:
    """Reads when it is asked first, and again when something changed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.readings = 0
        self._names: Names | None = None
        self._tags: dict[str, tuple[Tag, ...]] = {}
        self._headers: OrderedDict[str, tuple[Mark, Header | None]] = OrderedDict()
        self._looked = float("-inf")

    def look(self, now: float, seconds: float) -> None:
        """Read anew if something changed; looks at most once in `seconds`."""
        if now - self._looked < seconds:
            return
        self._looked = now
        if self._names is None or self._names.stale:
            self._read()

    def forget(self) -> None:
        """Look at the next question, however soon it comes."""
        self._looked = float("-inf")

    def tags(self, digest: str) -> tuple[Tag, ...] | None:
        """Return the names of a blob, in their order; None if they are not known for some trouble."""
        return self._tags.get(digest, None if self.trouble else ())

    def header(self, digest: str) -> Header | None:
        """Return the header of a blob; read once as long as the file stays the same."""
        if hexadecimal(f"sha256:{digest}") is None:
            return None
        path = f"{self.directory}/blobs/sha256-{digest}"
        now = mark(path)
        known = self._headers.get(digest)
        if known is None or known[0] != now:
            known = self._headers[digest] = (now, gguf.header(path))
        self._headers.move_to_end(digest)
        if len(self._headers) > _MOST_HEADERS:
            self._headers.popitem(last=False)
        return known[1]

    @property
    def trouble(self) -> Trouble | None:
        return self._names.trouble if self._names else None

    def _read(self) -> None:
        self._names = names(self.directory)
        self.readings += 1
        found: dict[str, list[Tag]] = {}
        for tag in self._names.tags:
            found.setdefault(tag.digest, []).append(tag)
        self._tags = {digest: tuple(tags) for digest, tags in found.items()}
