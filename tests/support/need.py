"""Real servers for tests: required in CI, skipped by name where they are not installed."""

import os
import shutil

import pytest

REQUIRE_ALL = "OLLAMA_WATCH_REQUIRE_ALL"  # set by .ci/run: nothing may be skipped
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/lib/systemd"


def need(command: str, *, package: str) -> str:
    """Return the path of `command`, or skip the test naming the Debian `package` that has it."""
    found = shutil.which(command, path=f"{os.environ.get('PATH', '')}:{_SBIN}")
    if found is None:
        missing(package)
    return str(found)


def need_root() -> None:
    """Skip for want of root's rights; fail where all are required."""
    if os.geteuid() != 0:
        _wanting("root's rights")


def missing(package: str) -> None:
    """Skip for want of `package`; fail where all are required."""
    _wanting(f"the package {package}")


def _wanting(what: str) -> None:
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")
