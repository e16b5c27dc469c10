"""What systemd says of Ollama's unit where a journal was copied into a text file."""

import re
from typing import Literal

_BY = b" systemd["
_NOTICE = re.compile(
    rb" systemd\[\d+\]: (?:[\w@.-]*ollama[\w@.-]*\.service: "
    rb"(?:(Failed with result )|Deactivated successfully|Main process exited)|Stopped .*\bollama)",
    re.IGNORECASE,
)


def kind(text: bytes) -> Literal["", "stopped", "failed"]:
    """Return what a line is: see `model.Line.kind`."""
    if _BY not in text or not (found := _NOTICE.search(text)):
        return ""
    return "failed" if found[1] else "stopped"
