"""Fifty hosts that upload to a real systemd-journal-remote, and one daemon that is killed again and again."""

import hashlib
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ollama_watch.sources.bound import AVAILABLE
from tests.packaging.rulefiles import promtool_metrics
from tests.support.collector import Collector, Host
from tests.support.daemon import COMMAND, Daemon, daemon, start
from tests.support.logs import START, launch
from tests.support.need import missing
from tests.support.wait import until

_HOSTS, _AT_FIRST = 50, 38  # four appear in each life of the daemon
_SILENT, _SLOW, _LATE, _BUSY = 1, 2, 3, 4  # numbers of hosts
_HOUR = 3600.0
_ROUNDS = 3  # the last one delivers what was kept back
_NOISE = 1500  # lines a round, which are about a file
_REVERTED = range(0, _HOSTS, 5)  # whose first model gets the default of 0.5.7, 2048 tokens a slot


def _digest(host: Host, number: int) -> str:
    return hashlib.sha256(f"{host.number} {number}".encode()).hexdigest()


class _Fleet:
    """The hosts, what each has launched, and what one of them has not delivered yet."""

    def __init__(self, collector: Collector) -> None:
        self.hosts = [Host(n, behind=_HOUR * (n == _SLOW)) for n in range(_HOSTS)]
        self.launched: Counter[str] = Counter()
        self._collector = collector
        self._kept_back: list[bytes] = []

    def begin(self, host: Host) -> None:
        """Start its server and load its first model."""
        self._collector.take(host, START)
        self._launch(host, ctx_size=8192, parallel=4 if host.number in _REVERTED else 1)

    def round(self) -> None:
        for host in self.hosts:
            if self.launched[host.name] and host.number != _SILENT:
                self._launch(host, ctx_size=32768, parallel=1)
            if host.number == _BUSY:
                self._collector.take(host, [f"slot update: {os.urandom(220).hex()}" for _ in range(_NOISE)])

    def deliver(self) -> None:
        """Let what was kept back arrive, an hour late and all at once."""
        for body in self._kept_back:
            self._collector.post(self.hosts[_LATE], body)
        self._kept_back.clear()

    def _launch(self, host: Host, **how: int) -> None:
        number = self.launched[host.name]
        late = _HOUR - number if host.number == _LATE and number else 0.0
        line = launch(
            digest=_digest(host, number), port=40000 + number, started=True, ago=host.behind + late, **how
        )
        body = host.export(line.split("\n"), ago=late)
        if late:
            self._kept_back.append(body)
        else:
            self._collector.post(host, body)
        self.launched[host.name] += 1


@pytest.fixture(params=["binding", "journalctl"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return what lets the daemon read journals by systemd's library, or by journalctl alone."""
    if request.param == "binding":
        if not AVAILABLE:
            missing("python3-systemd")
        return {}
    (tmp_path / "systemd.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}


@contextmanager
def _killed(arguments: list[str], folder: Path, environ: dict[str, str]) -> Iterator[Daemon]:
    """Run the daemon and end it as a power cut does."""
    folder.mkdir()
    running = start(arguments, folder, environ=environ)
    try:
        running.wait_for_address()
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def _launches(running: Daemon) -> dict[str, float]:
    rows = re.findall(
        r'^ollama_watch_runner_launches_total\{host="([^"]+)".*\} (\S+)$',
        running.get("/metrics")[1],
        re.MULTILINE,
    )
    found: Counter[str] = Counter()
    for host, count in rows:
        found[host] += int(float(count))
    return dict(found)


def test_fifty_hosts_lose_nothing_and_double_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    told = ""
    with Collector(megabytes=160) as collector:
        fleet = _Fleet(collector)
        names = {fleet.hosts[number].name for number in _REVERTED}
        arguments = ["--journal", str(collector.folder), "--state", str(tmp_path / "state"), "--sink", "log"]
        for host in fleet.hosts[:_AT_FIRST]:
            fleet.begin(host)
        for number in range(_ROUNDS):
            with _killed(arguments, tmp_path / str(number), environ) as running:
                fleet.round()
                until(lambda: running.get("/-/ready")[0] == 200, 20)
                for host in fleet.hosts[_AT_FIRST + 4 * number :][:4]:
                    fleet.begin(host)
                fleet.round()
                if number % 2 == 0:
                    fleet.deliver()
            told += running.said
        with daemon(arguments, environ=environ) as running:
            until(lambda: _launches(running) == dict(fleet.launched), 30, step=0.1)
            alerts = running.firing("context-small")
            until(lambda: _hosts_told(told + running.said) == names, 60, step=0.1)
            status = running.json("/api/v1/status")
            files = sum(1 for _ in Path(f"/proc/{running.process.pid}/fd").iterdir())
            told += running.said
        assert len(collector.files(fleet.hosts[_BUSY])) > 2

    assert {alert["host"] for alert in alerts} == names
    assert len({alert["id"] for alert in alerts}) == len(alerts) == len(_REVERTED)
    assert {source["name"] for source in status["sources"]} == {"remote"}
    complete = [runner["complete"] for runner in status["runners"]]
    assert len(complete) == sum(fleet.launched.values())
    assert all(complete)
    assert told.count("warning context-small") <= len(_REVERTED) + _ROUNDS  # a kill may repeat one
    assert files <= _HOSTS * (2 if environ else 1) + 15


def _hosts_told(said: str) -> set[str]:
    return set(re.findall(r"warning context-small: .* \[(\S+) remote:\d+\]", said))


def test_check_judges_every_host_of_a_folder() -> None:
    with Collector() as collector:
        hosts = [Host(n) for n in range(3)]
        for host in hosts:
            collector.take(host, [*START, *launch(ctx_size=8192, parallel=4, started=True).split("\n")])
        command = [*COMMAND, "check", "--journal", str(collector.folder), "--format", "json"]
        report = json.loads(subprocess.run(command, check=False, capture_output=True).stdout)

    assert [one["name"] for one in report["inputs"]] == [f"journal of {host.name}" for host in hosts]
    assert [one["rule"] for one in report["findings"]].count("context-small") == 3


def test_the_configuration_names_the_folder_and_the_unit(tmp_path: Path) -> None:
    with Collector() as collector:
        host = Host(1, unit="ours.service")
        collector.take(host, [*START, *launch(ctx_size=8192, parallel=4, started=True).split("\n")])
        journal = f"{{directory: {collector.folder}, unit: ours}}"
        config = tmp_path / "config.yaml"
        config.write_text(f"sources: [{{name: fleet, journal: {journal}}}]\nsinks: {{log: {{}}}}\n")
        with daemon(["--config", str(config)]) as running:
            (alert,) = until(lambda: running.firing("context-small"))
            up = running.metric(f'ollama_watch_source_up{{host="{host.name}",source="fleet"}}')
            page = running.get("/metrics")[1]

    assert (alert["host"], alert["source"], up) == (host.name, "fleet", 1.0)
    assert promtool_metrics(page.encode()) == ""
