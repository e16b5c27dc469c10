"""Golden logs: every wording of every release, read and judged whole.

To accept a new reading: UPDATE_GOLDEN=1 pytest tests/golden, then read the diff.
"""

import json
import os
from pathlib import Path

import pytest

from ollama_watch.app.check import Report
from ollama_watch.model import Finding, Launch
from tests.support.checked import checked

HERE = Path(__file__).parent
LOGS = sorted(HERE.glob("*.log"))


@pytest.mark.parametrize("log", LOGS, ids=lambda log: str(log.stem))
def test_a_golden_log_is_read_as_its_json_says(log: Path) -> None:
    """Launches with all that is known of them, findings, and lines that cannot be read."""
    seen = shown(checked(log.read_bytes()))

    golden = log.with_suffix(".json")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")


def test_every_golden_log_has_its_expectation_and_none_is_left_over() -> None:
    expected = {path.stem for path in HERE.glob("*.json")}

    assert expected == {log.stem for log in LOGS}


def shown(report: Report) -> str:
    """Return a report as its golden file has it: a line a launch's fact and a line a finding."""
    told = {
        "launches": [_launch(launch) for launch in report.launches],
        "findings": [_finding(found) for found in report.findings],
        "unparsed": [line.number for _, line in report.unparsed],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _launch(launch: Launch) -> dict[str, object]:
    fate = [word for word in ("complete", "started", "failed", "gone") if getattr(launch, word)]
    by = launch.superseded_by
    if by is not None:
        fate.append(f"superseded by {by}")
    known = {name: value for name, value in launch.facts.items() if value is not None}
    return {
        "line": launch.line,
        "era": launch.era,
        "fate": ", ".join(fate),
        "reason": launch.reason,
        "load_seconds": launch.load_seconds,
        "facts": {name: _plain(value) for name, value in known.items() if name != "source"},
    }


def _plain(value: object) -> object:
    """Lists of names and numbers in one string: they are read more than they are parsed."""
    return " ".join(str(one) for one in value) if isinstance(value, tuple) else value


def _finding(found: Finding) -> str:
    times = f" ×{found.count}" if found.count > 1 else ""
    return f"{found.line}: {found.severity} {found.rule}{times}: {found.message}"
