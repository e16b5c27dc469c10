"""Lines as log pipelines hand them on: a JSON object a line, the log's own line in one of its fields.

Vector writes `message`, `host`, `timestamp`; Fluent Bit `log` and `date` (s since the epoch); Loki's logcli
`line`, `labels`, `timestamp`. A field may be named by its path: labels.host, kubernetes.node_name.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ollama_watch.model import Line
from ollama_watch.sources.framing import Unframer

_SHOWN = 20  # fields named in a message
_HOSTS = 1000  # told apart on one input
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # from there on: ns, µs, ms since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Jsonl:
    """Which fields are what."""

    message: str = "message"
    host: str | None = None  # None: all lines are one server's
    time: str | None = None  # when the line was logged; None: when it came


class JsonLines:
    """Takes the log's lines out of the records of one input. What is none is counted, and `say` told once."""

    def __init__(self, fields: Jsonl, say: Callable[[str], None]) -> None:
        self.malformed = 0  # records that are no objects, or have no message
        self.complaint = ""  # what is wrong with the first of them, for people
        self.given = 0  # lines
        self._fields, self._say = fields, say
        self._unframers: dict[str, Unframer] = {}  # by host
        self._hostless = self._crowded = False

    def feed(self, text: bytes, number: int, now: float) -> Iterator[Line]:
        """Yield the lines of one record, mostly one; `now`: when it came, s since the epoch, or 0."""
        if not text.strip():
            return
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            self._wrong(number, f"is no JSON: {error}")
            return
        if not isinstance(record, dict):
            self._wrong(number, f"is no JSON object but {type(record).__name__}")
            return
        message = found(record, self._fields.message)
        if not isinstance(message, str):
            self._wrong(number, f"has no text in the field {self._fields.message!r}; it has {_names(record)}")
            return
        host = self._host(record, number)
        at = moment(found(record, self._fields.time)) if self._fields.time else None
        unframer = self._unframers.setdefault(host, Unframer())
        for part in message.encode("utf-8", "surrogatepass").splitlines():
            if whole := unframer.feed(part, number):
                self.given += 1
                yield Line(*whole, at or now, host=host)

    def _host(self, record: Mapping[str, object], number: int) -> str:
        """Return whose line it is; empty where it is not told, or where there are too many."""
        if self._fields.host is None:
            return ""
        host = found(record, self._fields.host)
        if not isinstance(host, str | int) or not str(host).strip():
            if not self._hostless:
                self._hostless = True
                has = f"line {number} has no field {self._fields.host!r}; it has {_names(record)}"
                self._say(f"{has}: such lines are taken to be of one host")
            return ""
        name = str(host).strip()
        if name not in self._unframers and len(self._unframers) >= _HOSTS:
            if not self._crowded:
                self._crowded = True
                self._say(f"more than {_HOSTS} hosts: the others are taken to be one")
            return ""
        return name

    def _wrong(self, number: int, what: str) -> None:
        self.malformed += 1
        if self.malformed == 1:
            self.complaint = f"line {number} {what}"
            self._say(f"{self.complaint}: such lines are counted and passed over")


def found(record: Mapping[str, object], path: str) -> object:
    """Return what a field holds, named as it stands or by its path; None if there is none."""
    if path in record:
        return record[path]
    name, dot, rest = path.partition(".")
    inner = record.get(name)
    while dot:
        if isinstance(inner, dict):
            return found(inner, rest)
        more, dot, rest = rest.partition(".")  # a name may hold dots itself
        name = f"{name}.{more}"
        inner = record.get(name)
    return None


def moment(value: object) -> float | None:
    """Return s since the epoch for RFC 3339 or a number of s, ms, µs or ns; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(_microseconds(value)).timestamp()
        except (ValueError, OverflowError, OSError):
            value = float(value) if value.isascii() and value.isdecimal() else None
    if not isinstance(value, int | float) or not 0 < value < float("inf"):
        return None
    return value / next((unit for least, unit in _UNITS if value >= least), 1.0)


def _microseconds(text: str) -> str:
    """Python reads no more than six digits of a second."""
    head, dot, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{head}.{rest[: min(digits, 6)]}{rest[digits:]}" if dot else text


def _names(record: Mapping[str, object]) -> str:
    """Return the fields of a record by their paths, for people."""
    names = list(_paths(record, ""))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none"


def _paths(record: Mapping[str, object], above: str) -> Iterator[str]:
    for name, value in record.items():
        if isinstance(value, dict) and value and above.count(".") < 2:  # noqa: PLR2004  # deep enough to read
            yield from _paths(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"
