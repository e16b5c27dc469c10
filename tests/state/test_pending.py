"""A launch is pending from its line to its end; what ends it, and what is only an echo."""

import pytest

from ollama_watch.state.updates import Ended, Known
from tests.support.checked import launches, updates
from tests.support.ollama_log import COMMAND_LINE, LLAMA_SERVER, LOAD_REQUEST, OllamaLog

ERAS = (COMMAND_LINE, LOAD_REQUEST, LLAMA_SERVER)


def fates(log: OllamaLog) -> list[tuple[bool, bool, bool]]:
    return [(one.complete, one.started, one.failed) for one in launches(str(log))]


STARTED, FAILED, GIVEN_UP = (True, True, False), (True, False, True), (False, False, True)
UNTOLD = (False, False, False)


@pytest.mark.parametrize("era", ERAS)
def test_started_ends_it(era: str) -> None:
    assert fates(OllamaLog(era).runs(ctx=8192)) == [STARTED]


@pytest.mark.parametrize("era", ERAS)
def test_a_second_started_is_an_echo(era: str) -> None:
    log = OllamaLog(era).runs(ctx=8192).started()

    assert fates(log) == [STARTED]
    assert [launch.load_seconds for launch in launches(str(log))] == [2.0]


@pytest.mark.parametrize(
    "message",
    [
        '"NewLlamaServer failed" model=m error="exit status 1"',
        '"Load failed" error="no memory"',
        '"error loading llama server" error="timed out"',
        '"unable to load any llama server" error="no such file"',
        '"failed to create server" model=some:tag error="no memory"',
    ],
)
def test_a_failure_ends_it(message: str) -> None:
    assert fates(OllamaLog().launch(ctx=8192).says(message, "ERROR")) == [FAILED]


def test_the_failure_of_another_model_does_not_end_it() -> None:
    other = "/models/blobs/sha256-" + "0" * 64
    log = OllamaLog().launch(ctx=8192).says(f'"Load failed" model={other} error="no memory"').started()

    assert fates(log) == [STARTED]


@pytest.mark.parametrize(
    "message",
    [
        '"client connection closed before server finished loading, aborting load"',
        '"client connection closed before llama-server finished loading, aborting load"',
        '"context expired before server started"',
        '"Load failed" error="context canceled"',
    ],
)
def test_a_client_that_left_ends_it_unfinished(message: str) -> None:
    assert fates(OllamaLog().launch(ctx=8192).warns(message)) == [GIVEN_UP]


def test_the_next_launch_ends_it() -> None:
    assert fates(OllamaLog().launch(ctx=8192).launch("b", ctx=4096).started()) == [UNTOLD, STARTED]


def test_a_new_server_ends_it() -> None:
    log = OllamaLog().server("0.32.1").launch(ctx=8192).server("0.32.1").started()

    assert fates(log) == [UNTOLD]


def test_it_is_given_up_after_ten_minutes() -> None:
    late = OllamaLog().launch(ctx=8192).wait(601).says('"inference compute" library=cuda').started()
    in_time = OllamaLog().launch(ctx=8192).wait(599).started()

    assert fates(late) == [UNTOLD]
    assert fates(in_time) == [STARTED]


def test_the_end_of_the_log_ends_it() -> None:
    ended = [update for update in updates(str(OllamaLog().launch(ctx=8192))) if isinstance(update, Ended)]

    assert [update.record.complete for update in ended] == [False]


@pytest.mark.parametrize("era", ERAS)
def test_its_arguments_are_told_once(era: str) -> None:
    log = OllamaLog(era).runs(ctx=8192).started()

    assert sum(isinstance(update, Known) for update in updates(str(log))) == 1


def test_the_same_line_twice_is_one_launch() -> None:
    """Some viewers give each record twice."""
    line = str(OllamaLog().launch(ctx=8192))

    assert len(launches(line + line)) == 1


def test_the_last_layers_before_started_count() -> None:
    log = OllamaLog().launch(ctx=8192).layers(10).layers(29).started().layers(5)

    assert [launch.facts["layers_offloaded"] for launch in launches(str(log))] == [29]


def test_a_dump_of_another_blob_says_nothing_of_it() -> None:
    """`create` and other loads print dumps of blobs that are not launched."""
    log = OllamaLog().launch(ctx=8192).dump("other", context_length=512).started()

    assert launches(str(log))[0].facts["ctx_trained"] is None


def test_a_dump_before_the_launch_names_its_blob() -> None:
    log = OllamaLog().dump("a", context_length=512).dump("other", context_length=99).launch(ctx=8192)

    assert launches(str(log))[0].facts["ctx_trained"] == 512
