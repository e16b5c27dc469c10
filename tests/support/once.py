"""What is made once for all processes of a run, for `pytest -n` has several."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

_WORKER = "PYTEST_XDIST_WORKER"  # set by pytest-xdist in each of them


def once(places: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled: in the process that asks first, while the others wait."""
    own = places.getbasetemp()
    top = own.parent if _WORKER in os.environ else own
    folder, begun = top / name, top / f"{name}.begun"
    with (top / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        if not folder.exists():
            begun.mkdir(exist_ok=True)  # it may have failed before
            make(begun)
            begun.rename(folder)
    return folder
