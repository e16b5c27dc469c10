"""launchd's plist: well formed, and its command is run as launchd would, with another home. Not on a Mac."""

import os
import plistlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.daemon import append
from tests.support.logs import REVERTED
from tests.support.wait import until

ROOT = Path(__file__).parents[2]


def _agent() -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads((ROOT / "packaging/macos/ollama-watchd.plist").read_bytes())
    return found


def test_the_agent_is_started_with_the_session_and_after_a_crash() -> None:
    agent = _agent()

    assert agent["Label"] == "ollama-watchd"
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}


def test_its_command_follows_the_log_of_the_app(tmp_path: Path) -> None:
    command = tmp_path / ".local/bin/ollama-watchd"  # where pipx puts it
    for folder in (command.parent, tmp_path / ".ollama/logs", tmp_path / "Library/Logs"):
        folder.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ollama_watch "$@" --listen 127.0.0.1:0\n')
    command.chmod(0o755)
    append(tmp_path / ".ollama/logs/server.log", *REVERTED)
    own = tmp_path / "Library/Logs/ollama-watchd.log"

    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(_agent()["ProgramArguments"], env=environ, cwd="/") as process:
        try:
            until(lambda: own.exists() and re.search(r"critical context-reverted", own.read_text("utf-8")))
        finally:
            process.terminate()
    assert process.returncode == 0
