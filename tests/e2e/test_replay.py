"""Recordings of real releases, written line by line into followed files: the end is what `check` says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import COMMAND, daemon
from tests.support.wait import until

_RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
_LOGS = sorted(_RECORDINGS.glob("*/*.log"))
# Derived from the pace of the log, which a replay makes faster, or from its name.
_TIMED = ("ctx_wanted", "ctx_wanted_from", "source")


@pytest.mark.skipif(not _LOGS, reason="the recordings are not beside this checkout")
def test_a_followed_file_tells_what_check_tells(tmp_path: Path) -> None:
    copies = {f"{log.parent.name}-{log.stem}": log for log in _LOGS}
    config = tmp_path / "config.yaml"
    names = [f"  - {{name: {name}, file: {{path: '{tmp_path / name}'}}}}" for name in copies]
    config.write_text("\n".join(["sources:", *names, "sinks: {log: {}}"]))
    for name in copies:
        (tmp_path / name).touch()

    with daemon(["--config", str(config)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        total = _replay(copies, tmp_path)
        until(lambda: _read(running.json("/api/v1/status")) == total, seconds=60)
        status = running.json("/api/v1/status")

    report = _check(*map(str, copies.values()))
    differences = [line for name, log in copies.items() for line in _compare(name, str(log), status, report)]
    assert differences == []


def _replay(copies: dict[str, Path], folder: Path) -> int:
    total = 0
    for name, log in copies.items():
        with (folder / name).open("wb", buffering=0) as copy, log.open("rb") as lines:
            for line in lines:
                copy.write(line)
                total += 1
    return total


def _read(status: dict[str, Any]) -> int:
    return sum(source["lines"] for source in status["sources"])


def _check(*logs: str) -> dict[str, Any]:
    command = [*COMMAND, "check", "--format", "json", *logs]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return found


def _compare(name: str, log: str, status: dict[str, Any], report: dict[str, Any]) -> list[str]:
    by_line = {one["line"]: one["facts"] for one in report["launches"] if one["input"] == log}
    differences = []
    for runner in (one for one in status["runners"] if one["source"] == name):
        expected = by_line[runner["line"]]
        for fact, value in runner["facts"].items():
            if fact not in _TIMED and value != expected[fact]:
                differences.append(f"{name}:{runner['line']}: {fact} {value}, check says {expected[fact]}")
    found = {one["rule"] for one in report["findings"] if one["input"] == log}
    told = {one["rule"] for one in status["alerts"] if one["source"] == name}
    return [*differences, *(f"{name}: {rule} is told, check does not find it" for rule in told - found)]
