"""What several tests here share: building the packages takes longer than each of them."""

import pytest

from tests.packaging.debs import Debs, build, found
from tests.support.once import once


@pytest.fixture(scope="session")
def debs(tmp_path_factory: pytest.TempPathFactory) -> Debs:
    return found(once(tmp_path_factory, "debs", build))
