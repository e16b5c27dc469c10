"""Held against logs of real servers, where those are kept beside the repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
COMMAND = (sys.executable, "-m", "ollama_watch")

pytestmark = [
    pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded logs are not beside the repository"),
    pytest.mark.timeout(600),
]


def score(scorer: str, tmp_path: Path, *words: str, **environment: str) -> None:
    """Run a scorer with `words` on `check`; fail with all that it prints if it does not agree with it."""
    script = SHARED / scorer
    if not script.is_file():
        pytest.skip(f"{scorer} is not there")
    empty = {"XDG_CONFIG_HOME": str(tmp_path), "MISSED": "0", "ABSENT": "0"}
    ran = subprocess.run(
        [sys.executable, script, *words, *COMMAND],
        env={**os.environ, **empty, **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_launch_of_published_logs_is_read_as_people_read_it(tmp_path: Path) -> None:
    score("logs/score_logs.py", tmp_path)


def test_every_launch_of_recorded_servers_is_read_as_their_processes_ran(tmp_path: Path) -> None:
    score("logs/score_logs.py", tmp_path, LOGS=str(SHARED / "recordings"))


def test_recorded_servers_give_the_findings_they_must_and_none_they_must_not(tmp_path: Path) -> None:
    score("recordings/score_findings.py", tmp_path, "--causes")
