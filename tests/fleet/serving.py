"""One server on loopback for all machines, and the Prometheus that scrapes them."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import yaml

from tests.fleet.machine import Machine
from tests.packaging.rulefiles import FOLDER
from tests.packaging.scraping import Prometheus
from tests.support.need import need
from tests.support.prometheus import free_port
from tests.support.wait import until

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@contextmanager
def served(machines: Sequence[Machine]) -> Iterator[str]:
    """Serve each machine's page at /NUMBER/metrics; yield the address."""

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            page = machines[int(self.path.split("/")[1])].page()
            self.send_response(200)
            self.send_header("Content-Type", _TYPE)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *words: object) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A scrape that took too long is Prometheus's to tell."""

    server = Server(("127.0.0.1", 0), Page)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Scraper:
    """A Prometheus with the rules that are shipped, and no targets yet."""

    def __init__(self, folder: Path, interval: str) -> None:
        self._targets = folder / "targets.json"
        self._targets.write_text("[]", encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        (folder / "prometheus.yml").write_text(
            yaml.safe_dump(_config(self._targets, interval)), encoding="utf-8"
        )
        with (folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    need("prometheus", package="prometheus"),
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'tsdb'}",
                    f"--web.listen-address={address}",
                ],
                stdout=log,
                stderr=log,
            )
        self.api = Prometheus(f"http://{address}")
        until(self._answers, seconds=30)

    def scrape(self, address: str, machines: Sequence[Machine]) -> None:
        """Scrape these machines from now on, each by a path of its own."""
        groups = [
            {"targets": [address], "labels": {"__metrics_path__": f"/{n}/metrics", "instance": one.name}}
            for n, one in enumerate(machines)
        ]
        self._targets.write_text(json.dumps(groups), encoding="utf-8")

    def private(self) -> int:
        """Return the bytes of memory that are its own."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        (kib,) = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
        return int(kib) * 1024

    def processor(self) -> float:
        """Return the seconds of processor time that it has used."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / 100

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def _answers(self) -> bool:
        try:
            self.api.now("vector(1)")
        except OSError:
            return False
        return True


def _config(targets: Path, interval: str) -> dict[str, object]:
    shipped = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = shipped["scrape_configs"]
    del job["static_configs"]
    job["file_sd_configs"] = [{"files": [str(targets)], "refresh_interval": "1s"}]
    return {
        "global": {"scrape_interval": interval, "evaluation_interval": interval},
        "rule_files": [str(FOLDER / name) for name in shipped["rule_files"]],
        "scrape_configs": [job],
    }


def awake(machines: Sequence[Machine], until_then: float) -> None:
    """Let one machine after the other do something, each every 30 s or so."""
    pause = 30 / len(machines)
    while True:
        for machine in machines:
            if time.monotonic() >= until_then:
                return
            machine.live()
            time.sleep(min(pause, max(until_then - time.monotonic(), 0)))
