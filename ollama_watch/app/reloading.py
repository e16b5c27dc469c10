"""Taking in changed rules and wishes while running; a mistake in them keeps the old ones in force."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ollama_watch.app.config import Config
from ollama_watch.errors import UserError
from ollama_watch.verify.folders import yaml_files

_log = logging.getLogger(__name__)

Signature = tuple[tuple[str, int, int, int], ...]  # path, inode, size, time of change (ns)


@dataclass(slots=True)
class Reloading:
    """Knows which files make up the configuration, and when they changed. Belongs to the loop's thread."""

    load: Callable[[], Config]  # raises UserError
    paths: tuple[Path, ...]  # files, and folders whose YAML files belong to it
    at: float  # when what is in force was read (s since the epoch)
    successful: bool = True
    asked: bool = False  # by SIGHUP
    _seen: Signature = field(init=False)
    _changing: Signature | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._seen = signature(self.paths)

    def due(self) -> bool:
        """Tell whether to load again: somebody asked, or files changed and have come to rest."""
        now = signature(self.paths)
        rests = now == self._changing
        self._changing = now if now != self._seen else None
        return self.asked or (rests and now != self._seen)

    def again(self, now: float) -> Config | None:
        """Return the configuration as it is on disk; None, and a message, if there is a mistake in it."""
        self.asked, self._changing = False, None
        self._seen = signature(self.paths)
        try:
            config = self.load()
        except UserError as error:
            self.successful = False
            _log.error("reload: the old configuration stays in force: %s", error)  # no bug of ours
            return None
        self.successful, self.at = True, now
        _log.info("reload: %d rules and %d wishes in force", len(config.rules), len(config.want))
        return config


def signature(paths: Iterable[Path]) -> Signature:
    """Return what tells one state of the files from another."""
    found = []
    for path in paths:
        for file in yaml_files(path) if path.is_dir() else [path]:
            with suppress(OSError):
                there = file.stat()
                found.append((str(file), there.st_ino, there.st_size, there.st_mtime_ns))
    return tuple(found)
