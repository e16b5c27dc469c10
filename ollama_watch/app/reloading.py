"""Taking in changed rules and wishes while running; a mistake in them keeps the old ones in force."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ollama_watch.app.config import Config
from ollama_watch.errors import UserError
from ollama_watch.verify.folders import yaml_files

_log = logging.getLogger(__name__)

_AT_THE_START = ("http", "sinks", "sources", "models")  # keys that nothing asks for again
_EVERY = 0.9  # s between two looks: a turn without news comes after one
Signature = tuple[tuple[str, int, int, int], ...]  # path, inode, size, time of change (ns)


@dataclass(slots=True)
class Reloading:
    """Knows which files make up the configuration, and when they changed. Belongs to the loop's thread."""

    load: Callable[[], Config]  # raises UserError
    paths: Callable[[], tuple[Path, ...]]  # files, and folders whose YAML files belong to it
    at: float  # when what is in force was read (s since the epoch)
    started: Config = field(default_factory=Config)  # what the daemon was started with
    config: Config = field(init=False)  # what is in force, but for what needs a restart
    successful: bool = True
    asked: bool = False  # by SIGHUP
    pace: Callable[[], float] = time.monotonic
    needs_restart: tuple[str, ...] = ()  # keys that have changed and that no reload takes in
    _watched: tuple[Path, ...] = field(init=False)
    _seen: Signature = field(init=False)
    _changing: Signature | None = field(default=None, init=False)
    _next_look: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.config = self.started
        self._look()

    def due(self) -> bool:
        """Tell whether to load again: somebody asked, or files changed and have come to rest.

        They rest if they are the same in two looks, a second apart however often this is asked.
        """
        if not self.asked and self.pace() < self._next_look:
            return False
        self._next_look = self.pace() + _EVERY
        now = signature(self._watched)
        rests = now == self._changing
        self._changing = now if now != self._seen else None
        return self.asked or (rests and now != self._seen)

    def again(self, now: float) -> Config | None:
        """Return the configuration as it is on disk; None, and a message, if there is a mistake in it."""
        self.asked, self._changing = False, None
        self._look()
        try:
            config = self.load()
        except UserError as error:
            self.successful = False
            _log.error("reload: the old configuration stays in force: %s", error)  # no bug of ours
            return None
        self.successful, self.at, self.config = True, now, config
        self.needs_restart = tuple(
            key for key in _AT_THE_START if getattr(config, key) != getattr(self.started, key)
        )
        where = config.path or "no configuration"
        _log.info("reload: %s: %d rules and %d wishes in force", where, len(config.rules), len(config.want))
        if self.needs_restart:
            _log.warning("reload: needs a restart: %s", ", ".join(self.needs_restart))
        return config

    def _look(self) -> None:
        """Note which files there are now: before they are read, so that no change is missed."""
        self._watched = self.paths()
        self._seen = signature(self._watched)


def signature(paths: Iterable[Path]) -> Signature:
    """Return what tells one state of the files from another."""
    found: list[tuple[str, int, int, int]] = []
    for path in paths:
        with suppress(OSError):  # not there, or in a folder that we may not enter
            for file in yaml_files(path) if path.is_dir() else [path]:
                found += _of(file)
    return tuple(found)


def _of(file: Path) -> Signature:
    with suppress(OSError):
        there = file.stat()
        return ((str(file), there.st_ino, there.st_size, there.st_mtime_ns),)
    return ()
