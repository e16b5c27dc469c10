"""What `journalctl --output=json` says: an object a line, its fields in one of several shapes."""

import json
from collections.abc import Callable, Iterator, Mapping


def texts(records: bytes) -> Iterator[tuple[bytes, Callable[[], str]]]:
    for record in records.splitlines():
        entry = decoded(record)
        # mypy cannot tell the type of a lambda with a default.
        yield data(entry.get("MESSAGE")), lambda entry=entry: str(entry.get("__CURSOR", ""))  # type: ignore[misc]


def decoded(record: bytes) -> Mapping[str, object]:
    try:
        entry = json.loads(record)
    except ValueError:  # longer than the splitter keeps: no cursor either
        return {}
    return entry if isinstance(entry, dict) else {}


def entry(found: Mapping[str, object]) -> tuple[Callable[[str], bytes], float]:
    """Return what gives an entry's fields, and when it was logged (s since the epoch)."""
    at = str(found.get("__REALTIME_TIMESTAMP"))
    return lambda name: data(found.get(name)), int(at) / 1e6 if at.isdecimal() else 0.0


def data(field: object) -> bytes:
    """Return a field's bytes: text, or a list of numbers if it has unprintable ones, or null if too long."""
    if isinstance(field, str):
        return field.encode("utf-8", "surrogatepass")
    if isinstance(field, list) and field:
        if all(isinstance(one, int) for one in field):
            return bytes(one & 0xFF for one in field)
        return data(field[0])  # the entry has the field several times
    return b""
