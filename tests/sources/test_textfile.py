"""Files read once from their beginning to their end."""

import gzip
import io
import os
import threading
from pathlib import Path

import pytest

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources.textfile import lines_of, read_lines

TEXT = b"first\r\n\nthe \0 third\xff\nno newline"
WANTED = [
    Line(b"first", 1, 0.0),
    Line(b"", 2, 0.0),
    Line(b"the \0 third\xff", 3, 0.0),
    Line(b"no newline", 4, 0.0),
]


class _Torn(io.BytesIO):
    """A stream that gives a few bytes at a time, as pipes do."""

    def __init__(self, text: bytes, step: int) -> None:
        super().__init__(text)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._step)


@pytest.mark.parametrize("step", range(1, len(TEXT) + 1))
def test_a_stream_however_it_is_torn(step: int) -> None:
    assert list(lines_of(_Torn(TEXT, step))) == WANTED


@pytest.mark.parametrize(
    "text",
    [TEXT, gzip.compress(TEXT), gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])],
    ids=["plain", "packed", "packed in parts"],
)
def test_a_file_plain_or_packed(tmp_path: Path, text: bytes) -> None:
    """Also packed in several parts, as appending makes it."""
    log = tmp_path / "log"
    log.write_bytes(text)

    assert list(read_lines(log)) == WANTED


@pytest.mark.parametrize(("text", "lines"), [(b"", 0), (b"\n", 1), (b"\r\n", 1), (b"\x1f", 1), (b"a\n\n", 2)])
def test_small_files(tmp_path: Path, text: bytes, lines: int) -> None:
    log = tmp_path / "log"
    log.write_bytes(text)

    assert len(list(read_lines(log))) == lines


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """As `check <(zcat …)` gives it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TEXT,))
    writer.start()

    assert list(read_lines(pipe)) == WANTED
    writer.join()


def test_what_was_whole_before_the_damage_is_given_first(tmp_path: Path) -> None:
    """Who reads it learns of the damage, and may keep what came."""
    log = tmp_path / "log.gz"
    packed = gzip.compress(os.urandom(3 << 20) + b"\n" + TEXT)
    log.write_bytes(gzip.compress(TEXT + b"\n") + packed[:-20])
    lines = read_lines(log)

    assert [next(lines) for _ in WANTED] == WANTED
    with pytest.raises(UserError, match="broken gzip"):
        list(lines)
