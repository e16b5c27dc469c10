"""Each row of the page of exit codes, made to happen."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.docs.commands import every, program
from tests.docs.reference.exits import EXITS, Exit
from tests.support.daemon import COMMAND, Daemon, append, daemon
from tests.support.logs import FRESH, REVERTED, record
from tests.support.wait import until

ROOT = Path(__file__).parents[2]
_RULE = """\
rules:
  - id: one-slot-alone
    severity: warning
    summary: "{model} shares its context between {parallel} slots"
    expect: {parallel: 1}
    cases:
      - {name: four slots, file: server.log, alerts: [{actual: 4}]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calls")
    lines = (ROOT / "tests/cli/text/reverted.log").read_text(encoding="utf-8").splitlines(keepends=True)
    texts = {
        "server.log": "".join(lines),
        "quiet.log": "".join(lines[:3]),
        "my-rules.yaml": _RULE,
        "fails.yaml": _RULE.replace("actual: 4", "actual: 5"),
        "lost.yaml": _RULE.replace("server.log", "missing.log"),
        "wrong.yaml": _RULE.replace("severity", "severety"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "tests/bench_rules/data/rx6900xt.md", folder / "bench.md")
    shutil.copy(ROOT / "tests/bench_rules/data/flash-attention.md", folder / "draw.md")
    return folder


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Three daemons: nothing is wrong, an alert fires, a model has a name; and where nobody listens."""
    folder = tmp_path_factory.mktemp("logs")
    name = record("template selection", "model=registry.ollama.ai/library/qwen2.5-coder:7b")
    logs = {"quiet": FRESH[:2], "firing": REVERTED, "named": (*FRESH, name)}
    with ExitStack() as daemons:
        found = {"nobody": "127.0.0.1:1"}
        for what, lines in logs.items():
            append(folder / f"{what}.log", *lines)
            running = daemons.enter_context(daemon(["--file", str(folder / f"{what}.log"), "--sink", "log"]))
            until(partial(_is_ready, running))
            found[what] = running.url.removeprefix("http://")
        yield found


def _is_ready(running: Daemon) -> bool:
    return running.get("/-/ready")[0] == 200


@pytest.mark.parametrize(
    "row", [row for row in EXITS if row.words], ids=lambda row: f"{row.command} {row.code}"
)
def test_a_call_ends_with_the_code(row: Exit, folder: Path, places: Mapping[str, str]) -> None:
    keep = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    nobody = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), str(folder / "home"))
    words = [re.sub(r"^\{(\w+)\}$", lambda found: places[found[1]], word) for word in row.words.split()]

    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, env={**keep, **nobody}, capture_output=True, text=True, check=False
    )

    assert done.returncode == row.code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_daemon_that_is_ended_ends_well(command: str, tmp_path: Path) -> None:
    arguments = ["--file", str(tmp_path / "server.log")] if command == "run" else ["--rounds", "1"]
    with daemon(arguments, command=command) as running:
        running.process.terminate()
        assert running.process.wait(10) == 0


def test_every_command_has_a_row_and_no_other() -> None:
    assert {row.command for row in EXITS} == {command.name for command in every(program())}
