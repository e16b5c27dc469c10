"""bash and zsh complete what the command line takes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.commands import Command, every, program
from tests.docs.shells import Bash, Zsh, bash, zsh

_ROOT = Path(__file__).parents[2]
_COMMAND = f'#!/bin/sh\nPYTHONPATH={_ROOT} exec {sys.executable} -m ollama_watch "$@"\n'
_GROUP = next(one for one in program().commands if one.commands)
_HERE = ["logs", "server.log"]
# What stands behind `ollama-watchd`, and what is offered at its end.
_CASES = {
    "ch": ["check"],
    f"{_GROUP.name} ": sorted(one.words[-1] for one in _GROUP.commands),
    "check --f": ["--fail-on", "--format"],
    "check --format ": ["json", "junit", "text"],
    "check --format=j": ["json", "junit"],
    "check --fail-on info ": _HERE,
    "check s": ["server.log"],
    "run ": ["-"],
    "run --state ": ["logs"],
    "run --config s": ["server.log"],
    "run --journal o": ["ollama.service"],
    "explain --listen ": [],
    "rules show context-s": ["context-small", "context-spills"],
    "rules show context-small ": _HERE,
    "rules show --config server.log context-s": ["context-small", "context-spills"],
    "rules from-bench -o s": ["server.log"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a file and a folder in it, and the program to be found."""
    top = tmp_path_factory.mktemp("completion")
    (top / "bin").mkdir()
    (top / "bin" / "ollama-watchd").write_text(_COMMAND, encoding="utf-8")
    (top / "bin" / "ollama-watchd").chmod(0o755)
    (top / "here" / "logs").mkdir(parents=True)
    (top / "here" / "server.log").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{top}/bin:{os.environ['PATH']}")
        patch.setenv("XDG_CONFIG_HOME", str(top))
        yield top / "here"


@pytest.fixture(scope="module")
def in_bash(folder: Path) -> Iterator[Bash]:
    with bash(folder) as running:
        yield running


@pytest.fixture(scope="module")
def in_zsh(folder: Path) -> Iterator[Zsh]:
    with zsh(folder) as running:
        yield running


@pytest.mark.parametrize("line", _CASES)
def test_bash_offers_what_the_command_takes(in_bash: Bash, line: str) -> None:
    assert in_bash.offers(line) == _CASES[line]


@pytest.mark.parametrize("line", _CASES)
def test_zsh_offers_what_the_command_takes(in_zsh: Zsh, line: str) -> None:
    assert in_zsh.offers(line) == _CASES[line]


@pytest.mark.parametrize("command", [*every(program())], ids=lambda command: command.name)
def test_both_offer_every_option_of_a_command(in_bash: Bash, in_zsh: Zsh, command: Command) -> None:
    spelled = {spelling for option in command.options for spelling in option.spellings}
    long = {spelling for spelling in spelled if spelling.startswith("--")}

    assert set(in_bash.offers(f"{command.name} -")) == spelled
    assert {offer.removesuffix("=") for offer in in_zsh.offers(f"{command.name} --")} == long
