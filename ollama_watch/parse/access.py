"""The access log of the web framework: one line a finished request (reference 9)."""

import re
from sys import intern

from ollama_watch.parse import events as ev
from ollama_watch.parse.clock import duration, local

_ANSI = r"(?:\x1b\[[0-9;]*+m|\s)*+"  # colours and blanks around a column
_ACCESS = re.compile(
    rf"\[GIN\] (\d{{4}}/\d\d/\d\d) - (\d\d:\d\d:\d\d) \|{_ANSI}([0-9]{{1,3}}){_ANSI}\|"
    rf"\s*+([^\s|]{{1,40}})\s*+\|\s*+([^\s|]{{1,100}})\s*+\|"
    rf'{_ANSI}([A-Z]{{1,20}}){_ANSI}"([^"?]{{0,200}})'
)


def access(text: bytes) -> ev.Access | None:
    """Return the request that a `[GIN]` line reports, or None."""
    found = _ACCESS.search(text.decode("utf-8", "replace"))
    ended = local(found[1], found[2]) if found else None
    if found is None or ended is None:
        return None
    client, method, path = map(intern, (found[5], found[6], found[7]))  # many are remembered, of few clients
    return ev.Access(int(found[3]), ended, duration(found[4]), client, method, path)
