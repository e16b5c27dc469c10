"""One log, several starts of the server, several runners; what is remembered and what is not."""

import pytest

from ollama_watch.state.updates import Reported
from tests.support.checked import launches, updates
from tests.support.ollama_log import OllamaLog, digest

DIED = '"llama-server process no longer running" sys=9 string="signal: killed"'
BAD = '"invalid environment variable, using default" key=OLLAMA_MAX_QUEUE value=x default=512'


def server() -> OllamaLog:
    return OllamaLog().server("0.32.1")


def reasons(log: OllamaLog) -> list[str]:
    return [launch.reason for launch in launches(str(log))]


def gone(log: OllamaLog) -> list[bool]:
    return [launch.gone for launch in launches(str(log))]


def test_config_and_listening_are_one_start() -> None:
    log = server().runs(ctx=8192)

    assert gone(log) == [False]


def test_a_start_of_the_server_ends_all_runners() -> None:
    assert gone(server().runs("a", ctx=8192).runs("b", ctx=8192).server("0.32.1")) == [True, True]


def test_listening_alone_is_a_start_too() -> None:
    """Of a log that begins there, or of a release before 0.1.34."""
    log = server().runs(ctx=8192).says('"Listening on 127.0.0.1:11434 (version 0.32.2)"').runs("b", ctx=8192)

    assert [one.facts["ollama_version"] for one in launches(str(log))] == ["0.32.1", "0.32.2"]
    assert gone(log) == [True, False]


def test_each_launch_keeps_the_server_that_made_it() -> None:
    log = OllamaLog().server("0.5.7").runs(ctx=8192).server("0.32.1").runs(ctx=8192)

    assert [one.facts["ctx_builtin"] for one in launches(str(log))] == [2048, (4096, 32768, 262144)]


def test_the_previous_context_survives_a_start_of_the_server() -> None:
    log = server().runs(ctx=8192).server("0.32.1").runs(ctx=4096)

    assert launches(str(log))[-1].facts["ctx_previous"] == 8192


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (server().runs(ctx=8192).runs(ctx=4096), "context"),
        (server().runs(ctx=8192).runs(ctx=8192, flags="--mlock"), "options"),
        (server().runs(ctx=8192).runs(ctx=8192), "unknown"),
        (server().runs(ctx=8192).server("0.32.1").runs(ctx=8192), "restart"),
        (server().runs(ctx=8192).warns(DIED).runs(ctx=8192), "crash"),
        (server().runs("b", ctx=8192).runs(ctx=8192), "first"),
    ],
    ids=["context", "options", "unknown", "restart", "crash", "first"],
)
def test_why_a_model_was_launched_again(log: OllamaLog, reason: str) -> None:
    assert reasons(log)[0] == "first"
    assert reasons(log)[-1] == reason


def test_one_runner_that_died_is_gone_and_one_of_two_is_not_guessed() -> None:
    assert gone(server().runs(ctx=8192).warns(DIED)) == [True]
    assert gone(server().runs("a", ctx=8192).runs("b", ctx=8192).warns(DIED)) == [False, False]


def test_silence_ends_no_runner() -> None:
    assert gone(server().runs(ctx=8192).wait(7 * 86400).says('"inference compute" library=cuda')) == [False]


def test_an_mlx_runner_that_was_stopped_is_gone() -> None:
    log = (
        server().says('"starting mlx runner subprocess" model=x port=5').says('"mlx runner is ready" port=5')
    )

    assert gone(log.says('"stopping mlx runner subprocess" pid=1')) == [True]


def test_an_image_runner_never_says_that_it_started_and_is_gone_when_stopped() -> None:
    log = server().says('"starting image runner subprocess" model=x port=5')

    assert gone(log.says('"stopping image runner subprocess" pid=1')) == [True]


def test_a_stop_that_may_be_of_either_runner_ends_none() -> None:
    log = (
        server().says('"starting mlx runner subprocess" model=x port=5').says('"mlx runner is ready" port=5')
    )
    log.says('"starting mlx runner subprocess" model=y port=6').says('"mlx runner is ready" port=6')

    assert gone(log.says('"stopping mlx runner subprocess" pid=1')) == [False, False]


def test_a_variable_that_cannot_be_read_is_told_once_a_life() -> None:
    log = server().warns(BAD).warns(BAD).server("0.32.1").warns(BAD)

    told = [one for one in updates(str(log)) if isinstance(one, Reported)]
    assert [one.kind for one in told] == ["invalid_environment"] * 2


def test_a_tag_before_its_launch_and_one_after_it_both_name_it() -> None:
    before = (
        '"model is missing tokenizer.chat_template in GGUF" model=registry.ollama.ai/library/llama3.2:latest'
    )
    after = '"template selection" model=registry.ollama.ai/someone/qwen3:8b selected=go_template'
    log = server().warns(before).runs("a", ctx=8192).runs("b", ctx=8192).says(after)

    assert [one.facts["model"] for one in launches(str(log))] == [("llama3.2",), ("someone/qwen3:8b",)]


@pytest.mark.parametrize(
    ("limit", "of"), [(8192, "a"), (8191, "a"), (16384, "b"), (2050, "c"), (8200, "b"), (99, "c")]
)
def test_a_prompt_is_cut_by_the_runner_that_fits_its_limit(limit: int, of: str) -> None:
    """Its context, one less (0.30.9), or half of it and what is kept (0.30.11); else the newest."""
    log = server().runs("a", ctx=8192).runs("b", ctx=16384).runs("c", ctx=4096)
    log.warns(f'"truncating input prompt" limit={limit} prompt=99999 keep=4 new={limit}')

    (told,) = [one for one in updates(str(log)) if isinstance(one, Reported)]
    assert told.kind == "prompt_truncated"
    assert told.record is not None
    assert told.record.digest == digest(of)
