"""What tests of several readers need."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def open_path() -> Iterator[Path]:
    """Give a folder that users without rights may enter, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often which file is opened from now on."""
    counted: Counter[str] = Counter()
    really = os.open

    def count(path: str, *rest: Any, **more: Any) -> int:
        counted[str(path)] += 1
        return really(path, *rest, **more)

    monkeypatch.setattr(os, "open", count)
    return counted
