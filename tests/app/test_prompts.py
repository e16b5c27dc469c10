"""Prompts as they were asked, whoever tells them."""

from pathlib import Path

import pytest

from ollama_watch.app.reading import Reading
from tests.support.checked import lines
from tests.support.ollama_log import OllamaLog

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
_TOLD = "slot operator(): id 0 | task 15 | new prompt, n_ctx_slot = 4096, n_keep = 4, task.n_tokens = {}"


def read(text: str | bytes) -> Reading:
    reading = Reading("s")
    for line in lines(text):
        reading.feed(line)
    return reading


def test_a_cut_prompt_counts_once_as_it_was_asked() -> None:
    """From 0.30 on the runner tells each prompt, a cut one as it was cut."""
    log = OllamaLog().server("0.32.1").runs(ctx=4096)
    log.warns('"truncating input prompt" limit=2050 prompt=48602 keep=4 new=2050').raw(_TOLD.format(2050))

    (found,) = read(str(log.raw(_TOLD.format(9)))).tally.prompt_sizes.values()

    assert sum(day.buckets.total() for day in found.days) == 2
    assert found.largest == 48602


@pytest.mark.parametrize("log", sorted(RECORDINGS.glob("*/truncate.log")), ids=lambda log: log.parent.name)
def test_the_recorded_prompts(log: Path) -> None:
    """48,602 tokens were sent; 65536 would have held them, but the model was trained for 8192."""
    sizes = max(read(log.read_bytes()).tally.prompt_sizes.values(), key=lambda one: one.largest or 0)

    assert sizes.largest == 48602
    assert (sizes.enough(None), sizes.enough(8192)) == (65536, 8192)
