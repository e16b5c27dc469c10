"""What the configuration wants besides the context is a rule of its own."""

from pathlib import Path

import pytest

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import load_config
from ollama_watch.app.judging import Judging
from tests.support.checked import lines
from tests.support.ollama_log import OllamaLog

NAMED = '"template selection" model=registry.ollama.ai/library/qwen3:8b selected=go_template'


def judged(folder: Path, want: str, log: OllamaLog) -> Report:
    path = folder / "config.yaml"
    path.write_text(f"want: {{{want}}}", encoding="utf-8")
    report = Report()
    check_lines(lines(str(log)), "server.log", Judging(load_config(path)), report)
    return report


def _server(flags: str = "") -> OllamaLog:
    log = OllamaLog().server("0.32.1", tier=4096).launch(ctx=16384, parallel=2, flags=flags)
    return log.layers(29).started().says(NAMED)


def _rules(report: Report) -> list[str]:
    return [found.rule for found in report.findings]


@pytest.mark.parametrize(
    ("want", "flags", "rules"),
    [
        ('"qwen3:*": {parallel: 2}', "", []),
        ('"qwen3:*": {parallel: 1}', "", ["wanted-arguments"]),
        ('"llama*": {parallel: 1}', "", []),
        ('"*": {gpu_layers: all}', "-ngl 29", []),
        ('"*": {gpu_layers: all}', "-ngl 20", ["wanted-arguments"]),
        ('"*": {flash_attention: on}', "--flash-attn on", []),
        ('"*": {flash_attention: on}', "--flash-attn off", ["wanted-arguments"]),
        ('"*": {kv_cache_type: q8_0}', "--cache-type-k q4_0", ["wanted-arguments"]),
        ('"*": {kv_cache_type: q8_0}', "", ["wanted-arguments"]),
        ('"*": {kv_cache_type: f16}', "", []),
        ('"*": {flash_attention: auto}', "--flash-attn auto", []),
        ('"*": {context: 8192}', "", []),
    ],
)
def test_other_arguments_than_wanted_are_told(
    tmp_path: Path, want: str, flags: str, rules: list[str]
) -> None:
    assert _rules(judged(tmp_path, want, _server(flags))) == rules


@pytest.mark.parametrize(("became", "rules"), [("enabled", []), ("disabled", ["wanted-arguments"]), ("", [])])
def test_what_auto_became_is_held_against_what_is_wanted(
    tmp_path: Path, became: str, rules: list[str]
) -> None:
    log = OllamaLog().server("0.32.1", tier=4096).launch(ctx=16384, parallel=2, flags="--flash-attn auto")
    if became:
        log.raw(f"llama_context: flash_attn            = {became}")

    assert _rules(judged(tmp_path, '"*": {flash_attention: on}', log.started())) == rules


def test_what_the_log_does_not_tell_is_not_accused(tmp_path: Path) -> None:
    report = judged(tmp_path, '"*": {threads: 8}', _server())

    assert _rules(report) == []
    assert ("wanted-arguments", "threads") in [(one.rule, one.missing) for one in report.unknowns]


def test_a_launch_that_failed_is_not_accused(tmp_path: Path) -> None:
    log = OllamaLog().server("0.32.1", tier=4096).launch(ctx=16384).says('"Load failed" error="no memory"')

    assert _rules(judged(tmp_path, '"*": {parallel: 2}', log)) == ["load-failed"]


def test_the_finding_says_what_was_wanted(tmp_path: Path) -> None:
    (found,) = judged(tmp_path, '"qwen3:*": {parallel: 1}', _server()).findings

    assert (found.fact, found.expected, found.actual, found.severity) == ("parallel", "1", 2, "warning")
    assert "qwen3:8b" in found.message
