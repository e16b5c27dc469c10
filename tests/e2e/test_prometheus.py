"""A real Prometheus scrapes the real daemon."""

import json
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.need import need
from tests.support.prometheus import prometheus
from tests.support.wait import until


def test_prometheus_knows_the_context_of_one_request(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))

    with daemon(["--file", str(log)]) as running, prometheus(tmp_path, running.url) as server:
        (found,) = until(lambda: _query(server, "ollama_watch_runner_context_tokens"), seconds=30)

        assert found["value"][1] == "2048"
        assert found["metric"]["source"] == "server.log"
        (total,) = _query(server, "ollama_watch_runner_context_all_slots_tokens")
        assert total["value"][1] == "8192"
        (alert,) = _query(server, 'ollama_watch_alert_firing{severity="warning"}')
        assert alert["metric"]["rule"] == "context-small"


def test_promtool_has_nothing_to_say_about_the_page(tmp_path: Path) -> None:
    promtool = need("promtool", package="prometheus")
    log = tmp_path / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.firing("context-small"))
        page = running.get("/metrics")[1]

    done = subprocess.run(
        [promtool, "check", "metrics"], input=page, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _query(server: str, expression: str) -> list[dict[str, Any]]:
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"{server}/api/v1/query?{query}", timeout=10) as answer:  # noqa: S310  # loopback
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found
