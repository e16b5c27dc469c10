"""Requests that are counted in a block are those that `parse` reads in its lines."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.accesses import Served, accesses
from tests.support.golden import LINES

USUAL = b'[GIN] 2026/01/05 - 08:00:01 | 200 |    1.902311s |    10.0.0.7 | POST     "/api/chat"'
COLOURED = (
    b'[GIN] 2026/01/05 - 08:00:01 |\x1b[97;42m 200 \x1b[0m| 2m3s | ::1 |\x1b[9m GET \x1b[0m "/v1/models"'
)
PARTS = (
    b"[GIN]", b"[GIN-debug] ", b" ", b"|", b'"', b"?x=1", b"\r", b"msg=", b'msg=\\"', b"\\n", b"\x1b[0m",
    b"\0", b"\xc2\x85", b"\xe2\x80\xa8", b"12\xc2\xb5s", b"2026/02/30", b"99:00:00", b"x" * 200, b"/v1/chat",
)  # fmt: skip


def one_by_one(block: bytes) -> list[Served]:
    """A word in colours is no sign of a request: such a line is read whole (`parse.telling`)."""
    found = []
    for number, text in enumerate(block[:-1].split(b"\n")):
        if b"[GIN]" not in text:
            continue
        for stamped in parse(Line(text.removesuffix(b"\r"), number, 0.0)):
            if isinstance(one := stamped.event, ev.Access):
                served = Served(number, b"%d" % one.status, one.method.encode(), one.path.encode())
                found.append(served)
    return found


def damaged(text: bytes, places: list[tuple[int, int, bytes]]) -> bytes:
    """Return a line with some of its bytes replaced."""
    for at, length, part in places:
        start = at % (len(text) + 1)
        text = text[:start] + part + text[start + length :]
    return text


places = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 12), st.sampled_from(PARTS)), max_size=3)
requests = st.builds(damaged, st.sampled_from((USUAL, USUAL, COLOURED)), places)
lines = st.one_of(st.just(USUAL), requests, requests, st.sampled_from(LINES), st.binary(max_size=8))


@settings(max_examples=1000, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12))
@example([USUAL, b"", USUAL + USUAL, b"x " + USUAL, USUAL + b"\r", USUAL])
@example([b"[\x1b[0m" + USUAL[1:]])
@example([b'{"log": "msg=\\"x\\"\\n' + USUAL + b"\\n" + USUAL])
def test_any_lines(texts: list[bytes]) -> None:
    block = b"\n".join(texts) + b"\n"

    assert list(accesses(block)) == one_by_one(block)


def test_every_golden_line() -> None:
    block = b"\n".join(LINES) + b"\n"

    assert list(accesses(block)) == one_by_one(block) != []
