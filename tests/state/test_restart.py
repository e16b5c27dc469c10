"""What a start of the server changes is told once, by name, and never guessed."""

import pytest

from ollama_watch.state.updates import Reported
from tests.support.checked import updates
from tests.support.ollama_log import OllamaLog


def told(log: OllamaLog, kind: str) -> list[Reported]:
    return [one for one in updates(str(log)) if isinstance(one, Reported) and one.kind == kind]


def lost(before: dict[str, object], now: dict[str, object]) -> list[object]:
    log = OllamaLog().server("0.32.1", before).server("0.32.1", now)
    return [one.fields["variables"] for one in told(log, "environment_lost")]


def test_all_that_is_lost_is_named_in_one_report() -> None:
    before: dict[str, object] = {"OLLAMA_KEEP_ALIVE": "24h0m0s", "OLLAMA_CONTEXT_LENGTH": 32768}
    now: dict[str, object] = {"OLLAMA_KEEP_ALIVE": "5m0s", "OLLAMA_CONTEXT_LENGTH": 0}

    assert lost(before, now) == ["OLLAMA_CONTEXT_LENGTH=32768, OLLAMA_KEEP_ALIVE=24h0m0s"]


def test_a_secret_is_lost_without_being_told() -> None:
    found = lost({"HTTPS_PROXY": "http://me:secret@proxy.example:3128"}, {"HTTPS_PROXY": ""})

    assert found == ["HTTPS_PROXY=http://***@proxy.example:3128"]


def test_a_long_value_is_cut_and_many_are_counted() -> None:
    names = "CUDA HIP ROCR GGML_VK".split()
    many = [f"{name}_VISIBLE_DEVICES" for name in names]
    many += "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy GPU_DEVICE_ORDINAL".split()
    report = lost(dict.fromkeys(many, "x" * 300), dict.fromkeys(many, ""))

    assert str(report[0]).endswith(", and 1 more")
    assert len(str(report[0])) < 1400


def test_a_variable_behind_a_cut_is_absent_and_not_lost() -> None:
    log = OllamaLog().server("0.32.1", {"OLLAMA_DEBUG": "INFO", "OLLAMA_KEEP_ALIVE": "24h0m0s"})
    log.says('"server config" env="map[OLLAMA_DEBUG:INFO OLLAMA_KEEP_ALIVE:5m')
    log.says('"Listening on 127.0.0.1:11434 (version 0.32.1)"')

    assert told(log, "environment_lost") == []


def test_a_log_that_begins_with_this_start_tells_nothing() -> None:
    log = OllamaLog().server("0.32.1", {"OLLAMA_KEEP_ALIVE": "5m0s"}, tier=4096)

    assert told(log, "environment_lost") == told(log, "default_changed") == []


@pytest.mark.parametrize(
    ("first", "second", "upgraded"), [("0.32.1", "0.32.2", True), ("0.32.1", "0.32.1", False)]
)
def test_an_upgrade_is_another_release(first: str, second: str, upgraded: bool) -> None:  # noqa: FBT001
    log = (
        OllamaLog()
        .server(first, {"OLLAMA_KEEP_ALIVE": "24h0m0s"})
        .server(second, {"OLLAMA_KEEP_ALIVE": "5m0s"})
    )

    assert [one.fields["upgraded"] for one in told(log, "environment_lost")] == [upgraded]


def test_a_default_that_changes_is_told_with_its_reason_and_where_the_log_tells_it() -> None:
    log = OllamaLog().server("0.6.6").wait(60).server("0.6.7")

    (one,) = told(log, "default_changed")
    assert dict(one.fields) == {
        "before": 2048,
        "now": 4096,
        "direction": "up",
        "overridden": False,
        "why": "Ollama 0.6.6 became 0.6.7",
    }
    assert "Listening" in str(log).splitlines()[one.line - 1]


def test_a_start_that_tells_no_release_is_passed_over() -> None:
    log = OllamaLog().server("0.6.6", {"OLLAMA_KEEP_ALIVE": "24h0m0s"})
    log.says('"server config" env="map[]"').server("0.6.7", {"OLLAMA_KEEP_ALIVE": "5m0s"})

    assert [one.fields["upgraded"] for one in told(log, "environment_lost")] == [True]
    assert [one.fields["why"] for one in told(log, "default_changed")] == ["Ollama 0.6.6 became 0.6.7"]


def test_a_source_build_that_tells_its_tier_can_be_compared() -> None:
    log = OllamaLog().server("0.0.0", tier=32768).server("0.0.0", tier=4096)

    assert [one.fields["now"] for one in told(log, "default_changed")] == [4096]


def test_a_tier_that_changes_under_one_release_is_the_gpu_memory() -> None:
    log = OllamaLog().server("0.32.1", tier=32768).server("0.32.1", tier=4096)

    (one,) = told(log, "default_changed")
    assert (one.fields["direction"], one.fields["why"]) == ("down", "it sees another amount of GPU memory")


def test_forks_and_source_builds_have_no_default_to_compare() -> None:
    log = OllamaLog().server("0.6.6").server("0.0.0").server("0.5.4-ipexllm")

    assert told(log, "default_changed") == []


def test_a_default_is_told_once_a_start() -> None:
    log = OllamaLog().server("0.6.6").server("0.32.1", gpu="cpu", tier=4096)
    log.says('"vram-based default context" total_vram="0 B" default_num_ctx=4096')

    assert len(told(log, "default_changed")) == 1
