"""The simulation itself, small: every machine is scraped, and what it prints is measured."""

from contextlib import closing
from itertools import product
from pathlib import Path

from ollama_watch.app.config import load_config
from tests.fleet.__main__ import measured
from tests.fleet.machine import Machine
from tests.packaging.rulefiles import promtool_metrics


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
