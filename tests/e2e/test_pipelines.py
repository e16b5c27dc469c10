"""Lines from a log pipeline: a record a line, of many hosts, each a server of its own."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import COMMAND, daemon
from tests.support.logs import START, launch
from tests.support.wait import until

_OPTIONS = ["--input-format", "jsonl", "--input-message", "line", "--input-host", "labels.host"]
_HOSTS = [f"gpu-{n}" for n in range(5)]

_MALFORMED = 'ollama_watch_source_malformed_lines_total{host="",source="stdin"}'
_LABELS = 'host="gpu-4",model="sha256:5b5b5b5b5b5b",reason="restart",source="stdin"'
_RESTARTED = f"ollama_watch_runner_launches_total{{{_LABELS}}}"


def _records() -> Iterator[bytes]:
    """Yield what logcli delivers of hosts whose lines come mixed; the first host has what it wants."""
    logs = {
        host: [
            *START,
            *launch(ctx_size=8192, parallel=4 if host != _HOSTS[0] else 1, started=True).split("\n"),
        ]
        for host in _HOSTS
    }
    for lines in zip(*logs.values(), strict=True):
        for host, line in zip(logs, lines, strict=True):
            yield json.dumps({"labels": {"host": host}, "line": line}).encode() + b"\n"


def test_each_host_has_alerts_and_series_of_its_own() -> None:
    with daemon(["-", *_OPTIONS, "--sink", "log"], stdin=subprocess.PIPE) as running:
        assert running.process.stdin
        running.process.stdin.writelines([*_records(), b"no JSON\n", b"nor this\n"])
        running.process.stdin.flush()
        until(lambda: len(running.firing("context-small")) == len(_HOSTS) - 1)
        until(lambda: running.metric(_MALFORMED) == 2)
        running.process.stdin.writelines(_records())
        running.process.stdin.flush()
        until(lambda: running.metric(_RESTARTED) == 1)
        alerts, said = running.firing("context-small"), running.said

    assert {alert["host"] for alert in alerts} == set(_HOSTS[1:])
    assert {alert["source"] for alert in alerts} == {"stdin"}
    assert said.count("such lines are counted and passed over") == 1


def test_the_configuration_says_the_same(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    source = "{name: loki, stdin: {format: jsonl, message: line, host: labels.host}}"
    config.write_text(f"sources: [{source}]\nsinks: {{log: {{}}}}\n")
    with daemon(["--config", str(config)], stdin=subprocess.PIPE) as running:
        assert running.process.stdin
        running.process.stdin.writelines(_records())
        running.process.stdin.flush()
        until(lambda: len(running.firing("context-small")) == len(_HOSTS) - 1)


@pytest.mark.parametrize("packed", [False, True])
def test_check_judges_each_host(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    path = tmp_path / "export.jsonl"
    text = b"".join(_records())
    path.write_bytes(gzip.compress(text) if packed else text)
    done = _check(path, *_OPTIONS, "--format", "json")
    report = json.loads(done.stdout)

    assert [one["name"] for one in report["inputs"]] == [f"{path} of {host}" for host in _HOSTS]
    assert len(report["launches"]) == len(_HOSTS)
    assert [one["line"] for one in report["findings"] if one["rule"] == "context-small"] == [12, 13, 14, 15]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--input-format", "jsonl"],
            "it has labels.host, line\nhint: --input-message names the field of the log's line\n",
        ),
        (["--input-host", "h"], "ollama-watchd: --input-host needs --input-format jsonl\n"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, options: list[str], said: str) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(_records()))
    done = _check(path, *options)

    assert done.returncode == 2
    assert done.stderr.endswith(said)


def _check(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, "check", *words], check=False, capture_output=True, text=True)
