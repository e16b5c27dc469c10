"""Cases of rules, played."""

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.cli.rules.oneslot import FOUR_SLOTS, MINE
from tests.support.command import run


def _wrong(mine: Path) -> None:
    mine.write_text(MINE.replace("actual: 4", "actual: 3"))


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


def _with_a_case_more(mine: Path, case: str) -> None:
    mine.write_text(MINE.replace("actual: 4}]}\n", f"actual: 4}}]}}\n      - {{{case}}}\n"))


def test_a_log_that_is_not_there_is_told_with_its_place_and_the_other_cases_are_played(mine: Path) -> None:
    _with_a_case_more(mine, "name: lost, file: lost.log, alerts: []")

    done = run("rules", "test", mine)

    assert (done.returncode, done.stderr) == (2, "")
    assert (
        f"ERROR  one-slot: lost  {mine}:8\n    {mine}:8:28: {mine.parent}/lost.log: No such file"
        in done.stdout
    )
    assert "file: lost.log" in done.stdout
    assert "^" * len("lost.log") in done.stdout
    assert done.stdout.endswith("1 of 2 cases could not be played\n")


def test_a_log_that_is_not_there_is_an_error_for_programs(mine: Path) -> None:
    _with_a_case_more(mine, "name: lost, file: lost.log, alerts: []")

    told = json.loads(run("rules", "test", "--format", "json", mine).stdout)["cases"]
    suites = ET.fromstring(run("rules", "test", "--format", "junit", mine).stdout)  # noqa: S314  # ours

    assert [(case["name"], case["passed"], bool(case["error"])) for case in told] == [
        ("four slots", True, False),
        ("lost", False, True),
    ]
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("2", "0", "1")
    assert (error := suites.find(".//testcase[@name='lost']/error")) is not None
    assert "No such file" in str(error.get("message"))


def test_a_case_of_facts_that_fails_shows_them(mine: Path) -> None:
    _with_a_case_more(mine, "name: told, facts: {parallel: 3}, alerts: []")

    out = run("rules", "test", mine).stdout

    assert "held against the facts of the case\n      parallel: 3\n" in out
    assert "no launch" not in out
    assert json.loads(run("rules", "test", "--format", "json", mine).stdout)["cases"][1]["facts"] == {
        "parallel": 3
    }


def test_shipped_cases_try_the_rules_as_shipped(mine: Path) -> None:
    """Here the shipped cases of context-small would fail with the user's severity."""
    config = mine.parent / "config.yaml"
    config.write_text("rules: {paths: [mine.yaml]}")

    done = run("rules", "test", "--config", config)

    assert done.returncode == 0
    assert done.stdout.endswith(" shipped cases of rules that you changed: played on them as shipped\n")
    told = json.loads(run("rules", "test", "--config", config, "--format", "json").stdout)["cases"]
    assert {case["rule"] for case in told if case["as_shipped"]} == {"context-small"}


def test_names_of_files_do_nothing_to_a_terminal(mine: Path) -> None:
    _wrong(mine)
    hostile = mine.rename(mine.with_name("\x1b[31mred\u202e.yaml"))

    assert run("rules", "test", hostile).stdout.replace("\n", "").isprintable()
    suites = ET.fromstring(run("rules", "test", "--format", "junit", hostile).stdout)  # noqa: S314  # ours
    assert (case := suites.find(".//testcase")) is not None
    assert str(case.get("file")).endswith("\\x1b[31mred\\u202e.yaml")
