"""What several tests of the daemon here need."""

from collections.abc import Iterator

import pytest

from tests.support.receiver import Receiver, receiver


@pytest.fixture(name="far")
def _far() -> Iterator[Receiver]:
    with receiver() as far:
        yield far
