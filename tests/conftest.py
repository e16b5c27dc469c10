"""Where several processes share the suite (`pytest -n`), none is left with a long file at the end."""

import os

import pytest

# Whose tests take long, the longest first.
_LONG = ("test_recordings", "packaging/", "e2e/", "torture/", "browser/", "cli/", "test_wheel", "host/")


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # pytest-xdist 3.7 and newer would begin where most tests are


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: _place(item.nodeid))


def _place(node: str) -> int:
    within = node.removeprefix("tests/")
    return next((at for at, name in enumerate(_LONG) if within.startswith(name)), len(_LONG))
