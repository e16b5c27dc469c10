"""The names below a models directory: `manifests/<host>/<namespace>/<model>/<tag>` (reference 12).

Whoever may write there may write anything; all that is kept of it is bounded and checked.
"""

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ollama_watch.models.place import Trouble, trouble
from ollama_watch.models.regular import Refused, below, content, document
from ollama_watch.models.tag import Option, Tag, hexadecimal, options, spoken

_DEPTH = 4  # folders and the file
_MOST_ENTRIES = 20_000  # of all folders
_MOST_MANIFESTS = 5_000
_LARGEST_MANIFEST = 256 << 10  # bytes; those of hundreds of tensors are no models with a blob
_LARGEST_PARAMS = 64 << 10
_MOST_KEPT = 16  # layers of one kind
_NO_MEND = "remove models that nobody uses; the names beyond that are not known"
_LAYER = "application/vnd.ollama.image."
_NO_TROUBLE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # of what is listed: gone, or no model

Mark = tuple[int, int, int, int] | int  # device, inode, size, change time; or why there is none


@dataclass(frozen=True, slots=True)
class Names:
    """What one reading found."""

    tags: tuple[Tag, ...]
    marks: Mapping[str, Mark]  # of each file and folder that was looked at, before it was read
    trouble: Trouble | None = None  # the first that kept a name from us

    @property
    def stale(self) -> bool:
        """Whether anything changed since; some microseconds for each name."""
        return any(mark(path) != was for path, was in self.marks.items())


def mark(path: str) -> Mark:
    """Return what changes when `path` does, its rights included: a tag is written over in place."""
    try:
        found = os.stat(path)  # noqa: PTH116  # half the time of Path's
    except OSError as error:
        return error.errno or 0
    return found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns


def names(directory: Path) -> Names:
    """Return the tags of all readable manifests below `directory`; what is no manifest is passed over."""
    return _Reading(directory).all()


@dataclass(slots=True)
class _Reading:
    directory: Path
    marks: dict[str, Mark] = field(default_factory=dict)
    trouble: Trouble | None = None
    entries: int = 0
    params: dict[str, dict[str, Option] | None] = field(
        default_factory=dict
    )  # by digest: many tags share one
    root: str = ""
    blobs: str = ""

    def all(self) -> Names:
        top = str(self.directory / "manifests")
        self.root, self.blobs = os.path.realpath(top), os.path.realpath(self.directory / "blobs")
        tags = []
        for count, (path, parts) in enumerate(self._files(top, ())):
            if count == _MOST_MANIFESTS:
                self.trouble = self.trouble or Trouble(top, f"more than {count:,} names in {top}", _NO_MEND)
                break
            if tag := self._tag(path, parts):
                tags.append(tag)
        return Names(tuple(sorted(tags, key=lambda tag: tag.name)), self.marks, self.trouble)

    def _files(self, folder: str, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield path and name of what lies four levels deep; a circle of links ends there too."""
        for entry in self._entries(folder):
            path = entry.path
            if entry.is_symlink() and not self._leads_on(path):
                continue
            if len(parts) + 1 == _DEPTH:
                self.marks[path] = mark(path)
                yield path, (*parts, entry.name)
            elif _is_folder(entry):
                yield from self._files(path, (*parts, entry.name))

    def _leads_on(self, link: str) -> bool:
        """Tell whether a link leads to something below the manifests, and not to a folder that it is in."""
        folder, target = os.path.realpath(os.path.dirname(link)), os.path.realpath(link)  # noqa: PTH120  # lexical
        return os.path.exists(target) and below(target, self.root) and not below(folder, target)  # noqa: PTH110  # str

    def _entries(self, folder: str) -> list["os.DirEntry[str]"]:
        self.marks[folder] = mark(folder)
        found: list[os.DirEntry[str]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.entries += 1
                    if self.entries > _MOST_ENTRIES:
                        break
                    found.append(entry)
        except OSError as error:
            self._complain(folder, error, top=self.entries == 0)
        return sorted(found, key=lambda entry: entry.name)

    def _complain(self, path: str, error: OSError, *, top: bool = False) -> None:
        if self.trouble is None and (top or error.errno not in _NO_TROUBLE):
            self.trouble = trouble(self.directory, path, error)

    def _tag(self, path: str, parts: tuple[str, ...]) -> Tag | None:
        name = spoken(f"{'/'.join(parts[:-1])}:{parts[-1]}")
        if name is None or ":" in "".join(parts[1:]):  # only a host may have one, before its port
            return None
        try:
            data = content(path, _LARGEST_MANIFEST, self.root)
            layers = _layers(document(data))
        except Refused:
            return None
        except OSError as error:
            self._complain(path, error)
            return None
        if "model" not in layers:
            return None
        return Tag(
            name=name,
            digest=layers["model"][-1],
            manifest_digest=hashlib.sha256(data).hexdigest(),
            projectors=tuple(layers.get("projector", ())),
            adapters=tuple(layers.get("adapter", ())),
            params=self._params(layers.get("params", [])),
        )

    def _params(self, digests: list[str]) -> Mapping[str, Option] | None:
        """Return the options of all params layers, the last say counting; None if one cannot be read."""
        said: dict[str, Option] = {}
        for digest in digests:
            if digest not in self.params:
                self.params[digest] = self._layer(digest)
            one = self.params[digest]
            if one is None:
                return None
            said |= one
        return said

    def _layer(self, digest: str) -> dict[str, Option] | None:
        path = os.path.join(self.directory, "blobs", f"sha256-{digest}")  # noqa: PTH118  # bytes and speed
        self.marks[path] = mark(path)
        try:
            said = document(content(path, _LARGEST_PARAMS, self.blobs))
        except Refused:
            return None
        except OSError as error:
            self._complain(path, error)
            return None
        return options(said) if isinstance(said, dict) else None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # where the file system does not tell kinds with names
        return False


def _layers(manifest: object) -> dict[str, list[str]]:
    """Return the digests of a manifest's layers by their kind; raises Refused if it lists none."""
    layers = manifest.get("layers") if isinstance(manifest, dict) else None
    if not isinstance(layers, list):
        raise Refused("no manifest")
    found: dict[str, list[str]] = {}
    for layer in layers:
        kind, digest = (layer.get("mediaType"), layer.get("digest")) if isinstance(layer, dict) else (0, 0)
        if isinstance(kind, str) and kind.startswith(_LAYER) and (known := hexadecimal(digest)):
            kept = found.setdefault(kind.removeprefix(_LAYER), [])
            kept[:] = [*kept, known][-_MOST_KEPT:]
    return found
