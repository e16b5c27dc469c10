"""Manual pages are what man and mandoc take, name what there is, and say what is true."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ollama_watch.app.config import load_config
from ollama_watch.app.sinksconfig import _KINDS as SINKS
from ollama_watch.app.workshop import open_workshop
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.yamlfile import Document, Pairs
from tests.docs import man_rules
from tests.docs.commands import every, program
from tests.docs.configuration import KEYS, nested, yaml_of
from tests.docs.pages import MANUALS
from tests.support.need import need

_EXAMPLE = Path(__file__).parents[2] / "packaging" / "config.yaml"
_FREE = ("sinks",)  # holds names, not keys


def shown(page: Path) -> str:
    """Return a page as `man` shows it, and nothing else may be said about it."""
    command = [need("man", package="man-db"), "--warnings", "--encoding=UTF-8", "--local-file", str(page)]
    plain = {"LC_ALL": "C.UTF-8", "MANWIDTH": "200", "PATH": "/usr/bin:/bin", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=plain)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_mandoc_and_man_have_nothing_to_say_about_a_page(page: Path) -> None:
    mandoc = need("mandoc", package="mandoc")
    done = subprocess.run(
        [mandoc, "-Tlint", "-W", "warning", page], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert "NAME" in shown(page)


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_a_reference_is_a_name_and_a_section(page: Path) -> None:
    references = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(".Xr")]

    assert references
    assert [one for one in references if not re.fullmatch(r"\.Xr [\w.-]+ [1-8]( ,)?", one)] == []


def test_every_command_and_option_is_shown_as_it_is_typed() -> None:
    page = shown(MANUALS[0])

    for command in every(program()):
        assert f"   {command.name}\n" in page
        for option in command.options:
            assert all(spelling in page for spelling in option.spellings)


def test_every_fact_is_shown_as_it_is_typed() -> None:
    page = shown(man_rules.PAGE)

    assert [name for name in FACTS if f"     {name} (" not in page] == []


def test_the_rules_on_the_page_keep_their_cases(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(man_rules.EXAMPLE, encoding="utf-8")
    workshop = open_workshop(None, [file])

    played = [workshop.outcome(case) for case in workshop.cases if case.rule == "one-slot-alone"]

    assert [outcome.passed for outcome in played] == [True, True]


def test_the_page_has_every_key_of_the_configuration_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: set[frozenset[str]] = set()
    read = Document.mapping

    def noting(self: Document, node: Any, allowed: Any = None, *more: Any) -> Pairs:
        known.update([frozenset(allowed)] if allowed else ())
        return read(self, node, allowed, *more)

    monkeypatch.setattr(Document, "mapping", noting)
    (tmp_path / "rules.d").mkdir()
    for turn in range(3):  # of keys that exclude each other one is kept
        excluding = {tuple(sorted((key.path, *key.instead))) for key in KEYS if key.instead}
        without = {name for names in excluding for name in names if name != names[turn % len(names)]}
        load_config(written(tmp_path, yaml_of(nested(frozenset(without)))))

    assert known == {names for folder, names in groups().items() if folder not in _FREE}
    assert groups()["sinks"] == set(SINKS)


def test_the_installed_example_changes_nothing_until_a_line_is_uncommented(tmp_path: Path) -> None:
    text = _EXAMPLE.read_text(encoding="utf-8")
    uncommented = re.sub(r"^#(?! \S)", "", text, flags=re.MULTILINE)

    assert load_config(written(tmp_path, text)) == load_config(None)
    assert set(yaml.safe_load(uncommented)) == groups()[""] - {"rules"}
    assert len(load_config(written(tmp_path, uncommented)).want) == 2


def written(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def groups() -> dict[str, frozenset[str]]:
    """Return the keys of the page by the key that holds them."""
    split = [key.path.rpartition(".") for key in KEYS]
    folders = {folder for folder, _, _ in split}
    return {one: frozenset(name for folder, _, name in split if folder == one) for one in folders}
