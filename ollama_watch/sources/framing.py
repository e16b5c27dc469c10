"""Lines that a container runtime wrote around the program's own: joined where it cut them.

docker's json-file cuts after 16 KiB (the part lacks its newline), CRI marks parts with P and the last with F.
Each line is recognised by itself; what is neither is left as it is.
"""

import json
import re

from ollama_watch.sources.lines import MOST

_CRI = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::\S*)? ?")
_DOCKER = b'{"log":'
SIGNS = (_DOCKER, b" std")  # one of them is in every such line, and hardly in any other


def framed(text: bytes) -> bool:
    """Tell whether a line is one that a container runtime wrote."""
    return text.startswith(_DOCKER) or _CRI.match(text) is not None


class Unframer:
    """Joins the parts of one file's lines. Keeps at most one unfinished line a stream."""

    def __init__(self) -> None:
        self._parts: dict[str, bytearray] = {}
        self._began: dict[str, int] = {}  # number of the first part

    @property
    def joining(self) -> bool:
        """Tell whether a line has begun whose end was not seen."""
        return bool(self._parts)

    def feed(self, text: bytes, number: int) -> tuple[bytes, int] | None:
        """Return a whole line and the number of its first part, or None if this is but a part."""
        if text.startswith(_DOCKER):
            found = _docker(text)
        elif frame := _CRI.match(text):
            found = (frame[1].decode(), text[frame.end() :], frame[2] == b"F")
        else:
            found = None
        return self._joined(*found, number) if found else (text, number)

    def _joined(
        self,
        stream: str,
        part: bytes,
        whole: bool,  # noqa: FBT001  # as the format's own fields stand
        number: int,
    ) -> tuple[bytes, int] | None:
        if whole and stream not in self._parts:
            return part, number
        kept = self._parts.setdefault(stream, bytearray())
        self._began.setdefault(stream, number)
        kept += part[: MOST - len(kept)]
        if not whole:
            return None
        return bytes(self._parts.pop(stream)), self._began.pop(stream)


def _docker(text: bytes) -> tuple[str, bytes, bool] | None:
    """Return stream, text and whether it is the end of its line; None if it is no such record."""
    try:
        record = json.loads(text)
        log, stream = record["log"], "stderr" if record.get("stream") == "stderr" else "stdout"
        part = log.encode("utf-8", "surrogatepass")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None
    return stream, part.rstrip(b"\r\n"), part.endswith(b"\n")
