"""What was rotated while nobody looked is read, once and in order: what the torture found."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, count
from pathlib import Path

import pytest

from ollama_watch.sources import rotation
from ollama_watch.sources.file import FileSource
from tests.support.resumed import add, age, read, stop


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = tmp_path / "server.log"
    log.write_bytes(b"one\ntwo\nhalf")
    return log


def test_a_file_that_was_empty_when_we_stopped_is_finished_first(log: Path) -> None:
    log.write_bytes(b"")
    position = stop(log)
    age(log)
    add(log, b"written later\n")
    log.rename(log.with_name("server.log.1"))
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"written later", b"new"]


def test_a_copy_of_a_file_that_was_empty_when_we_stopped_is_read_first(log: Path) -> None:
    log.write_bytes(b"")
    age(log)
    position = stop(log)
    add(log, b"written later\n")
    shutil.copyfile(log, log.with_name("server.log.1"))
    os.truncate(log, 0)
    add(log, b"new\n")

    assert read(log, position)[0] == [b"written later", b"new"]


def test_what_was_rotated_after_a_file_that_is_gone_is_read(log: Path) -> None:
    position = stop(log)
    log.unlink()
    log.with_name("server.log.1").write_bytes(b"rotated later\n")
    log.with_name("server.log.2").write_bytes(b"long ago\n")
    os.utime(log.with_name("server.log.2"), (1000, 1000))
    os.utime(log.with_name("server.log.1"), ns=(position.modified + 1, position.modified + 1))
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"rotated later", b"new"]


def test_a_file_and_its_unfinished_packed_copy_are_read_once(log: Path) -> None:
    position = stop(log)
    add(log, b" end\n")
    log.rename(log.with_name("server.log.2"))
    log.with_name("server.log.1").write_bytes(b"next\n")
    with gzip.open(log.with_name("server.log.1.gz"), "wb") as packed:
        packed.write(b"next\n")
    log.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"half end", b"next", b"new"]


def test_rotations_within_one_tick_of_the_clock_are_read_in_order(log: Path) -> None:
    position = stop(log)
    log.rename(log.with_name("server.log.11"))
    for number in range(2, 11):
        log.with_name(f"server.log.{number}").write_bytes(f"{number}\n".encode())
    for rotated in log.parent.iterdir():
        os.utime(rotated, (1000, 1000))
    log.write_bytes(b"new\n")

    texts, _ = read(log, position)
    assert texts == [b"half", *(f"{number}".encode() for number in range(10, 1, -1)), b"new"]


def test_the_place_is_kept_while_there_is_no_new_file_yet(log: Path) -> None:
    position = stop(log)
    log.rename(log.with_name("server.log.1"))

    _, after = read(log, position)
    assert after
    assert after.inode == position.inode


def test_a_link_that_was_flipped_is_followed_once(log: Path) -> None:
    real = log.rename(log.with_name("server-1.log"))
    log.symlink_to(real)
    position = stop(log)
    add(real, b" end\n")
    for number in (2, 3):
        log.unlink()
        log.symlink_to(log.with_name(f"server-{number}.log"))
        log.write_bytes(f"file {number}\n".encode())

    assert read(log, position)[0] == [b"half end", b"file 2", b"file 3"]


@pytest.fixture
def linked(log: Path) -> Iterator[FileSource]:
    """Follow a link; all that stands in its file was read."""
    log.write_bytes(b"file 1\n")
    log.rename(log.with_name("server-1.log"))
    log.symlink_to(log.with_name("server-1.log"))
    with closing(FileSource("server.log", log)) as source:
        assert _texts(source) == [b"file 1"]
        yield source


def _flip(log: Path, number: int) -> None:
    log.unlink()
    log.symlink_to(log.with_name(f"server-{number}.log"))
    add(log, f"file {number}\n".encode())


def _texts(source: FileSource) -> list[bytes]:
    return [line.text for line in chain.from_iterable(iter(source.read, []))]


def test_a_file_made_ready_before_the_link_is_flipped_to_it_is_not_the_next(
    log: Path, linked: FileSource
) -> None:
    _flip(log, 2)
    log.with_name("server-3.log").touch()
    first = [line.text for line in linked.read()]
    _flip(log, 3)

    assert first + _texts(linked) == [b"file 2", b"file 3"]


def test_a_link_that_is_flipped_while_we_look_around_skips_no_file(
    log: Path, linked: FileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    _flip(log, 2)
    _while_looking_around(monkeypatch, 1, lambda: _flip(log, 3))

    assert _texts(linked) == [b"file 2", b"file 3"]


def test_a_file_that_is_packed_while_we_look_around_is_read(
    log: Path, linked: FileSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    _flip(log, 2)
    _flip(log, 3)
    second = log.with_name("server-2.log")

    def pack() -> None:
        with gzip.open(f"{second}.gz", "wb") as packed:
            packed.write(second.read_bytes())
        shutil.copystat(second, f"{second}.gz")
        second.unlink()

    _while_looking_around(monkeypatch, 2, pack)

    assert _texts(linked) == [b"file 2", b"file 3"]


def _while_looking_around(monkeypatch: pytest.MonkeyPatch, at: int, disturb: Callable[[], None]) -> None:
    """Disturb once, before a folder is listed for the time `at`."""
    look_around = rotation._siblings  # noqa: SLF001  # nowhere else can it come between two looks
    looks = count(1)

    def disturbed(path: Path) -> Iterator[Path]:
        if next(looks) == at:
            disturb()
        return iter(list(look_around(path)))

    monkeypatch.setattr(rotation, "_siblings", disturbed)


def test_a_file_is_not_known_again_by_half_a_line(log: Path) -> None:
    log.with_name("server.log.2").write_bytes(b"time=2026-01 long ago\n")
    age(log.with_name("server.log.2"))
    log.write_bytes(b"time=2026")
    age(log)
    position = stop(log)
    add(log, b"-02 written later\n")
    shutil.copyfile(log, log.with_name("server.log.1"))
    os.truncate(log, 0)
    add(log, b"time=2026-03 new\n")

    assert read(log, position)[0] == [b"time=2026-02 written later", b"time=2026-03 new"]


def test_the_file_behind_a_link_is_rotated_where_it_is(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    real = log.rename(folder / "ollama.log")
    log.symlink_to(real)
    position = stop(log)
    add(real, b" end\n")
    real.rename(folder / "ollama.log.1")
    real.write_bytes(b"new\n")

    assert read(log, position)[0] == [b"half end", b"new"]
