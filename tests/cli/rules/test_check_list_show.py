"""What is in force, who wrote it, and what is wrong with it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_watch.cli import main
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from tests.support.command import run

SHORT = "rules:\n  - id: short\n    severity: info\n    summary: s\n    expect: {parallel: 1}\n"


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
    assert done.stderr == (
        "ollama-watchd: unknown rule 'context-smal'\n"
        "hint: did you mean 'context-small'? `ollama-watchd rules list` has all of them\n"
    )


def test_an_id_like_none_names_the_list() -> None:
    assert "hint: `ollama-watchd rules list` has all of them\n" in run("rules", "test", "--rule", "x").stderr


@pytest.mark.parametrize("rule", load_rules(shipped_rules()), ids=lambda rule: rule.id)
def test_what_show_prints_of_a_shipped_rule_is_that_rule(
    rule: Rule, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "show", rule.id]) == 0

    (again,) = load_rules([("shown.yaml", capsys.readouterr().out)])
    assert again == replace(rule, cases=(), origin="shown.yaml")


@pytest.mark.parametrize(
    "why",
    [
        "'two\n\n      paragraphs # one'",
        '"a\\tb\\u2028c\\u202e"',
        "|2\n         begins with a blank\n\n      ends",
        "over\n      two lines",
    ],
)
def test_what_show_prints_is_the_rule_however_it_was_written(
    why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(f"{SHORT}    why: {why}\n    when: {{model: 'a\n\n      b'}}\n")
    assert main(["rules", "show", "short", str(own)]) == 0
    out = capsys.readouterr().out

    (again,) = load_rules([("shown.yaml", out)])
    assert again == replace(*load_rules([(str(own), own.read_text())]), origin="shown.yaml")
    assert out.replace("\n", "").isprintable()


def test_show_marks_what_nobody_wrote(mine: Path) -> None:
    marked = run("rules", "show", "prompt-truncated").stdout.splitlines()

    assert [line.strip() for line in marked if line.endswith("# default")] == [
        "enabled: true  # default",
        "for: 0s  # default",
        "tell: each  # default",
        "repeat: 24h  # default",
        "count: 1  # default",
    ]
    of_launches = run("rules", "show", "context-small", mine).stdout
    assert "tell: once" in of_launches
    assert not any(f" {key}: " in of_launches for key in ("repeat", "count", "within", "hold"))


def test_check_tells_a_missing_path_beside_all_other_mistakes(tmp_path: Path) -> None:
    for name, fact in (("a", "paralel"), ("b", "ctx_siz")):
        (tmp_path / f"{name}.yaml").write_text(f"{SHORT.replace('parallel', fact)}")

    done = run("rules", "check", *(tmp_path / f"{name}.yaml" for name in "anb"), tmp_path / "o.test.yaml")

    assert done.returncode == 2
    for told in ("'paralel'", "'ctx_siz'", "n.yaml: No such file", "o.test.yaml: No such file"):
        assert told in done.stderr


def test_check_opens_the_logs_of_cases(mine: Path) -> None:
    (mine.parent / "four.log").unlink()

    done = run("rules", "check", mine)

    assert done.returncode == 2
    assert f"{mine}:7:34: " in done.stderr
    assert "four.log: No such file" in done.stderr


def test_check_wants_a_name_of_its_own_for_each_case(mine: Path) -> None:
    """Among those beside the rule too."""
    beside = mine.with_name("mine.test.yaml")
    beside.write_text("cases: [{rule: one-slot, name: four slots, file: four.log, alerts: [{}]}]\n")

    done = run("rules", "check", mine)

    assert done.returncode == 2
    assert f"{beside}:1:32: rule 'one-slot' has two cases of the name 'four slots'" in done.stderr


def test_no_rule_at_all(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("rules: {shipped: false}")

    done = run("rules", "list", "--config", config)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no rule is in force")
    assert run("rules", "list", "--json", "--config", config).stdout == "[]\n"


def test_names_of_files_do_nothing_to_a_terminal(mine: Path) -> None:
    hostile = mine.rename(mine.with_name("\x1b[31mred\u202e.yaml"))

    for words in (["list"], ["show", "one-slot"], ["show", "context-small"]):
        assert "\\x1b[31mred\\u202e" in (out := run("rules", *words, hostile).stdout)
        assert out.replace("\n", "").isprintable()


def test_the_shipped_rules_may_be_named_and_change_nothing() -> None:
    folder = Path(shipped_rules()[0][0]).parent

    assert "overridden" not in run("rules", "check", folder).stdout
    assert run("rules", "check", folder).stdout == run("rules", "check").stdout


def test_a_case_of_no_rule_names_the_list(tmp_path: Path) -> None:
    cases = tmp_path / "gone.test.yaml"
    cases.write_text("cases: [{name: a, rule: x, facts: {parallel: 1}, alerts: []}]")

    assert (
        "hint: none is like it; `ollama-watchd rules list` has them all\n"
        in run("rules", "check", cases).stderr
    )
