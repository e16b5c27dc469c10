"""What people were shown, kept over restarts of the agent: so nothing is told twice."""

import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.sinks.remembered import write_whole

_log = logging.getLogger(__name__)

_VERSION = 1
_MOST = 10_000  # alerts: a fleet's daemon has thousands, and what is forgotten while it fires is told anew
_LARGEST = 4 << 20  # bytes of a file that we wrote


@dataclass(frozen=True, slots=True)
class Told:
    """What people were shown of one alert."""

    key: str
    told: float  # which telling of the daemon's it was, s since the epoch
    severity: Severity
    actual: str | None = None  # its value then; None: an older release showed it


@dataclass(slots=True)
class Memory:
    """Belongs to one thread."""

    told: OrderedDict[str, Told] = field(default_factory=OrderedDict)  # by the alert's id
    muted: dict[str, float] = field(default_factory=dict)  # a pop-up's key -> until when, s since the epoch
    server: tuple[str, str] = ("", "")  # who shows: bus and unique name
    shown: dict[str, int] = field(default_factory=dict)  # a pop-up's key -> the server's number; 0: put away

    def remember(self, told: Mapping[str, Told]) -> None:
        """Take in what was just shown, by the alert's id."""
        for number, one in told.items():
            self.told[number] = one
            self.told.move_to_end(number)
        while len(self.told) > _MOST:
            self.told.popitem(last=False)


def load(path: Path) -> Memory:
    """Return what was saved at `path`, or an empty memory: a file that is not ours costs a repetition."""
    try:
        with path.open("rb") as file:
            return _memory(json.loads(file.read(_LARGEST)))
    except FileNotFoundError:
        return Memory()
    except (OSError, LookupError, TypeError, ValueError, AttributeError) as error:
        _log.warning("%s: cannot be read, what was shown is not known: %s", path, error)
        return Memory()


def save(path: Path, memory: Memory) -> None:
    """Write it whole; raises OSError."""
    data = {
        "version": _VERSION,
        "told": {name: [one.key, one.told, one.severity, one.actual] for name, one in memory.told.items()},
        "muted": memory.muted,
        "server": memory.server,
        "shown": memory.shown,
    }
    write_whole(path, json.dumps(data))


def _memory(data: Any) -> Memory:
    if data["version"] != _VERSION:
        raise ValueError(f"written by another release: {data['version']}")
    bus, name = data["server"]
    return Memory(
        OrderedDict((str(number), _told(*one)) for number, one in data["told"].items()),
        {str(key): float(until) for key, until in data["muted"].items()},
        (str(bus), str(name)),
        {str(key): int(number) for key, number in data["shown"].items()},
    )


def _told(key: Any, told: Any, severity: Any, actual: Any = None) -> Told:
    value = None if actual is None else str(actual)
    return Told(str(key), float(told), SEVERITIES[SEVERITIES.index(severity)], value)
