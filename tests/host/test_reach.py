"""Who may read a folder, told by owners and modes."""

import os
from pathlib import Path

import pytest

from ollama_watch.host.reach import Blocked, blocked

GROUP = os.getgid()


@pytest.mark.parametrize(
    ("mode", "group", "let_in"),
    [
        (0o755, False, True),
        (0o750, False, False),
        (0o750, True, True),
        (0o711, True, True),
        (0o700, True, False),
    ],
)
def test_a_folder_on_the_way_has_to_be_entered(tmp_path: Path, mode: int, group: bool, let_in: bool) -> None:  # noqa: FBT001
    way = tmp_path / "way"
    (way / "models").mkdir(parents=True)
    way.chmod(mode)

    found = blocked(way / "models", None, [GROUP] if group else [], below=way)

    assert (found is None) == let_in


def test_the_folder_itself_has_to_be_read(tmp_path: Path) -> None:
    """The group that would be let in is told."""
    tmp_path.chmod(0o751)

    assert blocked(tmp_path, None, [], below=tmp_path) == Blocked(tmp_path, GROUP)
    assert blocked(tmp_path, None, [GROUP], below=tmp_path) is None
    tmp_path.chmod(0o711)
    assert blocked(tmp_path, None, [GROUP], below=tmp_path) == Blocked(tmp_path, None)


def test_root_may_read_everything(tmp_path: Path) -> None:
    tmp_path.chmod(0)

    assert blocked(tmp_path, 0, [], below=tmp_path) is None


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    with pytest.raises(FileNotFoundError):
        blocked(tmp_path / "none", None, [], below=tmp_path)
