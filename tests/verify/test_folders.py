"""Which files of a folder are read as rules, as cases, and not at all."""

import os
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.app.reloading import signature
from ollama_watch.app.workshop import open_workshop
from ollama_watch.errors import UserError
from ollama_watch.verify.folders import case_files_in, files_of

RULE = "rules: [{id: %s, severity: info, summary: s, expect: {parallel: 1}}]\n"
CASES = "cases: [{name: c, facts: {parallel: 1}, alerts: []}]\n"
NOT_MEANT = (
    ".hidden.yaml",
    ".#lock.yaml",
    "#being-written.yaml",
    "~copy.yml",
    "old.yaml~",
    "old.yaml.bak",
    "x.yaml.swp",
)


def filled(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(CASES if ".test." in name.lower() else RULE % f"r{len(name)}")
    return folder


def test_both_endings_are_read_in_capitals_or_not(tmp_path: Path) -> None:
    folder = filled(
        tmp_path, "a.yaml", "bb.yml", "CCC.YAML", "dddd.Yml", "a.test.yaml", "bb.test.yml", "CCC.TEST.YML"
    )

    assert {path.name for path in files_of(folder)} == {"a.yaml", "bb.yml", "CCC.YAML", "dddd.Yml"}
    assert {path.name for path in case_files_in(folder)} == {"a.test.yaml", "bb.test.yml", "CCC.TEST.YML"}


def test_what_editors_leave_is_not_read(tmp_path: Path) -> None:
    assert files_of(filled(tmp_path, *NOT_MEANT)) == []


@pytest.mark.parametrize(("rules", "beside"), [("r.yml", "r.test.yml"), ("r.YAML", "r.test.yaml")])
def test_cases_are_found_beside_rules_whatever_their_endings(tmp_path: Path, rules: str, beside: str) -> None:
    folder = filled(tmp_path, rules, beside)

    for path in (folder, folder / rules, folder / beside):
        assert [case.name for case in open_workshop(None, [path]).cases] == ["c"]


def test_folders_of_the_configuration_are_read_and_watched_alike(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("{}")
    filled(tmp_path / "rules.d", "r.yml")
    filled(tmp_path / "want.d")
    before = signature([tmp_path / "want.d"])
    (tmp_path / "want.d" / "w.yml").write_text("want: {'*': {context: 8192}}")
    (tmp_path / "want.d" / ".w.yaml").write_text("want: {}")

    config = load_config(tmp_path / "config.yaml")
    assert ([rule.id for rule in config.rules][-1], len(config.want)) == ("r5", 1)
    assert len(signature([tmp_path / "want.d"])) == len(before) + 1


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_may_never_end_is_no_rule_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "r.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(UserError, match="a pipe or a device"):
        load_config(None, [path])
