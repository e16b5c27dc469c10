"""What lines tell, and why each rule fires or not."""

import os
from pathlib import Path

import pytest

from tests.cli.rules.oneslot import FOUR_SLOTS
from tests.support.command import run
from tests.support.ollama_log import OllamaLog


def test_try_says_of_each_rule_why_it_fires_or_not(tmp_path: Path) -> None:
    log = tmp_path / "four.log"
    log.write_text(FOUR_SLOTS)

    done = run("rules", "try", log)

    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "ctx_per_slot: 2048" in said
    assert "✗ context-small fires, warning: " in said
    assert "(ctx_per_slot is 2048, expect ctx_per_slot: > 2048)" in said
    assert "· context-at-default not for this: ctx_is_default is no, when ctx_is_default: true" in said
    assert "? layers-on-cpu not judged: these lines do not tell layers_offloaded" in said
    assert "prompt-truncated waits: prompt_truncated did not come" in said


def test_try_one_rule_with_each_of_its_conditions(tmp_path: Path) -> None:
    log = tmp_path / "four.log"
    log.write_text(FOUR_SLOTS)

    said = [
        " ".join(line.split())
        for line in run("rules", "try", log, "--rule", "context-small").stdout.splitlines()
    ]

    assert "when ctx_wanted_from: none holds: none" in said
    assert "expect ctx_per_slot: > 2048 does not hold: 2048" in said
    assert "unless trained-small ctx_trained: <= ctx_per_slot unknown: unknown" in said


def test_try_a_single_line() -> None:
    (line,) = [line for line in FOUR_SLOTS.splitlines() if "starting llama-server" in line]

    done = run("rules", "try", line)

    assert done.stdout.startswith("line 1: LaunchLine  era: llama-server")
    assert "✗ context-small" in done.stdout


def test_try_an_event() -> None:
    line = str(OllamaLog().warns('"invalid environment variable, using default" key=A value=b default=c'))

    done = run("rules", "try", line)

    assert "✗ environment-invalid" in done.stdout


def test_try_a_line_that_tells_nothing() -> None:
    done = run("rules", "try", "hello")

    assert (done.returncode, done.stdout) == (
        0,
        "nothing in this line that tells of a launch or what became of it\n",
    )


def test_try_nothing_at_all() -> None:
    done = run("rules", "try", "")

    assert (done.returncode, done.stdout) == (0, "nothing to read: it is empty\n")


def test_try_another_launch_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("b", ctx=32768)))

    assert "ctx_per_slot: 2048" in run("rules", "try", log, "--line", "4").stdout
    assert "launches are at: 4, 6" in run("rules", "try", log, "--line", "5").stderr


RULES = """\
rules:
  - {id: r, severity: warning, summary: "{model} {count}", on: invalid_environment, count: 3, within: 1m}
  - {id: later, severity: warning, summary: late, expect: {parallel: 1}, for: 1h}
"""
WARNING = '"invalid environment variable, using default" key=A value={} default=c'


def _tried(tmp_path: Path, log: OllamaLog, rule: str) -> tuple[int, str]:
    (tmp_path / "tried.log").write_text(str(log))
    (tmp_path / "r.yaml").write_text(RULES)
    done = run("rules", "try", tmp_path / "tried.log", "--rules", tmp_path / "r.yaml", "--rule", rule)
    return done.returncode, " ".join(done.stdout.split())


def test_try_waits_for_as_many_as_the_rule_counts(tmp_path: Path) -> None:
    log = OllamaLog().server("0.32.1").warns(WARNING.format(1)).warns(WARNING.format(2))

    code, said = _tried(tmp_path, log, "r")
    assert code == 0
    assert "r waits: 2 of 3 within 1m" in said

    code, said = _tried(tmp_path, log.warns(WARNING.format(3)), "r")
    assert code == 1
    assert "✗ r fires, warning: A 3" in said


def test_try_waits_for_as_long_as_the_rule_says(tmp_path: Path) -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4).wait(600).says("x")

    code, said = _tried(tmp_path, log, "later")
    assert code == 0
    assert "… later pending: for 1h (" in said

    code, said = _tried(
        tmp_path, log.wait(3600).says('"Listening on 127.0.0.1:11434 (version 0.32.1)"'), "later"
    )
    assert code == 1
    assert "✗ later fires, warning: late" in said


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nosuch.log", "No such file"),
        ("nosuch.log.gz", "No such file"),
        ("no/such", "No such file"),
        ("../no such", "No such file"),
        ("my old.log", "No such file"),
        ("/", "is a directory"),
    ],
)
def test_try_of_a_path_that_is_no_log(path: str, told: str) -> None:
    done = run("rules", "try", path)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path}: {told}" in done.stderr


def test_try_of_what_is_empty() -> None:
    assert run("rules", "try", "/dev/null").stdout == "nothing to read: it is empty\n"


def test_try_reads_streams(tmp_path: Path) -> None:
    assert "ctx_per_slot: 2048" in run("rules", "try", "/dev/stdin", given=FOUR_SLOTS.encode()).stdout

    fifo = tmp_path / "substituted"
    os.mkfifo(fifo)
    writing = ["sh", "-c", f"printf %s '{FOUR_SLOTS}' > {fifo} & exec \"$@\"", "sh"]
    assert "ctx_per_slot: 2048" in run("rules", "try", fifo, before=writing).stdout


@pytest.mark.parametrize(
    "line", ["time=x msg=/models/x.log", "[GIN] 2026/03/01 - 12:00:00 | 200 |", "a: b.log"]
)
def test_try_takes_a_line_that_names_files_for_a_line(line: str) -> None:
    assert run("rules", "try", line).stdout.startswith("nothing in this line")
