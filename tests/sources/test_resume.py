"""A file is gone on with after a restart, whatever happened to it meanwhile."""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from ollama_watch.sources.file import FileSource
from tests.support.resumed import add, age, read, stop


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = tmp_path / "server.log"
    log.write_bytes(b"one\ntwo\nhalf")
    return log


def test_an_unfinished_line_is_read_whole(log: Path) -> None:
    position = stop(log)
    add(log, b" and whole\nthree\n")

    source = FileSource("server.log", log, after=position)
    lines = source.read()
    source.close()
    assert [(line.text, line.number) for line in lines] == [(b"half and whole", 3), (b"three", 4)]


def test_nothing_new_is_nothing(log: Path) -> None:
    assert read(log, stop(log))[0] == []


def test_a_renamed_file_is_finished_first(log: Path) -> None:
    position = stop(log)
    add(log, b" end\n")
    log.rename(log.with_name("server.log.1"))
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"half end", b"new"]


def test_a_packed_file_is_finished_first(log: Path) -> None:
    position = stop(log)
    add(log, b" end\n")
    with gzip.open(log.with_name("server.log.1.gz"), "wb") as packed:
        packed.write(log.read_bytes())
    log.unlink()
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"half end", b"new"]


def test_a_file_that_is_being_packed_is_read_once(log: Path) -> None:
    position = stop(log)
    add(log, b" end\n")
    with gzip.open(log.with_name("server.log.1.gz"), "wb") as packed:
        packed.write(log.read_bytes())
    log.rename(log.with_name("server.log.1"))
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"half end", b"new"]


def test_a_copied_and_cut_file_is_finished_from_its_copy(log: Path) -> None:
    position = stop(log)
    add(log, b" end\n")
    shutil.copy(log, log.with_name("server.log.1"))
    os.truncate(log, 0)
    add(log, b"new\n")

    assert read(log, position)[0] == [b"half end", b"new"]


def test_what_was_empty_may_have_been_copied_and_cut_and_then_renamed(log: Path) -> None:
    os.truncate(log, 0)
    age(log)
    position = stop(log)
    add(log, b"copied\n")
    shutil.copy(log, log.with_name("server.log.2"))
    age_of_copy = log.stat().st_mtime_ns
    os.utime(log.with_name("server.log.2"), ns=(age_of_copy, age_of_copy))
    os.truncate(log, 0)
    add(log, b"renamed\n")
    os.utime(log, ns=(age_of_copy + 1, age_of_copy + 1))
    log.rename(log.with_name("server.log.1"))
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"copied", b"renamed", b"new"]


@pytest.mark.parametrize("names", [("server.log.2", "server.log.1"), ("server-1.log", "server-2.log")])
def test_all_that_was_rotated_meanwhile_is_read_in_order(log: Path, names: tuple[str, str]) -> None:
    position = stop(log)
    add(log, b" end\n")
    for number, name in enumerate(names):
        log.rename(log.with_name(name))
        os.utime(log.with_name(name), (1000 + number, 1000 + number))
        log.write_bytes(f"file {number}\n".encode())

    assert read(log, position)[0] == [b"half end", b"file 0", b"file 1"]


def test_two_rotations_between_two_reads_lose_nothing(log: Path) -> None:
    source = FileSource("server.log", log)
    while source.read():
        pass
    for number, name in enumerate(("server.log.2", "server.log.1")):
        log.rename(log.with_name(name))
        os.utime(log.with_name(name), (1000 + number, 1000 + number))
        log.write_bytes(f"file {number}\n".encode())

    texts: list[bytes] = []
    for _ in range(5):
        texts += [line.text for line in source.read()]
    source.close()
    assert texts == [b"half", b"file 0", b"file 1"]


def test_a_file_that_is_another_by_now_is_read_from_its_start(log: Path) -> None:
    position = stop(log)
    log.unlink()
    log.write_bytes(b"another\n")

    assert read(log, position)[0] == [b"another"]


def test_a_file_that_was_cut_and_has_grown_again_is_read_from_its_start(log: Path) -> None:
    position = stop(log)
    os.truncate(log, 0)
    add(log, b"another beginning, longer than what was there\nmore\n")

    assert read(log, position)[0] == [b"another beginning, longer than what was there", b"more"]
