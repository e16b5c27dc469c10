"""What was meant by an option that no release knows."""

import pytest

from ollama_watch.state.options import meant


@pytest.mark.parametrize(
    ("option", "known"),
    [
        ("ctx_num", "num_ctx"),
        ("num-ctx", "num_ctx"),
        ("Num_Ctx", "num_ctx"),
        ("num_ctxx", "num_ctx"),
        ("n_ctx", "num_ctx"),
        ("context_length", "num_ctx"),
        ("num_threads", "num_thread"),
        ("n_gpu_layers", "num_gpu"),
        ("batch_size", "num_batch"),
        ("mmap", "use_mmap"),
    ],
)
def test_a_name_that_is_like_an_option_of_the_launch_was_meant_as_it(option: str, known: str) -> None:
    assert meant(option) == known


@pytest.mark.parametrize(
    "option",
    ["use_mlock", "num_gqa", "f16_kv", "mirostat", "max_tokens", "think", "temprature", "", "x" * 10000],
)
def test_a_name_that_older_releases_knew_or_that_changes_no_launch_was_meant_as_nothing(option: str) -> None:
    assert meant(option) is None
