"""A file through everything that happens to logs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.sources.file import FileSource
from ollama_watch.sources.lines import MOST


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def source(log: Path) -> Iterator[FileSource]:
    source = FileSource("server.log", log, clock=lambda: 1000.0)
    yield source
    source.close()


def drain(source: FileSource) -> list[bytes]:
    """Read until there is nothing more, as the loop does."""
    texts: list[bytes] = []
    for _ in range(100):
        lines = source.read()
        if not lines:
            return texts
        texts += [line.text for line in lines]
    raise AssertionError("it never ends")


def test_what_stands_there_comes_first(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\ntwo\r\nthree")

    assert drain(source) == [b"one", b"two"]
    assert source.caught_up


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_torn_writes_make_whole_lines(log: Path, source: FileSource, step: int) -> None:
    text = b"first line\nsecond\n\nfourth \xff\x00 end\n"
    found: list[bytes] = []
    with log.open("wb", buffering=0) as stream:
        for start in range(0, len(text), step):
            stream.write(text[start : start + step])
            found += drain(source)

    assert found == text.splitlines()


def test_lines_are_numbered_and_stamped(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\ntwo\n")

    assert [(line.number, line.at) for line in source.read()] == [(1, 1000.0), (2, 1000.0)]


def test_a_rename_is_followed_after_the_old_file_is_finished(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\n")
    drain(source)
    with log.open("ab", buffering=0) as old:
        log.rename(log.with_suffix(".1"))
        log.write_bytes(b"new\n")
        old.write(b"late\n")

    assert drain(source) == [b"late", b"new"]
    assert source.counters.reopens == 1


def test_a_truncated_file_is_read_from_its_start(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\ntwo\n")
    drain(source)
    os.truncate(log, 0)
    assert drain(source) == []
    with log.open("ab") as stream:
        stream.write(b"new\n")

    assert drain(source) == [b"new"]
    assert source.counters.reopens == 1


def test_a_copytruncated_file_that_has_grown_past_us_is_still_seen(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\n")
    drain(source)
    log.write_bytes(b"another beginning\nand more\n")

    assert drain(source) == [b"another beginning", b"and more"]


def test_a_file_that_vanishes_and_comes_back(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\n")
    drain(source)
    log.unlink()
    assert drain(source) == []
    assert source.trouble
    log.write_bytes(b"two\n")

    assert drain(source) == [b"two"]
    assert source.trouble is None


def test_a_missing_file_is_one_that_is_not_there_yet(log: Path, source: FileSource) -> None:
    assert source.read() == []
    assert source.caught_up
    assert source.trouble == f"{log}: No such file or directory"
    log.write_bytes(b"one\n")

    assert drain(source) == [b"one"]


def test_a_line_without_end_takes_bounded_memory(log: Path, source: FileSource) -> None:
    with log.open("wb") as stream:
        stream.write(b"x" * (3 * MOST))
        stream.write(b"\nnext\n")

    assert [len(text) for text in drain(source)] == [MOST, 4]


def test_a_pipe_in_its_place_does_not_make_us_wait(log: Path, source: FileSource) -> None:
    log.write_bytes(b"one\n")
    assert drain(source) == [b"one"]
    log.unlink()
    os.mkfifo(log)
    os.mkfifo(log.with_name("server.log.1"))

    assert drain(source) == []
    assert source.trouble == f"{log}: is no regular file"

    log.unlink()
    log.write_bytes(b"two\n")
    assert drain(source) == [b"two"]


def test_what_a_writer_that_does_not_append_leaves_before_its_line_hides_nothing(
    log: Path, source: FileSource
) -> None:
    """Its file was copied and cut; it goes on writing where it was."""
    text = b'msg="starting runner" number one\n'
    with log.open("wb", buffering=0) as writer:
        writer.write(b"x" * 2 * MOST + b"\n")
        drain(source)
        os.truncate(log, 0)
        assert drain(source) == []
        writer.write(text)

        assert [one.lstrip(b"\0") for one in drain(source)] == [text.rstrip()]


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (b'{"log":"the begin ","stream":"stderr"}\n', b'{"log":"and the end\\n","stream":"stderr"}\n'),
        (b"2026-01-01T00:00:00.1Z stderr P the begin \n", b"2026-01-01T00:00:00.1Z stderr F and the end\n"),
    ],
)
def test_a_line_that_a_container_runtime_cut_between_two_files_is_joined(
    first: bytes, rest: bytes, log: Path, source: FileSource
) -> None:
    log.write_bytes(first)
    assert drain(source) == []
    log.rename(log.with_suffix(".1"))
    log.write_bytes(rest)

    assert drain(source) == [b"the begin and the end"]


def test_an_unfinished_line_waits_for_its_end(log: Path, source: FileSource) -> None:
    log.write_bytes(b"half")
    assert drain(source) == []
    with log.open("ab") as stream:
        stream.write(b" a line\n")

    assert drain(source) == [b"half a line"]


def test_a_fresh_file_that_is_written_copied_and_cut_between_two_looks(log: Path, source: FileSource) -> None:
    log.touch()
    os.utime(log, (1000, 1000))
    assert drain(source) == []
    log.write_bytes(b"one\n")
    log.with_name("server.log.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)
    with log.open("ab") as stream:
        stream.write(b"two\n")

    assert drain(source) == [b"one", b"two"]


def test_a_fresh_file_that_is_written_and_deleted_between_two_looks(log: Path, source: FileSource) -> None:
    log.touch()
    os.utime(log, (1000, 1000))
    assert drain(source) == []
    log.write_bytes(b"one\n")
    log.unlink()
    log.write_bytes(b"two\n")

    assert drain(source) == [b"one", b"two"]
