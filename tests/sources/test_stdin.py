"""Standard input: what was logged before is history, what comes after a pause is news."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.sources.stdin import StandardInput


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    out, into = os.pipe()
    yield out, into
    os.close(out)


def source(file: int, clock: Clock) -> StandardInput:
    return StandardInput(file=file, clock=lambda: 1000.0, pace=clock)


def test_history_ends_with_a_pause(pipe: tuple[int, int]) -> None:
    out, into = pipe
    clock = Clock()
    one = source(out, clock)
    os.write(into, b"old\nolder\n")

    assert [line.text for line in one.read()] == [b"old", b"older"]
    clock.now = 0.4
    assert (one.read(), one.caught_up) == ([], False)
    clock.now = 0.6
    assert (one.read(), one.caught_up) == ([], True)
    os.close(into)


def test_a_pipe_that_is_never_quiet_is_live_after_a_while(pipe: tuple[int, int]) -> None:
    out, into = pipe
    clock = Clock()
    one = source(out, clock)
    for second in range(11):
        clock.now = float(second)
        os.write(into, b"line\n")
        one.read()
        one.read()
        if second < 10:
            clock.now = second + 0.3
            assert not one.caught_up

    assert one.caught_up
    os.close(into)


def test_the_end_gives_the_unfinished_line(pipe: tuple[int, int]) -> None:
    out, into = pipe
    one = source(out, Clock())
    os.write(into, b"half")
    assert one.read() == []
    os.close(into)

    assert [line.text for line in one.read()] == [b"half"]
    assert (one.ended, one.fileno(), one.trouble) == (True, None, "standard input has ended")


def test_a_regular_file_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\ntwo")
    with (tmp_path / "log").open("rb") as stream:
        one = source(stream.fileno(), Clock())
        texts = [line.text for _ in range(3) for line in one.read()]

    assert texts == [b"one", b"two"]
    assert one.ended
