"""The report for programs: its keys, what stands where, and `--since`."""

import json
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.verify.facts import FACTS
from tests.support.command import run

LOGS = Path(__file__).parent / "text"
KEYS = {
    "inputs": "name bytes lines ollama_version remarks",
    "launches": "input line time complete started failed superseded_by reason request facts",
    "findings": "rule severity launch input line time fact expected actual count message causes fixes "
    "runbook",
    "unknowns": "rule launch missing",
    "unparsed": "input line text",
}


def _json(*words: str | Path, code: int = 1) -> Any:
    done = run("check", "--format", "json", *words)
    assert (done.returncode, done.stderr) == (code, "")
    return json.loads(done.stdout)


def test_keys_are_a_promise() -> None:
    report = _json(LOGS / "reverted.log", LOGS / "hostile.log")

    assert report.pop("schema_version") == 1
    assert set(report) == set(KEYS)
    for name, keys in KEYS.items():
        assert report[name], name
        for one in report[name]:
            assert set(one) == set(keys.split())
    assert all(set(launch["facts"]) == set(FACTS) for launch in report["launches"])


def test_indices_count_over_all_inputs() -> None:
    """A finding's launch is the one at that place of `launches`, whichever file it is of."""
    report = _json(LOGS / "fine.log", LOGS / "reverted.log", LOGS / "small.log")

    assert len(report["launches"]) == 10 + 4 + 1
    about = [found for found in report["findings"] if found["launch"] is not None]
    for found in about:
        launch = report["launches"][found["launch"]]
        assert launch["input"] == found["input"]
        assert found["fact"] is None or launch["line"] == found["line"]
    assert {found["launch"] for found in about if found["severity"] != "info"} == {13, 14}


def test_what_names_no_launch_names_its_input() -> None:
    report = _json(LOGS / "fine.log", LOGS / "hostile.log")

    (found,) = [one for one in report["findings"] if one["rule"] == "environment-invalid"]
    assert (found["launch"], found["input"], found["line"]) == (None, str(LOGS / "hostile.log"), 5)


@pytest.mark.parametrize("since", ["2026-03-02T13:00:00Z", "2026-03-02 13:00", "2026-03-02T14:00:00+01:00"])
def test_since_leaves_out_what_was_before(since: str) -> None:
    """But it was read: only the launches before it prove that 2048 is a reversion."""
    report = _json(LOGS / "reverted.log", "--since", since)

    assert [launch["line"] for launch in report["launches"]] == [30]
    told = {(one["rule"], one["launch"]) for one in report["findings"]}
    of_launch = {("context-reverted", 0), ("parallel-splits-context", 0), ("prompt-truncated", 0)}
    assert told == of_launch | {("environment-lost", None)}
    assert report["inputs"][0]["lines"] == 37


def test_a_launch_before_since_stays_if_something_happened_to_it() -> None:
    report = _json(LOGS / "reverted.log", "--since", "2026-03-02T13:30:00Z")

    assert [launch["line"] for launch in report["launches"]] == [30]
    assert [(one["rule"], one["launch"]) for one in report["findings"]] == [("prompt-truncated", 0)]


def test_a_span_counts_back_from_now() -> None:
    assert _json(LOGS / "reverted.log", "--since", "1h", code=0)["launches"] == []
    assert len(_json(LOGS / "reverted.log", "--since", "1000w2d")["launches"]) == 4


def test_what_has_no_time_is_always_reported(tmp_path: Path) -> None:
    log = tmp_path / "log"
    line = "srv  load_model: initializing, n_slots = 4, n_ctx_slot = 512, kv_unified = 'false'"
    log.write_text(f"0.00.010.547 I {line}\n")

    (launch,) = _json(log, "--since", "1h")["launches"]

    assert (launch["time"], launch["facts"]["ctx_per_slot"]) == (None, 512)


def test_more_rules_and_the_configuration(tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        "rules: [{id: mine, severity: critical, summary: '{model} has {parallel}', expect: {parallel: 1}}]"
    )
    config = tmp_path / "config.yaml"
    config.write_text("want: {'*': {context: 65536}}")

    report = _json(LOGS / "fine.log", "--rules", rules, "--config", config)

    assert "context-reverted" in {found["rule"] for found in report["findings"]}
    assert "mine" in {found["rule"] for found in _json(LOGS / "small.log", "--rules", rules)["findings"]}


def test_standard_input() -> None:
    done = run("check", "-", "--format", "json", given=(LOGS / "small.log").read_bytes())

    assert json.loads(done.stdout)["inputs"][0]["name"] == "standard input"
    assert done.returncode == 1


def test_a_stamp_of_no_year_is_no_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text((LOGS / "small.log").read_text().replace("2024-11-02T09", "0001-01-01T00"))

    (launch,) = _json(log)["launches"]

    assert launch["time"] is None
    assert run("check", log).returncode == 1


def test_without_a_file_the_configured_sources_are_read(tmp_path: Path) -> None:
    """A path may be a glob; a file that is gone is named."""
    config = tmp_path / "config.yaml"
    config.write_text(f"sources: [{{name: logs, file: {{path: '{LOGS}/[fn]*.log'}}}}]")

    report = _json("--config", config, code=0)

    assert [one["name"] for one in report["inputs"]] == [str(LOGS / "fine.log"), str(LOGS / "notes.log")]
    config.write_text(f"sources: [{{name: logs, file: {{path: '{tmp_path}/gone*.log'}}}}]")
    assert run("check", "--config", config).stderr.startswith(f"ollama-watchd: {tmp_path}/gone*.log: No such")
