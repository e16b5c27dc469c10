"""Numbers, times and foreign words as people and programs can take them: a log may name a model anything."""

import json
import re
from datetime import UTC, datetime
from typing import Any

_LABEL = 200  # characters; a name is for people
_UNSEEN = re.compile(r"[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_LONE = re.compile(r"[\ud800-\udfff]")


def clean(text: object) -> str:
    """Return `text` without control characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(text))


def label(text: object) -> str:
    """Return `text` as the value of a metric's label: clean and not long."""
    found = clean(text)
    return found if len(found) <= _LABEL else f"{found[: _LABEL - 1]}…"


def to_json(data: Any, indent: int | None = None) -> str:
    """Return JSON that every decoder takes and no terminal obeys."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, allow_nan=False)
    if text.isascii() and "\x7f" not in text:  # most of it is, and looking at each character takes long
        return text
    return _UNSEEN.sub(_escaped, _LONE.sub("\N{REPLACEMENT CHARACTER}", text))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def moment(at: float | None) -> str | None:
    """Return an RFC 3339 time, or None where none is known, or none that there is: a log may say anything."""
    try:
        found = datetime.fromtimestamp(at, UTC) if at else None
    except (ValueError, OverflowError, OSError):
        return None
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z") if found else None


def layers(facts: dict[str, object]) -> str:
    """Return "37/37 layers rocm", as far as it is known."""
    done, total, library = facts["layers_offloaded"], facts["layers_total"], facts["library"]
    count = f"{done}/{total} layers" if done is not None else ""
    return " ".join(str(part) for part in (count, library) if part)
