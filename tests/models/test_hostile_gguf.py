"""Files that lie about themselves: no answer, no error, little read."""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from ollama_watch.models import gguf
from ollama_watch.models.gguf import header
from tests.support.ggufhead import ARRAY, TEXT, U8, Gguf

NEW, OLD = Gguf(), Gguf(1)
HUGE = 1 << 63
_KEYS = NEW.llama()
_NAME = NEW.text("x.y")


def _kind(kind: int) -> bytes:
    return struct.pack("<I", kind)


_LIES = {
    "nothing": b"",
    "short": b"GGU",
    "magic": b"GGML" + NEW.head(_KEYS)[4:],
    "magic only": b"GGUF",
    "version 0": Gguf(0).head(_KEYS),
    "version 4": Gguf(4).head(_KEYS),
    "version of all ones": b"GGUF" + b"\xff" * 60,
    "keys beyond counting": NEW.head(_KEYS, count=HUGE),
    "more keys than there are": NEW.head(_KEYS, count=7),
    "many keys": NEW.head([*_KEYS, *[NEW.key("x", U8, 1)] * 4097]),
    "key beyond counting": NEW.head([NEW.number(HUGE)]),
    "key longer than the file": NEW.head([NEW.text("x" * 9, length=5000)]),
    "key longer than the format's": NEW.head([NEW.key("x" * 65536, U8, 1), *_KEYS]),
    "text beyond counting": NEW.head([_NAME + _kind(TEXT) + NEW.number(HUGE), *_KEYS]),
    "text longer than the file": NEW.head([_NAME + _kind(TEXT) + NEW.text("x", length=1 << 40), *_KEYS]),
    "array beyond counting": NEW.head([_NAME + _kind(ARRAY) + _kind(U8) + NEW.number(HUGE), *_KEYS]),
    "array that wraps around": NEW.head(
        [_NAME + _kind(ARRAY) + _kind(4) + NEW.number((1 << 62) + 1), *_KEYS]
    ),
    "texts beyond counting": NEW.head([_NAME + _kind(ARRAY) + NEW.array(TEXT, ["a"], count=HUGE), *_KEYS]),
    "array of arrays": NEW.head([_NAME + _kind(ARRAY) + _kind(ARRAY) + NEW.number(1) + b"\0" * 99, *_KEYS]),
    "array of nobody knows": NEW.head([_NAME + _kind(ARRAY) + _kind(77) + NEW.number(1), *_KEYS]),
    "unknown type": NEW.head([_NAME + _kind(13) + b"\0" * 8, *_KEYS]),
    "no architecture": NEW.head(_KEYS[1:]),
    "architecture of a page": NEW.head([NEW.key("general.architecture", TEXT, "x" * 200)]),
    "architecture that is a number": NEW.head([NEW.whole("general.architecture", 1)]),
    "old, beyond counting": OLD.head([], count=0xFFFFFFFF),
}


@pytest.mark.parametrize("data", _LIES.values(), ids=_LIES.keys())
def test_a_file_that_lies_tells_nothing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "blob"
    path.write_bytes(data)

    assert header(str(path)) is None


def test_a_file_cut_anywhere_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    whole = NEW.head(_KEYS)
    path.write_bytes(whole)
    assert header(str(path)) is not None

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert header(str(path)) is None


def test_each_byte_changed_ends(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    whole = NEW.head([*_KEYS, NEW.key("x", ARRAY, NEW.array(TEXT, ["a", "b"]))])
    for at in range(len(whole)):
        for byte in (0, 0x7F, 0xFF):
            path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
            found = header(str(path))
            assert found is None or len(found.architecture) <= 64


@pytest.mark.parametrize(
    ("length", "count", "most"),
    [(0, HUGE, 1 << 16), (0, 400_000, 8 << 20), (1 << 16, 400_000, 8 << 20), (1 << 20, 400_000, 8 << 20)],
)
def test_a_vocabulary_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, count: int, most: int
) -> None:
    """Texts in a file that is all hole: of no length, and each a block further on; `most` bytes are read."""
    path = tmp_path / "blob"
    words = _NAME + _kind(ARRAY) + _kind(TEXT) + NEW.number(count)
    with path.open("wb") as stream:
        start = stream.write(NEW.head([words], count=2))
        for number in range(300 if length else 0):
            stream.seek(start + number * (length + 8))
            stream.write(NEW.number(length))
        stream.truncate(1 << 40)
    read = 0
    really = os.pread

    def counted(descriptor: int, size: int, at: int) -> bytes:
        nonlocal read
        data = really(descriptor, size, at)
        read += len(data)
        return data

    monkeypatch.setattr(os, "pread", counted)

    assert header(str(path)) is None
    assert 0 < read <= most


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _itself(path: Path) -> None:
    path.symlink_to(path)


def _nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize("make", [_fifo, _folder, _device, _itself, _nothing])
def test_what_is_no_file_tells_nothing(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "blob")

    assert header(str(tmp_path / "blob")) is None


def test_a_path_with_a_nul_tells_nothing() -> None:
    assert header("/tmp/a\0b") is None


def test_a_file_that_shrinks_while_it_is_read_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(NEW.head(_KEYS))
    really = os.pread

    def cut(descriptor: int, most: int, at: int) -> bytes:
        os.truncate(path, 40)
        return really(descriptor, most, at)

    monkeypatch.setattr(os, "pread", cut)

    assert gguf.header(str(path)) is None
