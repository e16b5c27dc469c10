"""The access log of the web framework: one line a finished request (reference 9)."""

import re

from ollama_watch.parse import events as ev
from ollama_watch.parse.clock import duration, local

_ANSI = r"(?:\x1b\[[0-9;]*m)*"
_ACCESS = re.compile(
    rf"\[GIN\] (\d{{4}}/\d\d/\d\d) - (\d\d:\d\d:\d\d) \|{_ANSI}\s*(\d+)\s*{_ANSI}\|\s*(\S+)\s*\|\s*(\S+)\s*\|"
    rf'{_ANSI}\s*([A-Z]+)\s*{_ANSI}\s*"([^"?]*)'
)


def access(text: bytes) -> ev.Access | None:
    """Return the request that a `[GIN]` line reports, or None."""
    found = _ACCESS.search(text.decode("utf-8", "replace"))
    ended = local(found[1], found[2]) if found else None
    if found is None or ended is None:
        return None
    return ev.Access(int(found[3]), ended, duration(found[4]), found[5], found[6], found[7])
