r"""From a line to events: find the record inside it, whatever stands around (reference: wrappers).

journald, docker compose, kubectl and syslog put something in front; other programs put a whole record,
escaped, into a field of their own. Lines are never joined: a cut one tells less, never something else.
Of a line that is longer than any record the rest is not read: whoever made it wants our time.
"""

import re
from collections.abc import Iterator

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.access import access
from ollama_watch.parse.clock import local, written
from ollama_watch.parse.llamacpp import raw
from ollama_watch.parse.logfmt import Attributes, message, unescape
from ollama_watch.parse.server import MESSAGES, server_config, worded

_ANSI = re.compile(rb"\x1b\[[0-9;]*+m")
# What Go's plain logger wrote up to 0.6.8: "2024/09/03 12:00:00 routes.go:1125: INFO server config env=…"
_PLAIN = re.compile(
    rb"(\d{4}/\d\d/\d\d) (\d\d:\d\d:\d\d) [^\s:]{1,200}\.go:\d{1,9}: (?:(?:INFO|WARN|ERROR) )?"
    rb"(server config|invalid environment variable, using default|Listening on [^\n]*)"
)
LONGEST = 64 << 10  # bytes read of a line; journald cuts at 48 KiB, Ollama's start line has 3
_MOST_PARTS = 1000  # lines inside one line
# The first msg= tells whose record it is. msg=\"starting …\" and msg=load request=\"…\" stand in a field of
# somebody else's; behind a msg= of Ollama's own it is text that a client sent.
_FIRST = re.compile(rb'(?<![\w.])msg=((?:\w{1,40} \w{1,40}=)?\\+")?')
# What a client asked for may look like a record.
_REQUEST = re.compile(rb'\[GIN\] [^"\n]{0,300}"(?:[^"\\]++|\\.)*+(?:"|$)')
_OF_A_PAGE = re.compile(rb"msg=(?:\w{1,40} \w{1,40}=)?&(?:quot|#34);")  # copied as its source has it
_ENTITIES = ((b"&quot;", b'"'), (b"&#34;", b'"'), (b"&lt;", b"<"), (b"&gt;", b">"), (b"&amp;", b"&"))
_NOT_OWN = (b"msg=", b"[GIN]", b".go:", b"\x1b", b"\0", b"&", b'\\"')  # of which one is in any other line
_NESTED = 2  # levels of escaping that were seen in the wild
_WRAPPERS = (b"mlx-runner", b"image-runner")  # msg=mlx-runner msg="<the child's line>"
_SECOND = re.compile(rb'\smsg="((?:[^"\\]++|\\.)*+)"')


def parse(line: Line) -> list[ev.Stamped]:
    """Return what `line` announces, in its order; mostly nothing, hardly ever more than one."""
    text = line.text
    if text.startswith(b"\0"):  # a hole in the file, see `sources.lines`
        text = text.lstrip(b"\0")
    if len(text) > LONGEST:
        text = text[:LONGEST]
        text = text[: text.rfind(b" ") + 1]  # half a word could be half a number
    return list(_events(text, _NESTED))


def prompt_size(text: bytes) -> int | None:
    """Return the tokens of a prompt if a line is llama.cpp's own and `parse` reads nothing else in it."""
    if len(text) > LONGEST or any(sign in text for sign in _NOT_OWN):
        return None
    event = raw(text)
    return event.tokens if isinstance(event, ev.PromptSize) else None


def _events(text: bytes, nested: int) -> Iterator[ev.Stamped]:
    if b"[GIN] " in text and b"msg=" in text and (asked := _REQUEST.search(text)):
        if found := access(asked[0]):
            yield ev.Stamped(found, None)
        text = _REQUEST.sub(b"", text)
    text = _undone(text)
    if nested and b'\\"' in text and (first := _FIRST.search(text)) and first[1]:
        for part in unescape(text).splitlines()[:_MOST_PARTS]:
            yield from _events(part, nested - 1)
    elif b"msg=" in text:
        yield from _record(text, nested)
    elif b"[GIN]" in text:
        if found := access(text):
            yield ev.Stamped(found, None)
    elif (event := raw(text)) or (event := _plain(text)):
        yield ev.Stamped(event, None)


def _undone(text: bytes) -> bytes:
    """Return a line without colours, and with the signs that the source of a page has as entities."""
    if b"\x1b" in text and b"[GIN]" not in text:
        text = _ANSI.sub(b"", text)
    if b"&" in text and _OF_A_PAGE.search(text):
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
    return text


def _record(text: bytes, nested: int) -> Iterator[ev.Stamped]:
    found = message(text)
    if found is None:
        return
    words, end = found
    if words in _WRAPPERS and nested and (child := _SECOND.search(text, end)):
        yield from _events(unescape(child[1]), nested - 1)
        return
    read = MESSAGES.get(words)
    attributes = Attributes(text, end)
    event = read(attributes) if read else worded(words, attributes)
    if event is not None:
        moment = written(text)
        yield ev.Stamped(event, *(moment or (None, None)))


def _plain(text: bytes) -> ev.Event | None:
    found = _PLAIN.search(text) if b".go:" in text else None
    if found is None or local(found[1].decode(), found[2].decode()) is None:
        return None
    read = MESSAGES.get(found[3])
    return read(Attributes(text, found.end())) if read else worded(found[3], Attributes(b"", 0))


__all__ = ["parse", "server_config"]
