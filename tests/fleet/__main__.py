"""Simulate a fleet and print what it costs Prometheus.

    python -m tests.fleet [--hosts 200] [--seconds 60] [--interval 5s]

Pages are made by the daemon's own code from logs that go on being written, and scraped by a real Prometheus
with the rules that are shipped.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from ollama_watch.app.config import load_config
from tests.fleet.machine import Machine
from tests.fleet.serving import Scraper, awake, served
from tests.support.wait import until


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--interval", default="5s", help="between scrapes, and between evaluations of rules")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(Path(folder), arguments.hosts, arguments.seconds, arguments.interval)
    for name, value in figures.items():
        sys.stdout.write(f"{name:42} {value:14,.3f}\n" if value % 1 else f"{name:42} {value:10,.0f}\n")
    return 0


def measured(folder: Path, hosts: int, seconds: float, interval: str) -> dict[str, float]:
    """Return what was measured, by name and unit."""
    config = load_config(None)
    machines = [Machine(folder, number, config) for number in range(hosts)]
    scraper = Scraper(folder, interval)
    try:
        with served(machines) as address:
            empty = scraper.private()
            scraper.scrape(address, machines)
            until(lambda: _value(scraper, "sum(up)") == hosts, 300, step=0.2)
            used, began = scraper.processor(), time.monotonic()
            awake(machines, began + seconds)
            return {
                "machines": hosts,
                "page, bytes (mean)": sum(len(one.page()) for one in machines) / hosts,
                **_figures(scraper, empty),
                "Prometheus, share of a core": (scraper.processor() - used) / (time.monotonic() - began),
            }
    finally:
        scraper.close()
        for machine in machines:
            machine.close()


def _figures(scraper: Scraper, empty: int) -> dict[str, float]:
    stats = scraper.api.get("status/tsdb")["headStats"]
    groups = {group["name"]: group["evaluationTime"] for group in scraper.api.get("rules")["groups"]}
    private = scraper.private()
    return {
        "machines that answer": _value(scraper, "sum(up)"),
        "series a page, mean": _value(scraper, "avg(scrape_samples_scraped)"),
        "series a page, most": _value(scraper, "max(scrape_samples_scraped)"),
        "series in the head": stats["numSeries"],
        "Prometheus without machines, MiB": empty / 2**20,
        "Prometheus, MiB": private / 2**20,
        "memory a series, bytes": (private - empty) / stats["numSeries"],
        "scrape, s, median": _value(scraper, "quantile(0.5, scrape_duration_seconds)"),
        "scrape, s, 0.99": _value(scraper, "quantile(0.99, scrape_duration_seconds)"),
        **{f"rules {name}, s": seconds for name, seconds in groups.items()},
    }


def _value(scraper: Scraper, expr: str) -> float:
    """Return the one value of an expression; 0 if it has none yet."""
    found = scraper.api.now(expr)
    return float(found[0]["value"][1]) if found else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
