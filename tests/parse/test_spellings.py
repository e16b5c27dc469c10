"""The words that a flag takes, printed or in a process."""

import pytest

from ollama_watch.parse.argv import from_argv, from_command

FLASH = [("enabled", "on"), ("disabled", "off"), ("false", "off"), ("auto", "auto"), ("-1", "auto")]


@pytest.mark.parametrize(("value", "means"), FLASH)
def test_flash_attention_is_read_in_every_word_that_llama_cpp_takes(value: str, means: str) -> None:
    printed = from_command(f"llama-server -m a.gguf -fa {value} -c 1", cut=False)
    running = from_argv(["llama-server", "-m", "a.gguf", "-fa", value, "-c", "1"])

    assert (printed.flash_attention, running.flash_attention) == (means, means)
