"""A log file under every kind of rotation, and one that is a symbolic link which is flipped."""

import gzip
import re
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path
from random import Random

_NUMBERED = re.compile(r"server\.log\.(\d+)(\.gz)?")


class Plain:
    """A file that is rotated: server.log.1 is the newest of its rotated ones."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        self._log = folder / "server.log"
        self._stream = self._log.open("ab", buffering=0)
        self.arguments = ["--file", str(self._log)]
        self.prefix: list[str] = []
        self.disturbances: Counter[str] = Counter()
        self._pause = 0.0  # s that a rotation takes, mostly short

    def write(self, text: str) -> None:
        self._stream.write(text.encode())

    def disturb(self, random: Random, between: str) -> None:
        ways = (
            self._rename,
            self._copy_and_truncate,
            self._truncate,
            self._delete,
            self._rename_twice,
            self._pack,
        )
        way = random.choice(ways)
        self.disturbances[way.__name__.strip("_").replace("_", " ")] += 1
        self._pause = 2 * random.random() ** 6
        way(between)

    def held(self) -> str:
        return "".join(map(_text, self._log.parent.glob("server.log*")))

    def close(self) -> None:
        self._stream.close()

    def _rename(self, between: str) -> None:
        self._shift()
        self._log.rename(self._log.with_name("server.log.1"))
        self.write(between)  # the server has not been told yet
        time.sleep(self._pause)
        self._new()

    def _rename_twice(self, between: str) -> None:
        self._rename("")
        self._rename(between)

    def _copy_and_truncate(self, between: str) -> None:
        self.write(between)
        self._shift()
        shutil.copyfile(self._log, self._log.with_name("server.log.1"))
        time.sleep(self._pause)
        self._stream.truncate(0)

    def _truncate(self, between: str) -> None:
        self._stream.truncate(0)
        self.write(between)

    def _delete(self, between: str) -> None:
        self._log.unlink()
        time.sleep(self._pause)
        self._new()
        self.write(between)

    def _pack(self, between: str) -> None:
        self._rename(between)
        _pack(self._log.with_name("server.log.1"))

    def _new(self) -> None:
        self._stream.close()
        self._stream = self._log.open("ab", buffering=0)

    def _shift(self) -> None:
        """Make room for a new server.log.1."""
        found = (_NUMBERED.fullmatch(path.name) for path in self._log.parent.iterdir())
        for one in sorted(filter(None, found), key=lambda match: -int(match[1])):
            older = f"server.log.{int(one[1]) + 1}{one[2] or ''}"
            self._log.with_name(one[0]).rename(self._log.with_name(older))


class Linked:
    """A link that is flipped to the newest file: server-0001.log, then server-0002.log."""

    name = "links"

    def __init__(self, folder: Path) -> None:
        self._log = folder / "server.log"
        self._number = 0
        self._flip()
        self.arguments = ["--file", str(self._log)]
        self.prefix: list[str] = []
        self.disturbances: Counter[str] = Counter()

    def write(self, text: str) -> None:
        with self._log.open("ab", buffering=0) as stream:
            stream.write(text.encode())

    def disturb(self, random: Random, between: str) -> None:
        way = random.choice(("flip", "flip twice", "flip and pack"))
        self.disturbances[way] += 1
        before = self._log.resolve()
        self._flip()
        self.write(between)
        if way == "flip twice":
            self._flip()
        if way == "flip and pack":
            _pack(before)

    def held(self) -> str:
        return "".join(map(_text, self._log.parent.glob("server-*")))

    def _flip(self) -> None:
        self._number += 1
        target = self._log.with_name(f"server-{self._number:04}.log")
        target.touch()
        link = self._log.with_name("link")
        link.symlink_to(target.name)
        link.replace(self._log)


def _pack(path: Path) -> None:
    subprocess.run(["gzip", str(path)], check=True)  # noqa: S607  # wherever it is


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
