"""What a sink showed and what its user muted, kept over restarts: so that pop-ups can still be taken away."""

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

_VERSION = 1
_LARGEST = 4 << 20  # bytes of a file that we wrote


@dataclass(slots=True)
class Remembered:
    """Belongs to one thread."""

    server: tuple[str, str] = ("", "")  # who shows: bus and unique name
    shown: dict[str, int] = field(default_factory=dict)  # a pop-up's key -> the server's number; 0: put away
    muted: dict[str, float] = field(default_factory=dict)  # a pop-up's key -> until when, s since the epoch
    unseen: set[str] = field(default_factory=set)  # keys of alerts that nobody was there to show


class Keeper:
    """The file of it; without a path nothing outlives us. What cannot be written is said once."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept: Remembered | None = None
        self._trouble = ""

    def load(self) -> Remembered:
        """Return what was kept, or nothing: a file that is not ours costs pop-ups that stay."""
        if self._path is None:
            return Remembered()
        try:
            with self._path.open("rb") as file:
                return _remembered(json.loads(file.read(_LARGEST)))
        except FileNotFoundError:
            return Remembered()
        except (OSError, LookupError, TypeError, ValueError, AttributeError) as error:
            _log.warning("%s: cannot be read, what was shown is not known: %s", self._path, error)
            return Remembered()

    def keep(self, found: Remembered) -> None:
        """Write it, if it is not what was written last."""
        if self._path is None or found == self._kept:
            return
        try:
            write_whole(
                self._path, json.dumps({"version": _VERSION, **asdict(found), "unseen": sorted(found.unseen)})
            )
            self._kept, self._trouble = found, ""
        except OSError as error:
            if str(error) != self._trouble:
                _log.warning("%s: cannot be written: %s", self._path, error.strerror)
            self._trouble = str(error)


def write_whole(path: Path, text: str) -> None:
    """Put `text`, ASCII for nobody else, durably in the place of what `path` holds; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _remembered(data: Any) -> Remembered:
    if data["version"] != _VERSION:
        raise ValueError(f"written by another release: {data['version']}")
    bus, name = data["server"]
    return Remembered(
        (str(bus), str(name)),
        {str(key): int(number) for key, number in data["shown"].items()},
        {str(key): float(until) for key, until in data["muted"].items()},
        {str(key) for key in data.get("unseen", ())},
    )
