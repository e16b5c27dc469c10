"""How long prompts were: bounded in space, exact for the largest, close for the 95th percentile."""

import random

import pytest

from ollama_watch.state.promptsizes import PromptSizes

DAY = 86400.0


def sizes(*prompts: int, at: float = 0.0) -> PromptSizes:
    found = PromptSizes()
    for tokens in prompts:
        found.add(tokens, at)
    return found


def test_the_largest_is_exact() -> None:
    assert sizes(300, 48602, 2050).largest == 48602


def test_95_of_100_kept_below() -> None:
    rng = random.Random(7)  # noqa: S311  # to be repeated
    prompts = [int(rng.lognormvariate(7, 1)) + 1 for _ in range(5000)]

    found, exact = sizes(*prompts).p95, sorted(prompts)[4749]

    assert found
    assert exact <= found + 1 <= exact * 1.06 + 2


def test_nothing_seen_is_nothing() -> None:
    assert (sizes().largest, sizes().p95, sizes().enough(None)) == (None, None, None)


@pytest.mark.parametrize(
    ("largest", "trained", "enough"),
    [
        (48602, None, 65536),
        (48602, 131072, 65536),
        (48602, 40960, 40960),
        (4096, None, 8192),
        (4095, None, 4096),
    ],
)
def test_what_would_be_enough(largest: int, trained: int | None, enough: int) -> None:
    """A prompt needs a token more for the answer."""
    assert sizes(largest).enough(trained) == enough


def test_what_is_older_than_seven_days_is_forgotten() -> None:
    found = sizes(48602, at=0.0)
    found.add(100, 6 * DAY)
    assert found.largest == 48602
    found.add(100, 7 * DAY)
    assert found.largest == 100


def test_any_number_of_prompts_takes_the_same_space() -> None:
    found = PromptSizes()
    for day in range(100):
        for tokens in range(1, 200_000, 97):
            found.add(tokens, day * DAY)

    assert len(found.days) == 7
    assert sum(len(day.buckets) for day in found.days) < 7 * 12 * 18


def test_a_clock_that_is_set_back_breaks_nothing() -> None:
    found = sizes(100, at=5 * DAY)
    found.add(200, 0.0)

    assert (found.largest, len(found.days)) == (200, 1)
