"""The user's rule file in a folder with its log."""

from pathlib import Path

import pytest

from tests.cli.rules.oneslot import FOUR_SLOTS, MINE


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "four.log").write_text(FOUR_SLOTS)
    rules = tmp_path / "mine.yaml"
    rules.write_text(MINE)
    return rules
