"""Lines come once, whole, whatever the blocks are cut like."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_watch.sources.lines import MOST, Splitter

TEXT = b"first\r\n\nthe \0 third\xff\nwith \r inside\r\r\nno newline"
WANTED = [b"first", b"", b"the \0 third\xff", b"with \r inside\r", b"no newline"]


def _split(text: bytes, step: int) -> Iterator[bytes]:
    splitter = Splitter()
    for start in range(0, len(text), step):
        yield from splitter.feed(text[start : start + step])
    yield from splitter.finish()


@pytest.mark.parametrize("step", range(1, len(TEXT) + 1))
def test_lines_however_they_are_torn(step: int) -> None:
    assert list(_split(TEXT, step)) == WANTED


@given(
    st.lists(st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", b"\0"])).map(b"".join), st.integers(1, 9)
)
def test_same_lines_as_the_obvious_way(text: bytes, step: int) -> None:
    obvious = [line.removesuffix(b"\r") for line in text.removesuffix(b"\n").split(b"\n")] if text else []

    assert list(_split(text, step)) == obvious


@pytest.mark.parametrize("step", [7919, MOST - 1, MOST, MOST + 1, 1 << 24])
@pytest.mark.parametrize("over", [-1, 0, 1, 2 * MOST])
def test_a_long_line_is_kept_up_to_its_limit(step: int, over: int) -> None:
    """And the line behind it is whole."""
    text = b"x" * (MOST + over) + b"\nnext\n"

    long, following = _split(text, step)

    assert len(long) == min(MOST + over, MOST)
    assert following == b"next"


def test_counts_lines_and_the_bytes_up_to_their_end() -> None:
    splitter = Splitter(count=10, offset=100)

    assert list(splitter.feed(b"one\ntw")) == [b"one"]
    assert (splitter.count, splitter.offset) == (11, 104)
    assert list(splitter.feed(b"o\r\n")) == [b"two"]
    assert (splitter.count, splitter.offset) == (12, 109)


@pytest.mark.parametrize("step", [7919, MOST, 1 << 24])
def test_a_hole_before_a_line_hides_nothing_of_it(step: int) -> None:
    """Its bytes count all the same."""
    text = b"one\n" + bytes(2 * MOST + 7) + b"two\0\n"
    splitter = Splitter()
    found = [one for at in range(0, len(text), step) for one in splitter.feed(text[at : at + step])]

    assert [one.lstrip(b"\0") for one in found] == [b"one", b"two\0"]
    assert splitter.offset == len(text)
