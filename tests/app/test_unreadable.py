"""What the configuration names and nobody can read: a closed folder, a home that there is not."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.app.homes import own_home
from ollama_watch.app.store import default_folder
from ollama_watch.errors import UserError
from tests.support.models import as_nobody


@pytest.fixture
def open_path() -> Iterator[Path]:
    """Give a folder that users without rights may enter, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.mark.parametrize("name", ["want.d", "rules.d"])
def test_a_folder_that_cannot_be_read_is_told_and_not_taken_for_empty(open_path: Path, name: str) -> None:
    closed = open_path / name
    closed.mkdir()
    assert messages_of(open_path) == []
    closed.chmod(0o711)

    with as_nobody():
        (found,) = messages_of(open_path)
    message, hint = found.splitlines()
    assert message == f"{name}: Permission denied"
    assert hint.endswith(f"sudo chmod o+rx {closed}")


def messages_of(folder: Path, text: str = "") -> list[str]:
    """Return what is wrong with the configuration in a folder, in full but for the folder."""
    path = folder / "config.yaml"
    if text or not path.exists():
        path.write_text(text)
    try:
        load_config(path)
    except UserError as error:
        return [str(error).replace(f"{folder}/", "", 1)]
    return []


def test_a_home_that_nobody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may run as a user whom no file of this machine knows."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)

    (found,) = messages_of(tmp_path, "models: {directory: ~/models}\n")
    assert found.startswith("config.yaml:1:21: ~ is nobody's home here: a service, for one, may have none")
    assert (own_home({}), own_home({"HOME": "/h"})) == (Path("/"), Path("/h"))
    assert default_folder({}) == Path("/.local/state/ollama-watchd")
