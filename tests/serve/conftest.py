"""A day with troubles as the daemon tells it: read once for all tests of the page."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import troubled
from tests.support.daemon import Daemon, daemon
from tests.support.wait import until

Status = dict[str, Any]


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with daemon(troubled.arguments(tmp_path_factory.mktemp("page"), troubled.day())) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("prompt-truncated"))
        yield running


@pytest.fixture(scope="session")
def told(day: Daemon) -> Status:
    status: Status = day.json("/api/v1/status")
    return status


@pytest.fixture
def status(told: Status) -> Status:
    return copy.deepcopy(told)


@pytest.fixture
def quiet(status: Status) -> Status:
    """What is said when nothing is wrong."""
    return {**status, "alerts": []}
