"""Kills and rotations at random moments, in short; `make torture` does the same for as long as one likes."""

from pathlib import Path

import pytest

from tests.torture.ordeal import MEDIA, ordeal

_SEED = "short"


@pytest.mark.parametrize(("medium", "kills"), [("files", 17), ("links", 8), ("journald", 8)])
def test_nothing_is_lost_and_nothing_told_twice(tmp_path: Path, medium: str, kills: int) -> None:
    with MEDIA[medium](tmp_path) as log:
        verdict = ordeal(log, tmp_path, kills, _SEED)

    assert verdict.kept, str(verdict)
    assert verdict.kills == kills
