"""README and its sisters keep their promises: commands run, output is real, links lead somewhere."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.verify.case import TOLD, WHATS
from ollama_watch.verify.casefile import KEYS
from tests.documents import DOCUMENTS, ROOT, Command, blocks, commands
from tests.support.agent import agent
from tests.support.daemon import COMMAND, append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import REVERTED
from tests.support.models import Models
from tests.support.need import need
from tests.support.wait import until

README, INSTALLING, TELLING, WRITING, _ = DOCUMENTS
_LONG_LIVED = ("run", "demo")
_OF_THE_DAEMON = ("status", "desktop")


def _first(page: Path, begin: str) -> str:
    return next(block for block in blocks(page, "yaml") if block.startswith(begin))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "tests/cli/text/reverted.log", tmp_path / "server.log")
    (tmp_path / "my-rules.yaml").write_text(_first(WRITING, "rules:"))
    shutil.copy(ROOT / "tests/bench_rules/data/rx6900xt.md", tmp_path / "bench.md")
    Models(tmp_path / "models").tag("qwen2.5-coder:7b", "a1" * 32)  # the log names a folder of its machine
    own = tmp_path / ".config" / "ollama-watchd" / "config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(f"models: {{directory: {tmp_path / 'models'}}}\n")
    return tmp_path


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.line)
def test_a_command_runs(command: Command, folder: Path) -> None:
    words = shlex.split(command.line)
    if words[0] == "make":
        made = [need("make", package="make"), "--dry-run", words[1]]
        subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
        return
    assert words[0] == "ollama-watchd"
    if words[1] in (*_LONG_LIVED, *_OF_THE_DAEMON):
        _lives(words[1:], folder)
        return
    done = subprocess.run(
        [*COMMAND, *words[1:]], cwd=folder, capture_output=True, text=True, check=False, env=_somebody(folder)
    )
    assert done.returncode in (0, 1), done.stderr
    if command.output:
        assert done.stdout == command.output


def _lives(words: list[str], folder: Path) -> None:
    """The port of the README may be taken by a daemon of this machine, and so may its journal be missing."""
    log = folder / "server.log"
    arguments = [str(log) if word == "server.log" else word for word in words[1:]]
    if words[0] == "desktop":
        with (
            daemon(["--file", str(log), "--sink", "log"]) as running,
            Desktop() as desktop,
            agent(desktop, running.url, folder / "home"),
        ):
            return
    if words[0] == "status":
        with daemon(["--file", str(log)]) as running:
            address = running.url.removeprefix("http://")
            done = subprocess.run(
                [*COMMAND, "status", "--listen", address], capture_output=True, text=True, check=False
            )
            assert done.returncode in (0, 1), done.stderr
        return
    with daemon(arguments, command=words[0]) as running:
        until(lambda: running.get("/-/healthy")[0] == 200)


def _somebody(home: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_stands_for_a_shell_is_shell(page: Path) -> None:
    for block in blocks(page, "sh"):
        subprocess.run(["/bin/sh", "-n"], input=block, text=True, check=True)


def test_the_pipe_is_followed(tmp_path: Path) -> None:
    """`docker` is a program that writes a log to standard error and goes on, as docker does."""
    (line,) = re.findall(r"^docker logs -f .*$", "\n".join(blocks(INSTALLING, "sh")), re.MULTILINE)
    log = tmp_path / "server.log"
    append(log, *REVERTED)
    programs = {
        "docker": f"exec tail -n +1 -f {log} >&2",
        "ollama-watchd": f'exec {shlex.join(COMMAND)} "$@" --listen 127.0.0.1:0',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    with (tmp_path / "said").open("wb") as said:
        environ = {**_somebody(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
        process = subprocess.Popen(
            ["/bin/sh", "-c", line], stderr=said, stdout=said, env=environ, process_group=0
        )
        try:
            until(lambda: "critical context-reverted" in (tmp_path / "said").read_text(encoding="utf-8"))
        finally:
            subprocess.run(["/bin/kill", "--", f"-{process.pid}"], check=True)
            process.wait(10)


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_its_configuration_is_accepted(page: Path, tmp_path: Path) -> None:
    parts = ("want:", "http:", "sinks:", "sources:", "models:")
    for number, block in enumerate(block for block in blocks(page, "yaml") if block.startswith(parts)):
        config = tmp_path / f"{number}.yaml"
        config.write_text(block)
        load_config(config)


def test_a_wish_of_the_readme_is_one_for_each_of_its_models(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(_first(README, "want:"))
    config = load_config(tmp_path / "config.yaml")

    wants = [config.want_for([tag]) for tag in ("qwen2.5-coder:7b", "llama3.1:8b")]
    assert [want and want.context for want in wants] == [32768, 8192]


def test_the_case_of_the_page_is_played(folder: Path) -> None:
    (folder / "my-rules.test.yaml").write_text(_first(WRITING, "cases:"))

    words = [*COMMAND, "rules", "test", "my-rules.yaml"]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False, env=_somebody(folder)
    )
    assert done.stdout == "ok: 2 cases of 1 rule\n"


def test_the_readme_brings_a_rule_from_idea_to_tested_in_under_ten_lines(folder: Path) -> None:
    (command,) = (one for one in commands() if one.page == README and " rules test " in one.line)
    rule = _first(README, "rules:")
    (folder / "my-rules.yaml").write_text(rule)

    words = shlex.split(command.line)[1:]
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False, env=_somebody(folder)
    )
    assert done.stdout == command.output == "ok: 1 case of 1 rule\n"
    assert len([*rule.splitlines(), command.line]) < 10


def test_the_page_names_every_key_of_a_case() -> None:
    text = WRITING.read_text(encoding="utf-8").partition("A case has a")[2].partition("`from-bench`")[0]

    assert {*KEYS, *TOLD, *WHATS} <= set(re.findall(r"\b[a-z]+\b", text))


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    """Return where links may lead to in a page: its titles, as GitHub spells them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_commands_and_the_wish_are_not_behind_large_pictures() -> None:
    """Whoever has five minutes scrolls once: of 980 pixels' width these are the upper two screens."""
    before, wish, _ = (ROOT / "README.md").read_text(encoding="utf-8").partition("\nwant:\n")
    pictures = re.findall(r"^!\[.*\]\((\S+\.png)\)$", before, re.MULTILINE)
    heights = [int.from_bytes((ROOT / name).read_bytes()[20:24], "big") for name in pictures]  # of its IHDR

    assert wish
    assert "$ make run" in before
    assert "$ ollama-watchd check" in before
    assert sum(heights) < 500
