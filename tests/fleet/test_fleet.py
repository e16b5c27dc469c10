"""The simulation itself, small: every machine is scraped, and what it prints is measured."""

import re
import subprocess
from contextlib import closing
from itertools import product
from pathlib import Path

from ollama_watch.app.config import load_config
from tests.fleet.__main__ import measured
from tests.fleet.machine import Machine
from tests.packaging.exported import exported
from tests.packaging.rulefiles import ALERTS, FOLDER, promtool, promtool_metrics
from tests.support.need import need

_PAGE = (FOLDER / "fleet.md").read_text(encoding="utf-8")


def test_a_small_fleet_is_scraped_and_judged(tmp_path: Path) -> None:
    figures = measured(tmp_path, hosts=4, seconds=4, interval="1s")

    assert figures["machines that answer"] == 4
    assert figures["series in the head"] > 4 * figures["series a page, mean"] > 400
    assert figures["rules ollama-watchd-fleet, s"] > 0
    assert figures["memory a series, bytes"] > 0


def test_machines_differ_and_are_the_same_each_time(tmp_path: Path) -> None:
    config = load_config(None)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    pages = []
    for name, number in product(("one", "two"), (1, 2)):
        with closing(Machine(tmp_path / name, number, config)) as machine:
            pages.append(machine.page())
    models = [page.count(b"ollama_watch_runner_info{") for page in pages]

    assert models[:2] == models[2:]
    assert pages[0] != pages[1]
    assert promtool_metrics(pages[0]) == ""


def test_the_configurations_in_the_arithmetic_are_taken(tmp_path: Path) -> None:
    scraping, routing = re.findall(r"^```yaml\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "prometheus.yml").write_text(scraping)
    (tmp_path / "machines.json").write_text("[]")
    (tmp_path / "alertmanager.yml").write_text(routing)
    done = promtool("check", "config", tmp_path / "prometheus.yml")
    amtool = need("amtool", package="prometheus-alertmanager")
    checked = subprocess.run([amtool, "check-config", tmp_path / "alertmanager.yml"], check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert checked.returncode == 0


def test_the_arithmetic_speaks_of_series_and_alerts_that_exist() -> None:
    names = re.findall(r"\bollama_watch_[a-z_]+\b", re.sub(r"\((\w+)\|(\w+)\)_total", r"\1_total", _PAGE))

    assert {name for name in names if not name.endswith("_")} - exported() == set()
    assert set(re.findall(r"Ollama[A-Z]\w+", _PAGE)) <= {alert.name for alert in ALERTS} | {"OllamaWatch"}
