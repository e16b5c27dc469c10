"""A later launch of a blob whose earlier one never started replaces it."""

import pytest

from ollama_watch.model import Launch
from ollama_watch.state.updates import Reported
from tests.support.checked import checked, facts, launches, updates
from tests.support.ollama_log import COMMAND_LINE, OllamaLog

FAILED = '"Load failed" error="no memory"'


def replaced_by(log: OllamaLog) -> list[int | None]:
    return [launch.superseded_by for launch in launches(str(log))]


def failures(log: OllamaLog) -> list[object]:
    told = [one for one in updates(str(log)) if isinstance(one, Reported) and one.kind == "load_failed"]
    return [one.fields["error"] for one in told]


def test_a_launch_that_never_started_is_replaced_by_its_retry() -> None:
    assert replaced_by(OllamaLog().launch(ctx=32768).wait(3).runs(ctx=16384)) == [1, None]


def test_every_try_is_replaced_by_the_next() -> None:
    log = OllamaLog(COMMAND_LINE).launch(ctx=8192)
    log.warns('"unable to start runner with compatible gpu" error="no" compatible="[cuda_v12]"')

    assert replaced_by(log.launch(ctx=8192).launch(ctx=8192).started()) == [1, 2, None]


def test_a_launch_that_was_told_to_have_failed_stands_on_its_own() -> None:
    """Ollama says so only when it will not try again: what follows is somebody's next request."""
    assert replaced_by(OllamaLog().launch(ctx=32768).says(FAILED).runs(ctx=16384)) == [None, None]


def test_a_launch_that_had_started_is_not_replaced() -> None:
    first, second = launches(str(OllamaLog().runs(ctx=8192).runs(ctx=16384)))

    assert (first.superseded_by, first.gone, second.gone) == (None, True, False)


def test_another_model_is_no_retry() -> None:
    assert replaced_by(OllamaLog().launch("a", ctx=8192).runs("b", ctx=8192)) == [None, None]


def test_after_ten_minutes_it_is_no_retry() -> None:
    assert replaced_by(OllamaLog().launch(ctx=8192).wait(700).runs(ctx=8192)) == [None, None]


def test_a_launch_that_was_replaced_is_not_judged() -> None:
    report = checked(str(OllamaLog().launch(ctx=2048).wait(3).runs(ctx=2048)))

    assert [(one.rule, one.line) for one in report.findings] == [("context-small", 2)]
    assert {one.launch.index for one in report.unknowns} <= {1}


def test_a_new_launch_on_a_port_ends_the_runner_that_had_it() -> None:
    log = (
        OllamaLog()
        .says('"starting mlx runner subprocess" model=x port=5')
        .says('"mlx runner is ready" port=5')
    )
    log.says('"starting mlx runner subprocess" model=y port=5').says('"mlx runner is ready" port=5')

    assert [launch.gone for launch in launches(str(log))] == [True, False]


@pytest.mark.parametrize(("seconds", "told"), [(8, []), (12, ["no memory"])])
def test_a_failure_is_told_unless_the_model_starts_within_ten_seconds(
    seconds: float, told: list[object]
) -> None:
    assert failures(OllamaLog().launch(ctx=8192).says(FAILED).wait(seconds).runs(ctx=4096)) == told


def test_one_failure_told_by_several_lines_is_one() -> None:
    log = OllamaLog().launch(ctx=8192).says('"error loading llama server" error="exit status 2"')

    assert failures(log.says('"NewLlamaServer failed" error="something else"')) == ["exit status 2"]


def test_what_fails_after_its_client_left_is_no_failure() -> None:
    log = OllamaLog().launch(ctx=8192).warns('"context expired before server started"')

    assert failures(log.says('"error loading llama server" error="exit status 2"')) == []


def test_a_model_that_fails_without_a_launch_is_told_by_its_name() -> None:
    log = OllamaLog().says('"failed to create server" model=llama3.2:3b error="no memory"')

    assert [found.message for found in checked(str(log)).findings] == [
        "llama3.2:3b could not be loaded: no memory"
    ]


def test_a_model_that_fails_without_a_launch_or_name_is_told_by_its_digest() -> None:
    blob = "/models/blobs/sha256-" + "ab" * 32
    log = OllamaLog().says(f'"failed to load model metadata" model={blob} error="invalid file magic"')

    assert [found.message for found in checked(str(log)).findings] == [
        "sha256:abababababab could not be loaded: invalid file magic"
    ]


def _last(log: OllamaLog) -> Launch:
    return launches(str(log))[-1]


def test_a_failed_launch_leaves_the_context_from_before_it() -> None:
    log = OllamaLog().runs(ctx=8192).launch(ctx=16384).says(FAILED).wait(60).runs(ctx=4096)

    assert _last(log).facts["ctx_previous"] == 8192


def test_a_launch_that_was_tried_again_is_no_history() -> None:
    """It never ran: the two launches at 32768 are one, and that was there for a minute."""
    log = OllamaLog(COMMAND_LINE).server("0.9.6").launch(ctx=32768).launch(ctx=32768).started().wait(60)

    assert facts(str(log.runs(ctx=4096)))["ctx_wanted_from"] == "none"


def test_steps_down_for_want_of_memory_are_no_clients_that_disagree() -> None:
    log = OllamaLog().server("0.32.1", tier=32768)
    for _ in range(5):
        log.launch(ctx=32768).runs(ctx=4096).wait(60)

    assert "thrashing" not in {one.rule for one in checked(str(log)).findings}
