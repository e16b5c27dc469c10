"""The state directory: private, locked, replaced whole."""

import errno
import logging
import os
import resource
from pathlib import Path

import pytest

from ollama_watch.app.checkpoint import read
from ollama_watch.app.decoder import Unfit
from ollama_watch.app.store import Store, default_folder
from ollama_watch.errors import UserError


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")

    assert store.load(str) is None
    assert store.save("text")
    assert store.load(str) == "text"
    store.close()


def test_what_was_written_outlives_a_kill(tmp_path: Path) -> None:
    """It may have been seen by then; a power cut may take it, and leaves what was settled."""
    store = Store(tmp_path)
    store.save("told")
    store.write(b"seen")
    store.close()

    store = Store(tmp_path)
    assert store.load(str) == "seen"
    assert store.load(str) == "seen"
    store.close()


def test_what_was_half_written_is_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def whole(text: str) -> str:
        if text != "told":
            raise Unfit("no checkpoint")
        return text

    store = Store(tmp_path)
    store.save("told")
    (tmp_path / "checkpoint.new").write_text("se", encoding="utf-8")

    assert store.load(whole) == "told"
    assert not caplog.records
    store.close()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    store.save("text")
    store.close()

    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()} == {0o600}


def test_a_second_daemon_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(UserError, match="another ollama-watchd keeps its state in"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="cannot keep state in"):
        Store(tmp_path / "file" / "state")


def test_an_unreadable_file_is_set_aside_with_one_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(text: str) -> str:
        raise Unfit("no checkpoint")

    store = Store(tmp_path)
    store.save("garbage")

    assert store.load(refuse) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert (tmp_path / "checkpoint.unreadable").read_text() == "garbage"
    assert store.load(refuse) is None
    store.close()


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 2, "shared": {"Server": {"x": {}}}, "now": {}}',
        '{"version": 2, "shared": {}, "now": {"sources": {"a": {"now": 1' + 400 * "0" + "}}}}",
    ],
)
def test_a_damaged_file_that_is_still_json_is_set_aside(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "checkpoint.json").write_text(text, encoding="utf-8")

    store = Store(tmp_path)

    assert store.load(lambda found: read(found, {})) is None
    assert (tmp_path / "checkpoint.unreadable").read_text(encoding="utf-8") == text
    assert len(caplog.records) == 1
    store.close()


def test_a_number_that_is_none_of_ours_is_not_settled(tmp_path: Path) -> None:
    (tmp_path / "settled").write_text(f"{'9' * 5000} id log\n7 id log\n", encoding="ascii")

    store = Store(tmp_path)

    assert store.settled.highest == 7
    store.close()


def test_a_full_disk_is_told_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = Store(tmp_path)
    store.save("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert not store.save("new")
        assert not store.save("new")
    assert store.load(str) == "old"
    assert store.save("new")
    store.close()

    assert store.failures == 2
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        f"state: cannot be saved in {tmp_path}: No space left on device",
        "state: saved again",
    ]


def test_many_parts_are_one_text(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(*[b"%d " % number for number in range(5000)])
    assert store.settle()

    assert store.load(str) == "".join(f"{number} " for number in range(5000))
    store.close()


def test_what_fits_on_the_disk_in_part_is_not_saved(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path)
    store.save("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # bytes
    try:
        assert not store.save("new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert store.load(str) == "old"
    store.close()

    assert "cannot be saved" in caplog.text


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/ollama-watchd:/x", "HOME": "/h"}, "/var/lib/ollama-watchd"),
        ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/ollama-watchd"),
        ({"HOME": "/h"}, "/h/.local/state/ollama-watchd"),
    ],
)
def test_state_belongs_where_the_system_says(environ: dict[str, str], folder: str) -> None:
    assert default_folder(environ) == Path(folder)
