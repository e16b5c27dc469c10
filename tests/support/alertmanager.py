"""A real Alertmanager that groups nothing and tells a webhook at once, if there is one."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.need import need
from tests.support.prometheus import free_port
from tests.support.wait import until

_PACKAGE = "prometheus-alertmanager"
_CONFIG = """\
global: {{resolve_timeout: 1m}}
route: {{receiver: all, group_by: ["..."], group_wait: 50ms, group_interval: 100ms, repeat_interval: 1h}}
receivers:
  - name: all
{hooks}
"""
_HOOK = "    webhook_configs: [{{url: '{url}', send_resolved: true}}]"


class Alertmanager:
    """One Alertmanager, to be stopped and started again at the same address with the same storage."""

    def __init__(self, folder: Path, webhook: str = "", more: str = "") -> None:
        self._command = need("prometheus-alertmanager", package=_PACKAGE)
        self._amtool = need("amtool", package=_PACKAGE)
        self._folder = folder
        self._config = folder / "alertmanager.yml"
        self._config.write_text(_CONFIG.format(hooks=_HOOK.format(url=webhook) if webhook else "") + more)
        self._address = f"127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://{self._address}"

    def start(self) -> None:
        with (self._folder / "alertmanager.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._command,
                    f"--config.file={self._config}",
                    f"--storage.path={self._folder / 'alertmanager'}",
                    f"--web.listen-address={self._address}",
                    "--cluster.listen-address=",
                    "--alerts.gc-interval=1h",
                ],
                stdout=log,
                stderr=log,
            )
        until(self._is_ready, seconds=30)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that its API knows as active."""
        with urlopen(f"{self.url}/api/v2/alerts", timeout=10) as answer:  # noqa: S310  # loopback
            found: list[dict[str, Any]] = json.load(answer)
            return found

    def amtool(self) -> list[dict[str, Any]]:
        """Return the alerts that its own command shows."""
        words = [self._amtool, f"--alertmanager.url={self.url}", "alert", "query", "--output=json"]
        done = subprocess.run(words, capture_output=True, check=True, timeout=20)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def received(self) -> float:
        """Return how many alerts have been posted to it as firing."""
        return self._metric('alertmanager_alerts_received_total{status="firing",version="v2"}')

    def ended(self) -> float:
        """Return how many alerts have been posted to it as resolved."""
        return self._metric('alertmanager_alerts_received_total{status="resolved",version="v2"}')

    def _metric(self, series: str) -> float:
        with urlopen(f"{self.url}/metrics", timeout=10) as answer:  # noqa: S310  # loopback
            rows = (line.rpartition(" ") for line in answer.read().decode().splitlines())
            return next((float(value) for name, _, value in rows if name == series), 0.0)

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/-/ready", timeout=2) as answer:  # noqa: S310  # loopback
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def alertmanager(folder: Path, webhook: str = "", more: str = "") -> Iterator[Alertmanager]:
    """Run one with its data in `folder`; `webhook` is told of every begin and end.

    `more` stands at the end of its configuration.
    """
    server = Alertmanager(folder, webhook, more)
    server.start()
    try:
        yield server
    finally:
        server.stop()
