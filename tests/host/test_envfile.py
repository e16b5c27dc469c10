"""Files of `EnvironmentFile=`; `test_booted.py` holds the same table against systemd itself."""

import pytest

from ollama_watch.host.envfile import lines
from tests.host.envfiles import FILES


@pytest.mark.parametrize(("text", "variables"), FILES)
def test_a_file_is_read_as_systemd_reads_it(text: str, variables: dict[str, str]) -> None:
    assert {line.name: line.value for line in lines(text) if not line.void} == variables


def test_lines_that_systemd_ignores_are_told() -> None:
    found = [(line.number, line.name) for line in lines("# x\n\nexport A=1\nB=2\n") if line.void]

    assert found == [(3, "export A")]
