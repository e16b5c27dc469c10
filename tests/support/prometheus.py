"""A real Prometheus that scrapes one target five times a second."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.need import need
from tests.support.wait import until

_CONFIG = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}}
scrape_configs:
  - job_name: ollama-watchd
    static_configs: [{{targets: ["{target}"]}}]
"""


@contextmanager
def prometheus(folder: Path, url: str) -> Iterator[str]:
    """Start Prometheus with its data in `folder`, scraping `url`/metrics; yield its own address."""
    command = need("prometheus", package="prometheus")
    config = folder / "prometheus.yml"
    config.write_text(_CONFIG.format(target=url.removeprefix("http://")))
    address = f"127.0.0.1:{free_port()}"
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                command,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: _is_ready(f"http://{address}/-/ready"), seconds=30)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310  # loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
