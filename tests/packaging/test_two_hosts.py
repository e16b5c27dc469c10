"""Two hosts that run the same model are two on the dashboard."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.packaging.dashboard import Query, filled, queries
from tests.packaging.scraping import Prometheus, scraping
from tests.support.daemon import daemon
from tests.support.logs import START, launch
from tests.support.wait import until

_HOSTS = {"gpu-0", "gpu-1"}
_OPTIONS = ("--input-format", "jsonl", "--input-message", "line", "--input-host", "host")
_CHOSEN = {"job": ".+", "instance": ".+", "source": "stdin", "model": ".*", "__rate_interval": "3s"}
_OF_RUNNERS = [
    query
    for query in queries()
    if query.where.startswith(("Runners: wanted", "Context of one request", "Firing now"))
    and "wanted_tokens" not in query.expr  # nobody wants anything here
    and "_layers" not in query.expr  # the lines tell nothing of them
]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    lines = "\n".join((*START, launch(ctx_size=8192, parallel=4, started=True))).split("\n")
    records = [json.dumps({"host": host, "line": line}) for line in lines for host in sorted(_HOSTS)]
    with daemon(["-", *_OPTIONS, "--sink", "log"], stdin=subprocess.PIPE) as running:
        assert running.process.stdin
        running.process.stdin.write("".join(f"{one}\n" for one in records).encode())
        running.process.stdin.flush()
        until(lambda: len(running.firing("context-small")) == len(_HOSTS))
        with scraping(tmp_path_factory.mktemp("prometheus"), running.url) as found:
            yield found


@pytest.mark.parametrize("query", _OF_RUNNERS, ids=lambda query: query.where)
def test_each_host_is_one(prometheus: Prometheus, query: Query) -> None:
    found = until(lambda: prometheus.now(filled(query.expr, _CHOSEN)), 30)

    assert {one["metric"].get("host") for one in found} == _HOSTS
