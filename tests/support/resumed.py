"""A log file that is read, left alone, and gone on with."""

import os
from pathlib import Path

from ollama_watch.sources.file import FileSource
from ollama_watch.sources.position import Position


def read(log: Path, after: Position | None = None) -> tuple[list[bytes], Position | None]:
    """Read to the end and stop; return the lines and where it stopped."""
    source = FileSource("server.log", log, after=after)
    texts: list[bytes] = []
    while (lines := source.read()) or not source.caught_up:
        texts += [line.text for line in lines]
    source.close()
    return texts, source.position


def stop(log: Path) -> Position:
    _, position = read(log)
    assert position
    return position


def add(log: Path, text: bytes) -> None:
    with log.open("ab") as stream:
        stream.write(text)


def age(log: Path) -> None:
    """Make a file older than anything that is written from now on."""
    os.utime(log, (1000, 1000))
