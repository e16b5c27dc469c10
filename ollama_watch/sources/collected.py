"""The folder into which systemd-journal-remote writes the journals of many hosts.

A host's entries go into remote-HOST.journal. What is rotated is called remote-HOST@SERIES-FIRST-TIME.journal,
what a crash left behind remote-HOST@TIME-RANDOM.journal~. HOST is what the receiver knows it by: the name in
its certificate, over plain HTTP its address.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ollama_watch.sources.journalheader import Header, header_at

_NAME = re.compile(
    r"remote-(?P<host>.+?)(?P<rotated>@[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{16}|@[0-9a-f]{16}-[0-9a-f]{16})?"
    r"\.journal~?"
)
_CURSOR = re.compile(r"s=([0-9a-f]{32});i=([0-9a-f]{1,16});")
_SETTLED = 1.0  # s; a folder that was changed just now may change again under the same time stamp


@dataclass(frozen=True, slots=True)
class HostFile:
    """One journal file of a host."""

    path: Path
    live: bool  # it has the name that is written to; else it was rotated away
    header: Header
    modified: int  # ns since the epoch
    inode: int


class Collected:
    """The journal files of one folder, by host. Reads it again only where it has changed."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.trouble: str | None = None  # why nothing or not all can be seen, for people
        self.denied = False  # it is for want of rights
        self._clock = clock
        self._hosts: dict[str, tuple[HostFile, ...]] = {}
        self._rotated: dict[tuple[str, int], HostFile] = {}  # by name and inode: they do not change any more
        self._seen = -1  # time stamp of the folder when it was read, ns
        self._again = 0.0  # when to read it again, whatever its time stamp says

    @property
    def hosts(self) -> Mapping[str, tuple[HostFile, ...]]:
        """Return each host's files, in the order in which they were written."""
        try:
            changed = self.path.stat().st_mtime_ns
            if changed != self._seen or 0 < self._again <= self._clock():
                self._look(changed)
        except OSError as error:
            self._fail(error)
        return self._hosts

    def _look(self, changed: int) -> None:
        found: defaultdict[str, list[HostFile]] = defaultdict(list)
        unfinished, self.denied = False, False
        for path in sorted(self.path.iterdir()):
            if name := _NAME.fullmatch(path.name):
                file = self._file(path, live=name["rotated"] is None and path.suffix == ".journal")
                unfinished = unfinished or file is None
                found[name["host"]] += [file] if file else []
        now = self._clock()
        self._seen = changed
        self._again = now + _SETTLED if unfinished or abs(now - changed / 1e9) < _SETTLED else 0.0
        self._hosts = {host: in_order(files) for host, files in found.items() if files}
        rotated = (file for files in found.values() for file in files if not file.live)
        self._rotated = {(file.path.name, file.inode): file for file in rotated}
        self.trouble = f"may not read the journals in {self.path}" if self.denied else None

    def _file(self, path: Path, *, live: bool) -> HostFile | None:
        """Return a file whose header could be read; what is only being made has none."""
        try:
            status = path.stat()
            if not live and (known := self._rotated.get((path.name, status.st_ino))):
                return known
            header = header_at(path)
        except PermissionError:
            self.denied = True
            return None
        except OSError:  # renamed or removed in this moment: the folder has changed again
            return None
        return HostFile(path, live, header, status.st_mtime_ns, status.st_ino) if header else None

    def _fail(self, error: OSError) -> None:
        self.denied = isinstance(error, PermissionError)
        self.trouble = (
            f"may not read the journals in {self.path}"
            if self.denied
            else f"{self.path}: {error.strerror or error}"
        )
        self._seen, self._hosts = -1, {}


def in_order(files: Iterable[HostFile]) -> tuple[HostFile, ...]:
    """Return a host's files as they were written: by number within a series, else by their last change.

    The order of the entries' own times means nothing: a host may deliver late, or have its clock set.
    """
    known = list(files)
    newest = {
        series: max(f.modified for f in known if f.header.series == series) for series in _series(known)
    }
    return tuple(sorted(known, key=lambda file: (file.live, newest[file.header.series], file.header.first)))


def holding(files: Sequence[HostFile], cursor: str) -> HostFile | None:
    """Return the file that the entry at `cursor` stands in."""
    found = _CURSOR.match(cursor)
    if not found:
        return None
    series, number = found[1], int(found[2], 16)
    begun = [one for one in files if one.header.series == series and 0 < one.header.first <= number]
    return begun[-1] if begun and (begun[-1].live or number <= begun[-1].header.last) else None


def after(files: Sequence[HostFile], one: HostFile) -> HostFile | None:
    """Return the file that was written after `one`, which may have been removed; None: that is the last."""
    ids = [file.header.file_id for file in files]
    if one.header.file_id in ids:
        later = files[ids.index(one.header.file_id) + 1 :]
    else:
        later = [file for file in files if _is_later(file, one)]
    return later[0] if later else None


def _is_later(file: HostFile, one: HostFile) -> bool:
    if file.header.series == one.header.series:
        return file.live or file.header.first > one.header.first
    return file.modified > one.modified


def _series(files: Iterable[HostFile]) -> set[str]:
    return {one.header.series for one in files}
