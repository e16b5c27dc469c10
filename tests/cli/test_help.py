"""What `--help` says of a command: names keep their capitals."""

import pytest

from tests.support.command import run


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run",), "Watch Ollama's log and tell what it says: metrics, alerts, pop-ups."),
        (("rules", "schema"), "The JSON Schema of rule files, for editors."),
    ],
)
def test_a_command_says_what_it_is_for(words: tuple[str, ...], sentence: str) -> None:
    assert sentence in " ".join(run(*words, "--help").stdout.split())
