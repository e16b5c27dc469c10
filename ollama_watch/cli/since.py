"""The moment that `--since` names."""

import re
from datetime import datetime

from ollama_watch.errors import UserError

_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def moment(text: str, now: float) -> float:
    """Return seconds since the epoch; a time without a zone is local. Raises UserError.

    2h, 1h30m and 7d count back from `now`; 2026-01-31, 2026-01-31 12:00 and RFC 3339 are as they say.
    """
    if _SPAN.fullmatch(text):
        return now - sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError) as error:
        hint = "write 2h or 7d, 2026-01-31 12:00 (local time), or 2026-01-31T12:00:00Z"
        raise UserError(f"--since: {text!r} is no time", hint=hint) from error
