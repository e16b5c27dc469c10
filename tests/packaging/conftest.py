"""What several tests here share: building the packages takes longer than each of them."""

import pytest

from tests.packaging.debs import Debs, build


@pytest.fixture(scope="session")
def debs(tmp_path_factory: pytest.TempPathFactory) -> Debs:
    return build(tmp_path_factory.mktemp("debs"))
