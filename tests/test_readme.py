"""The README keeps its promises: its commands run, its output is real, its tables are complete."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from ollama_watch.verify.case import TOLD, WHATS
from ollama_watch.verify.casefile import KEYS
from ollama_watch.verify.shipped import shipped_rules
from tests.support.agent import agent
from tests.support.daemon import COMMAND, append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import START, launch
from tests.support.need import need
from tests.support.wait import until

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LONG_LIVED = ("run", "demo")
_OF_THE_DAEMON = ("status", "desktop")


def _blocks(language: str) -> list[str]:
    return [body for found, body in _FENCE.findall(README) if found == language]


def _commands() -> list[tuple[str, str]]:
    """Return (command, output shown below it)."""
    found = []
    for block in _blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "tests/cli/text/reverted.log", tmp_path / "server.log")
    rules = next(block for block in _blocks("yaml") if block.startswith("rules:"))
    (tmp_path / "my-rules.yaml").write_text(rules)
    shutil.copy(ROOT / "tests/bench_rules/data/rx6900xt.md", tmp_path / "bench.md")
    return tmp_path


@pytest.mark.parametrize(("command", "output"), _commands(), ids=[command for command, _ in _commands()])
def test_a_command_of_the_readme_runs(command: str, output: str, folder: Path) -> None:
    words = shlex.split(command)
    if words[0] == "make":
        subprocess.run(
            [need("make", package="make"), "--dry-run", words[1]], cwd=ROOT, check=True, capture_output=True
        )
        return
    assert words[0] == "ollama-watchd"
    if words[1] in (*_LONG_LIVED, *_OF_THE_DAEMON):
        _lives(words[1:], folder)
        return
    done = subprocess.run(
        [*COMMAND, *words[1:]], cwd=folder, capture_output=True, text=True, check=False, env=_nobody()
    )
    assert done.returncode in (0, 1), done.stderr
    if output:
        assert done.stdout == output


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


def _nobody() -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "XDG_CONFIG_HOME": "/nonexistent",
        "HOME": "/nonexistent",
        "PYTHONPATH": str(ROOT),
    }


def test_the_configuration_of_the_readme_is_accepted(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(next(block for block in _blocks("yaml") if block.startswith("want:")))
    (tmp_path / "rules.d").mkdir()

    from ollama_watch.app.config import load_config  # noqa: PLC0415  # beside what it is about

    found = load_config(config)
    assert [source.name for source in found.sources] == ["workstation", "fleet", "desktop-app", "pods"]


def test_every_metric_is_in_the_readme_and_no_other(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    with daemon(["--file", str(log)]) as running:
        until(lambda: running.alerts)
        page = running.get("/metrics")[1]

    there = {
        name + ("_total" if kind == "counter" and not name.endswith("_total") else "")
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE)
    }
    told = set(re.findall(r"^\| `(ollama_watch_\w+)`", README, re.MULTILINE))
    assert {name for name in there if not name.endswith("_created")} == told


def test_every_shipped_rule_is_in_the_readme() -> None:
    ids = {rule["id"] for _, text in shipped_rules() for rule in yaml.safe_load(text)["rules"]}

    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", README))
    assert ids <= told


def test_the_case_of_the_readme_is_played(folder: Path) -> None:
    cases = next(block for block in _blocks("yaml") if block.startswith("cases:"))
    (folder / "my-rules.test.yaml").write_text(cases)

    words = [*COMMAND, "rules", "test", "my-rules.yaml"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, env=_nobody())
    assert done.stdout == "ok: 2 cases of 1 rule\n"


def test_the_readme_names_every_key_of_a_case() -> None:
    told = set(re.findall(r"\b[a-z]+\b", README.partition("A case has a")[2].partition("`from-bench`")[0]))

    assert {*KEYS, *TOLD, *WHATS} <= told


def test_every_picture_is_there() -> None:
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file()
