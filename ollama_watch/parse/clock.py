"""The times that records carry (reference 9 and 13)."""

import re
from datetime import UTC, datetime
from functools import lru_cache

_TIME = re.compile(rb"time=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))")
_LATENCY = re.compile(r"(?<!\d)(\d{1,12}(?:\.\d{1,12})?)(h|ms|m|s|µs|μs|us|ns)")
_MINUTE, _SECOND = 60.0, 1.0
_UNIT = {
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "µs": 1e-6,
    "μs": 1e-6,
    "us": 1e-6,
    "ns": 1e-9,
}


def written(text: bytes) -> tuple[float, int] | None:
    """Return the moment of `time=` (s since the epoch) and its zone (s east of UTC), or None."""
    found = _TIME.search(text)
    try:
        moment = datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None
    offset = moment.utcoffset() if moment else None
    return (moment.timestamp(), int(offset.total_seconds())) if moment and offset is not None else None


@lru_cache(4096)  # requests end many in a second
def local(date: str, time: str) -> float | None:
    """Return "2026/01/31" and "12:00:00" as if they were UTC."""
    try:
        year, month, day = map(int, date.split("/"))
        hour, minute, second = map(int, time.split(":"))
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None


@lru_cache(4096)
def read_as_utc(moment: float) -> str:
    """Return what `local` read, in the one way in which it is written: "2026/01/31 - 12:00:00"."""
    return datetime.fromtimestamp(moment, UTC).isoformat(" ")[:19].replace("-", "/").replace(" ", " - ")


def duration(text: str) -> float:
    """Return what Go prints for a duration ("1m2s", "7.69s", "12.034µs") in seconds."""
    if one := _LATENCY.fullmatch(text):
        return float(one[1]) * _UNIT[one[2]]
    return sum(float(number) * _UNIT[unit] for number, unit in _LATENCY.findall(text))


def longest(latency: float) -> float:
    """Return how long a request may have taken at most (s): from a minute on its seconds are cut off."""
    return latency + (_SECOND if latency >= _MINUTE else 0.0)
