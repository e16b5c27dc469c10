"""A real Prometheus with the configuration and the rules that are shipped, faster and with another target."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.packaging.rulefiles import FOLDER
from tests.support.need import need
from tests.support.prometheus import free_port
from tests.support.wait import until

_OFTEN = "500ms"


class Prometheus:
    """A running Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._since = time.time()

    def get(self, path: str, **query: str | float) -> Any:
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  # loopback
            return json.load(answer)["data"]

    def now(self, expr: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("query", query=expr)["result"]
        return found

    def ever(self, expr: str) -> list[dict[str, Any]]:
        """Return the series that an expression has given at any second since the start."""
        span = {"start": self._since, "end": time.time(), "step": 1}
        found: list[dict[str, Any]] = self.get("query_range", query=expr, **span)["result"]
        return found


@contextmanager
def scraping(folder: Path, target: str) -> Iterator[Prometheus]:
    """Run it with its data in `folder`; `target`: the address to scrape, http://host:port."""
    url = f"http://127.0.0.1:{free_port()}"
    (folder / "prometheus.yml").write_text(yaml.safe_dump(_configuration(target)), encoding="utf-8")
    command = [
        need("prometheus", package="prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        running = Prometheus(url)
        until(lambda: _answers(running), seconds=30)
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _configuration(target: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": _OFTEN, "scrape_timeout": _OFTEN, "evaluation_interval": _OFTEN}
    config["rule_files"] = [str(FOLDER / name) for name in config["rule_files"]]
    (job,) = config["scrape_configs"]
    job["static_configs"] = [{"targets": [target.removeprefix("http://")]}]
    return config


def _answers(running: Prometheus) -> bool:
    try:
        return bool(running.now("up"))
    except OSError:
        return False
