"""Files and standard input read once, from their beginning to their end."""

import gzip
import logging
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ollama_watch.errors import UserError
from ollama_watch.model import Line
from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.jsonl import Jsonl, JsonLines
from ollama_watch.sources.lines import Splitter
from ollama_watch.sources.notices import kind
from ollama_watch.sources.pieces import Piece, is_plain, of_file, of_gzip, of_stream

_log = logging.getLogger(__name__)
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_STDIN = Path("standard input")  # what it is called where something is wrong with it


def read_lines(path: Path, jsonl: Jsonl | None = None) -> Iterator[Line]:
    """Yield the lines of a log, unpacked if it is gzip; raises UserError if it cannot be read.

    `jsonl`: they are in the records of a pipeline.
    """
    with _told(path), path.open("rb") as stream:
        packed = stream.peek(2)[:2] == _GZIP
        with gzip.open(stream) if packed else stream as plain:
            yield from records_of(plain, jsonl, str(path)) if jsonl else lines_of(plain)


def read_pieces(path: Path) -> Iterator[Piece]:
    """Yield the same log in pieces; raises UserError if it cannot be read."""
    with _told(path), path.open("rb") as stream:
        if stream.peek(2)[:2] == _GZIP:
            yield from of_gzip(stream)
        else:
            yield from of_file(stream) if is_plain(stream) else of_stream(stream)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what a file may be into words for who named it."""
    try:
        yield
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a directory", hint="name the log file inside it") from error
    except PermissionError as error:
        hint = "run it as a user who may read the file, or with sudo"
        raise UserError(f"{path}: {error.strerror}", hint=hint) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: broken gzip: {error}") from error
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


def standard_input(jsonl: Jsonl | None = None) -> Iterator[Line]:
    """Yield the lines of standard input to its end, unpacked if it is gzip; `jsonl` as above."""
    with _told(_STDIN):
        plain = _plain_input()
        yield from records_of(plain, jsonl, str(_STDIN)) if jsonl else lines_of(plain)


def standard_pieces() -> Iterator[Piece]:
    """Yield the same in pieces."""
    with _told(_STDIN):
        yield from of_stream(_plain_input())


def _plain_input() -> BinaryIO | gzip.GzipFile:
    if sys.stdin is None:
        raise UserError("standard input is closed", hint="pipe a log into it, or name a file")
    stream = sys.stdin.buffer
    packed = hasattr(stream, "peek") and stream.peek(2)[:2] == _GZIP
    return gzip.open(stream) if packed else stream


def lines_of(stream: BinaryIO | gzip.GzipFile) -> Iterator[Line]:
    """Yield the lines of a stream; they carry no time of their own.

    A copy of a journal tells what systemd said of the server, too.
    """
    splitter, unframer = Splitter(), Unframer()
    while block := stream.read(_BLOCK):
        yield from _whole(splitter.feed(block), splitter, unframer)
    yield from _whole(splitter.finish(), splitter, unframer)


def records_of(stream: BinaryIO | gzip.GzipFile, fields: Jsonl, name: str) -> Iterator[Line]:
    """Yield the lines in the records of a stream; raises UserError if there are records, but no lines."""
    said: list[str] = []
    splitter, records = Splitter(), JsonLines(fields, said.append)
    while block := stream.read(_BLOCK):
        for text in splitter.feed(block):
            yield from records.feed(text, splitter.count, 0.0)
    for text in splitter.finish():
        yield from records.feed(text, splitter.count, 0.0)
    if records.malformed and not records.given:
        hint = "--input-message names the field of the log's line"
        raise UserError(f"{name}: {records.complaint}", hint=hint)
    for one in said:
        _log.warning("%s: %s", name, one)
    if records.malformed:
        _log.warning("%s: %d lines were passed over", name, records.malformed)


def _whole(texts: Iterable[bytes], splitter: Splitter, unframer: Unframer) -> Iterator[Line]:
    for text in texts:
        if found := unframer.feed(text, splitter.count):
            yield Line(*found, 0.0, kind=kind(found[0]))
