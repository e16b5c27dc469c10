"""A copy of this process that gives one thing after the other."""

import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.sources.aside import Aside
from tests.support.wait import until


def _all(given: Aside) -> list[Any]:
    """Return all that comes, without ever asking in vain."""
    found = []
    while not given.ended:
        select.select([given], [], [], 30)
        if (one := given.read()) is not None:
            found.append(one)
    return found


def test_things_of_any_size_come_in_order() -> None:
    """The last is larger than what a pipe holds."""
    things = [b"", b"a", [1.5, "b", (b"c", None)], {}, b"x" * (5 << 20)]
    given = Aside(lambda: iter(things))

    assert _all(given) == things
    assert given.close() == given.close() == ""


def test_one_that_raises_has_given_all_before(capfd: pytest.CaptureFixture[str]) -> None:
    given = Aside(lambda: (1 // (3 - number) for number in range(5)))

    assert _all(given) == [0, 0, 1]
    assert given.close() == "exit code 1"
    assert capfd.readouterr() == ("", "")


def test_one_that_cannot_begin_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError

    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", none)
    with pytest.raises(OSError):  # noqa: PT011  # of which kind is the system's
        Aside(lambda: iter(()))

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def _silent() -> Iterator[object]:
    yield os.getpid()
    time.sleep(600)


def test_one_that_says_nothing_is_not_waited_for() -> None:
    given = Aside(_silent)
    child = until(given.read)

    assert given.read() is None
    assert not given.ended
    given.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def _descriptors() -> Iterator[list[str]]:
    every = [one for one in Path("/proc/self/fd").iterdir() if int(one.name) > 2]
    yield [str(one.readlink()) for one in every if one.is_symlink()]  # the one for this look is closed


def test_it_holds_nothing_of_this_process(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w"):
        (held,) = _all(given := Aside(_descriptors))
    given.close()

    assert [one.partition(":")[0] for one in held] == ["pipe"]
