"""The state directory: one file, replaced whole, one that grows until that is done, and a lock on it.

What is written outlives a kill at once, and a power cut when it is settled: that takes the disk milliseconds.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from ollama_watch.app.encoder import PATHS, as_bytes
from ollama_watch.app.homes import own_home
from ollama_watch.app.settled import Settled
from ollama_watch.errors import UserError

_log = logging.getLogger(__name__)
_MOST = 1024  # parts that the kernel takes at once
_LARGEST = 64 << 20  # characters; a thousand models have some megabytes

T = TypeVar("T")


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return where state belongs: systemd's StateDirectory=, else the user's own."""
    if folder := environ.get("STATE_DIRECTORY"):
        return Path(folder.split(":")[0])
    home = environ.get("XDG_STATE_HOME") or own_home(environ) / ".local/state"
    return Path(home) / "ollama-watchd"


class Store:
    """A folder that belongs to this process alone, until `close`."""

    def __init__(self, folder: Path) -> None:
        """Make and lock the folder; raises UserError if it cannot be had."""
        self.folder = folder
        self.failures = 0  # of saving
        self._file = folder / "checkpoint.json"
        self._new = folder / "checkpoint.new"  # if all of it is there, it is newer
        self._written: int | None = None  # that file, until it is settled
        self._trouble = ""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            hint = "name another folder with --state DIR"
            raise UserError(f"cannot keep state in {folder}: {error.strerror}", hint=hint) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            hint = "stop that one, or give this one a folder of its own with --state DIR"
            raise UserError(f"another ollama-watchd keeps its state in {folder}", hint=hint) from error
        self.settled = Settled(folder)

    def load(self, read: Callable[[str], T]) -> T | None:
        """Return what was saved; what cannot be read is set aside with one message, and None comes back."""
        with suppress(OSError, ValueError):  # none, or half a one
            found = read(_text(self._new))
            self._new.replace(self._file)  # a kill came before that
            return found
        try:
            return read(_text(self._file))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:  # Unfit is one, and so is what is no text
            aside = self._file.with_suffix(".unreadable")
            with suppress(OSError):
                self._file.replace(aside)
            _log.warning("state: %s cannot be read (%s), set aside as %s", self._file, error, aside.name)
            return None

    def save(self, text: str) -> bool:
        """Put `text` durably in the place of what was saved; tell trouble once, return whether it worked."""
        self.write(as_bytes(text))
        return self.settle()

    def write(self, *parts: bytes) -> None:
        """Let these be what `load` finds, unless the machine itself goes down before `settle`."""
        try:
            self._written = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            _write(self._written, parts)
        except OSError as error:
            self._failed(error)

    def settle(self) -> bool:
        """Put on the disk what was written; return whether it is there."""
        if self._written is None:
            return False
        try:
            os.fsync(self._written)
            self._new.replace(self._file)
            self._sync_folder()
        except OSError as error:
            self._failed(error)
            return False
        self._close()
        self._tell("")
        return True

    def close(self) -> None:
        self.settled.close()
        os.close(self._lock)

    def _failed(self, error: OSError) -> None:
        self.failures += 1
        self._close()
        with suppress(OSError):  # what was saved before counts
            self._new.unlink()
        self._tell(f"state: cannot be saved in {self.folder}: {error.strerror}; watching goes on")

    def _close(self) -> None:
        if self._written is not None:
            os.close(self._written)
            self._written = None

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            _log.error("%s", trouble)
        elif self._trouble and not trouble:
            _log.info("state: saved again")
        self._trouble = trouble


def _write(file: int, parts: Sequence[bytes]) -> None:
    """Write all of it; a disk that has room for some says so only to who tries again."""
    for at in range(0, len(parts), _MOST):
        some = parts[at : at + _MOST]
        if os.writev(file, some) < sum(map(len, some)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _text(file: Path) -> str:
    with file.open(encoding="utf-8", errors=PATHS) as stream:
        return stream.read(_LARGEST)
