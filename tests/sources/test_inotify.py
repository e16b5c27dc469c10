"""The kernel's word that a file changed: one ring, however much was written, and none for looking."""

import select
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ollama_watch.sources.inotify import Folders, watched


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Folders]:
    found = watched([tmp_path, tmp_path / "later"])
    assert found
    with closing(found):
        yield found


def rings(folders: Folders) -> bool:
    """Tell whether it rings, and hush it."""
    ready = bool(select.select([folders], [], [], 0)[0])
    folders.hush()
    return ready


def test_it_rings_for_what_is_written_renamed_and_removed(tmp_path: Path, folders: Folders) -> None:
    log = tmp_path / "server.log"
    log.touch()
    assert rings(folders)
    with log.open("a", encoding="utf-8") as file:
        for _ in range(1000):
            file.write("line\n")
            file.flush()
    assert rings(folders)
    assert not rings(folders)

    log.read_text(encoding="utf-8")
    assert not rings(folders)
    log.rename(tmp_path / "server.log.1")
    assert rings(folders)
    (tmp_path / "server.log.1").unlink()
    assert rings(folders)


def test_a_folder_that_comes_later_is_watched_from_then_on(tmp_path: Path, folders: Folders) -> None:
    (tmp_path / "later").mkdir()
    assert rings(folders)

    (tmp_path / "later" / "server.log").touch()
    assert rings(folders)


def test_where_the_kernel_has_none_left_nobody_is_woken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_watch.sources.inotify.inotify_init", lambda: -1)

    assert watched([tmp_path]) is None
