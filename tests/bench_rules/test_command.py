"""The command: where it reads and writes, and its exit codes."""

import argparse
import io
import sys
from pathlib import Path

import pytest

from ollama_watch.cli import rules
from ollama_watch.errors import UserError
from ollama_watch.verify.rulefile import load_rules
from tests.bench_rules.made import DATA, data

REAL = DATA / "rx6900xt.md"


def _run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    rules.arguments(parser)
    return rules.run(parser.parse_args(["from-bench", *map(str, words)]))


def test_rules_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(REAL) == 0

    told = capsys.readouterr()
    (rule,) = load_rules([], [("x.yaml", told.out)])
    assert rule.id == "bench-flash-attention-rocm"
    assert told.out.startswith("# Written by `ollama-watchd rules from-bench` from rx6900xt.md: ")
    assert told.err == ""


def test_refusals_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(DATA / "flash-attention.json") == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert [line.split(", ")[0] for line in told.err.splitlines()] == [
        "no rule: qwen2 ?B all F32",
        "no rule: llama ?B all F32",
    ]


def test_severity(capsys: pytest.CaptureFixture[str]) -> None:
    _run(REAL, "--severity", "warning")

    assert load_rules([], [("x.yaml", capsys.readouterr().out)])[0].severity == "warning"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input_in_any_encoding_that_shells_write(
    encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = io.BytesIO(data("rx6900xt.md").replace("\n", "\r\n").encode(encoding))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))

    assert _run("-") == 0
    assert "pp4096: 1195.44 ± 0.69 with on" in capsys.readouterr().out


def test_a_file_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "bench.yaml"

    assert _run(REAL, "-o", out) == 0
    first = out.read_text(encoding="utf-8")
    with pytest.raises(UserError, match="exists already\nhint: --force overwrites it"):
        _run(REAL, "-o", out, "--model", "qwen2 7B Q8_0=q")
    assert out.read_text(encoding="utf-8") == first
    assert _run(REAL, "-o", out, "--force", "--model", "qwen2 7B Q8_0=q") == 0
    assert out.read_text(encoding="utf-8") != first


def test_no_file_is_written_without_a_rule(tmp_path: Path) -> None:
    assert _run(DATA / "flash-attention.md", "-o", tmp_path / "bench.yaml") == 1
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.md: No such file or directory"):
        _run(tmp_path / "gone.md")
    with pytest.raises(UserError, match="Is a directory"):
        _run(tmp_path)
    with pytest.raises(UserError, match="No such file or directory"):
        _run(REAL, "-o", tmp_path / "gone" / "bench.yaml")
    with pytest.raises(UserError, match="Is a directory"):
        _run(REAL, "-o", tmp_path, "--force")
