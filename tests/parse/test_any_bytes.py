"""Any bytes give events or nothing."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.argv import from_argv, from_command
from ollama_watch.parse.clock import duration, local
from ollama_watch.parse.load_request import load_request
from ollama_watch.parse.version import version
from tests.support.checked import checked
from tests.support.golden import LINES

# What the parser looks for, so that random bytes get past its first look.
SPARKS = [
    *(
        b'msg="',
        b"msg=",
        b'msg=\\"',
        b"time=2026-03-01T12:00:00Z ",
        b"time=9999-99-99T99:99:99Z",
        b"[GIN] ",
        b"\x1b[0m",
    ),
    *(
        b"starting runner",
        b"starting llama-server",
        b'" cmd="',
        b" --model ",
        b"sha256-" + b"a" * 64,
        b" -c ",
        b"\\",
    ),
    *(
        b"load request=",
        b"{Operation:commit",
        b" KvSize:",
        b"}",
        b"server config",
        b"env=",
        b"map[",
        b".go:1: INFO ",
    ),
    *(
        b"2024/13/99 99:99:99 routes.go:1: ",
        b"mlx-runner",
        b'"',
        b"=",
        b" ",
        b"\n",
        b"\xff",
        b"9" * 40,
        b"-1",
    ),
    *(b"\\u12", b"\\xzz", b"\\u00e9", b"...", "…".encode(), b"loaded meta data with 1 from ", b" (version "),
]
words = st.lists(st.one_of(st.sampled_from(SPARKS), st.binary(max_size=6)), max_size=30).map(b"".join)
pieces = st.builds(
    lambda line, start, end: line[start:end], st.sampled_from(LINES), *[st.integers(0, 900)] * 2
)
lines = st.one_of(words, pieces, st.sampled_from(LINES), st.tuples(pieces, words, pieces).map(b"".join))
KINDS = get_args(ev.Event)


@settings(max_examples=1000, deadline=None)
@given(lines)
def test_a_line_gives_events_or_nothing(text: bytes) -> None:
    for stamped in parse(Line(text, 1, 0.0)):
        assert isinstance(stamped.event, KINDS)
        assert stamped.at is None or -1e11 < stamped.at < 1e12


@settings(max_examples=200, deadline=None)
@given(st.lists(lines, max_size=25))
def test_lines_in_any_order_are_judged_or_ignored(text: list[bytes]) -> None:
    """Records of several releases in turn, cut, doubled, out of order."""
    report = checked(b"\n".join(text))

    last = len(report.launches)
    assert all(one.superseded_by is None or one.index < one.superseded_by < last for one in report.launches)
    assert all(found.line > 0 and found.message for found in report.findings)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.booleans())
def test_any_text_is_a_command_a_request_or_nothing(text: str, cut: bool) -> None:  # noqa: FBT001  # drawn
    from_command(text, cut=cut)
    load_request(text, cut=cut)
    version(text)
    local(text, text)
    assert duration(text) >= 0


@given(st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_any_words_are_the_arguments_of_a_process(words: list[str]) -> None:
    assert from_argv(words).cut is False


@pytest.mark.parametrize(
    "text", [b"", b"\x00" * 9, b"\xff\xfe" * 40, b'msg="' * 5000, b"\\" * 50000, b'a="' * 20000]
)
def test_a_hostile_line_costs_no_time(text: bytes) -> None:
    """Patterns that look back and forth would take minutes; the suite's own limit tells."""
    assert [stamped for stamped in parse(Line(text, 1, 0.0)) if not isinstance(stamped.event, KINDS)] == []
