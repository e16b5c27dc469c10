"""The rule workshop as its user calls it."""

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.command import run
from tests.support.ollama_log import OllamaLog, digest

FOUR_SLOTS = str(OllamaLog().server("0.32.1", tier=4096).runs(ctx=8192, parallel=4))
MINE = """\
rules:
  - id: one-slot
    severity: warning
    summary: "{model} has {parallel} slots"
    expect: {parallel: 1}
    cases:
      - {name: four slots, file: four.log, alerts: [{actual: 4}]}
  - id: context-small
    severity: info
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "four.log").write_text(FOUR_SLOTS)
    rules = tmp_path / "mine.yaml"
    rules.write_text(MINE)
    return rules


def _wrong(mine: Path) -> None:
    mine.write_text(MINE.replace("actual: 4", "actual: 3"))


# ---- check, list, show


def test_check_counts_what_is_right(mine: Path) -> None:
    done = run("rules", "check", mine)

    assert done.returncode == 0
    assert done.stdout.startswith("ok: ")
    assert "1 case for 1 of them, keys of context-small overridden" in done.stdout


def test_check_tells_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules: [{id: a, severity: grave, summary: s, expect: {parallel: 1}}]")
    (tmp_path / "b.yaml").write_text("rules: [{id: b, severity: info, summary: s, expect: {paralel: 1}}]")
    (tmp_path / "b.test.yaml").write_text("cases: [{name: c, log: x}]")

    done = run("rules", "check", tmp_path)

    assert done.returncode == 2
    for place in ("a.yaml:1:27", "b.yaml:1:54", "b.test.yaml:1:9"):
        assert f"{tmp_path}/{place}: " in done.stderr


def test_list_says_where_a_rule_comes_from_and_who_overrides_it(mine: Path) -> None:
    rows = {row["id"]: row for row in json.loads(run("rules", "list", "--json", mine).stdout)}

    assert rows["one-slot"] == {
        "id": "one-slot",
        "severity": "warning",
        "enabled": True,
        "on": None,
        "file": str(mine),
        "overridden_by": [],
        "cases": 1,
    }
    assert rows["context-small"]["severity"] == "info"
    assert rows["context-small"]["overridden_by"] == [str(mine)]
    assert rows["qwen-coder-completion"]["enabled"] is False


def test_list_for_people(mine: Path) -> None:
    (row,) = [
        line for line in run("rules", "list", mine).stdout.splitlines() if line.startswith("context-small")
    ]

    assert row.split()[1:3] == ["info", "on"]
    assert row.endswith(f"context-small.yaml, overridden by {mine}")


def test_show_prints_what_is_in_force_and_who_wrote_it(mine: Path) -> None:
    shown = run("rules", "show", "context-small", mine).stdout

    assert f"    severity: info  # {mine}:9\n" in shown
    assert '    expect: {ctx_per_slot: "> 2048"}' in shown


def test_what_show_prints_is_a_rule_file(mine: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.yaml"
    again.write_text(run("rules", "show", "context-small", mine).stdout)

    assert run("rules", "check", again).returncode == 0


def test_an_unknown_id_names_the_nearest() -> None:
    done = run("rules", "show", "context-smal")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "ollama-watchd: unknown rule 'context-smal'\nhint: did you mean 'context-small'?\n"


# ---- test


def test_cases_that_hold(mine: Path) -> None:
    done = run("rules", "test", mine)

    assert (done.returncode, done.stdout) == (0, "ok: 1 case of 1 rule\n")


def test_a_case_that_fails_shows_the_difference_and_the_facts(mine: Path) -> None:
    _wrong(mine)

    done = run("rules", "test", mine)

    assert done.returncode == 1
    assert f"FAILED  one-slot: four slots  {mine}:7" in done.stdout
    assert "- expected  actual: 3" in done.stdout
    assert "+ fires     severity: warning" in done.stdout
    assert "parallel: 4" in done.stdout
    assert done.stdout.endswith("1 of 1 case failed\n")


def test_results_for_programs(mine: Path) -> None:
    _wrong(mine)

    (case,) = json.loads(run("rules", "test", "--format", "json", mine).stdout)["cases"]

    assert (case["rule"], case["passed"], case["origin"]) == ("one-slot", False, f"{mine}:7")
    assert case["misses"][0]["lacking"] == [{"actual": "3"}]
    assert case["launches"][0]["facts"]["parallel"] == 4


def test_results_for_continuous_integration(mine: Path) -> None:
    _wrong(mine)

    done = run("rules", "test", "--format", "junit", mine)

    suites = ET.fromstring(done.stdout)  # noqa: S314  # ours
    assert (done.returncode, suites.get("failures")) == (1, "1")
    assert (case := suites.find(".//testcase")) is not None
    assert (case.get("classname"), case.get("name"), case.get("line")) == ("one-slot", "four slots", "7")


def test_cases_beside_and_packed_logs(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "four.log.gz").write_bytes(gzip.compress(FOUR_SLOTS.encode()))
    cases = tmp_path / "mine.test.yaml"
    cases.write_text(
        "cases:\n"
        "  - {rule: one-slot, name: packed, file: four.log.gz, alerts: [{severity: warning}]}\n"
        "  - {rule: context-small, name: overridden, file: four.log, alerts: [{severity: info}]}\n"
    )

    assert run("rules", "test", mine).stdout == "ok: 3 cases of 2 rules\n"
    assert run("rules", "test", cases).stdout == "ok: 3 cases of 2 rules\n"
    assert run("rules", "test", cases, "--rule", "context-small").stdout == "ok: 1 case of 1 rule\n"


def test_a_log_that_is_not_there(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "four.log").unlink()

    done = run("rules", "test", mine)

    assert done.returncode == 2
    assert "four.log: No such file" in done.stderr


# ---- try


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


def test_try_another_launch_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("b", ctx=32768)))

    assert "ctx_per_slot: 2048" in run("rules", "try", log, "--line", "4").stdout
    assert "launches are at: 4, 6" in run("rules", "try", log, "--line", "5").stderr


# ---- new


def test_new_keeps_a_launch_as_it_is(tmp_path: Path) -> None:
    log, kept = tmp_path / "two.log", tmp_path / "keep.yaml"
    first = OllamaLog().server("0.32.1").runs(ctx=32768, parallel=2)
    log.write_text(str(first))

    done = run("rules", "new", "keep-it", "--from-launch", "--log", log, "-o", kept)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert run("rules", "try", log, "--rules", kept, "--rule", "keep-it").returncode == 0
    log.write_text(str(first.wait(900).runs(ctx=32768, parallel=4)))
    said = run("rules", "try", log, "--rules", kept, "--rule", "keep-it")
    assert said.returncode == 1
    assert "ctx_per_slot is 8192, expect ctx_per_slot: >= 16384" in " ".join(said.stdout.split())


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    log.write_text(FOUR_SLOTS)

    done = run("rules", "new", "keep-it", "--from-launch", "--log", log, "-o", log)

    assert (done.returncode, log.read_text()) == (2, FOUR_SLOTS)
    assert done.stderr == f"ollama-watchd: {log}: File exists\n"


def test_new_asks_which_model(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("b", ctx=32768)))
    names = [f"sha256:{digest(model)[:12]}" for model in ("a", "b")]

    assert f"which model?\nhint: name one after --from-launch: {', '.join(names)}" in (
        run("rules", "new", "keep-it", "--from-launch", "--log", log).stderr
    )
    assert digest("b") in run("rules", "new", "keep-it", "--from-launch", names[1], "--log", log).stdout
    assert "no launch of 'c'" in run("rules", "new", "keep-it", "--from-launch", "c", "--log", log).stderr


@pytest.mark.parametrize("name", ["Keep It", "keep_it", "", "-x"])
def test_new_refuses_an_id_that_is_none(name: str, tmp_path: Path) -> None:
    assert run("rules", "new", f"--from-launch={name}x", "--", name).returncode == 2
