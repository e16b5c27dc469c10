"""What is shipped for Prometheus and Grafana, against the real demo that a real Prometheus scrapes."""

import re
from collections.abc import Iterator

import pytest

from tests.packaging.dashboard import Query, Values, filled, offers, queries
from tests.packaging.rulefiles import RECORDS
from tests.packaging.scraping import Prometheus, scraping
from tests.support.daemon import daemon
from tests.support.wait import until

_CHOSEN = {
    "job": "ollama-watchd",
    "instance": ".+",
    "source": "demo",
    "model": ".*",  # All
    "__rate_interval": "3s",
}
_SELECTOR = re.compile(r"\b(?:ollama_watch_\w+|up)\{[^}]*\}")
_SPEED = 6  # a round of the story takes 10 s
_PATIENCE = 60.0  # s


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus")
    with (
        daemon(["--speed", str(_SPEED)], command="demo") as running,
        scraping(folder, running.url) as prometheus,
    ):
        yield prometheus


@pytest.mark.parametrize("query", list(queries()), ids=lambda query: query.where)
def test_every_query_of_the_dashboard_finds_something(prometheus: Prometheus, query: Query) -> None:
    expr = filled(query.expr, _CHOSEN)

    until(lambda: prometheus.ever(expr), _PATIENCE, step=0.5)
    for selector in _SELECTOR.findall(expr):  # what stands behind an `or` too
        assert prometheus.ever(selector), selector


@pytest.mark.parametrize("offer", list(offers()), ids=lambda offer: offer.variable)
def test_every_variable_offers_something(prometheus: Prometheus, offer: Values) -> None:
    series = filled(offer.series, _CHOSEN)

    until(lambda: prometheus.get(f"label/{offer.label}/values", **{"match[]": series}), _PATIENCE, step=0.5)


def test_a_query_for_what_does_not_exist_finds_nothing(prometheus: Prometheus) -> None:
    until(lambda: prometheus.ever("ollama_watch_prompt_truncations_total"), _PATIENCE, step=0.5)

    assert prometheus.ever('ollama_watch_prompt_truncations_total{source="elsewhere"}') == []


@pytest.mark.parametrize("record", [rule["record"] for rule in RECORDS])
def test_every_record_is_recorded(prometheus: Prometheus, record: str) -> None:
    until(lambda: prometheus.now(record), _PATIENCE, step=0.5)


@pytest.mark.parametrize("alert", ["OllamaContextReverted", "OllamaPromptTruncated"])
def test_the_story_of_the_demo_makes_alerts(prometheus: Prometheus, alert: str) -> None:
    until(lambda: prometheus.ever(f'ALERTS{{alertname="{alert}", severity="warning"}}'), _PATIENCE, step=0.5)


def test_rules_are_evaluated_without_an_error_and_the_watcher_is_well(prometheus: Prometheus) -> None:
    until(lambda: prometheus.now("job_instance_source:ollama_watch_runner_load_duration_seconds:mean1h"))
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    assert [rule for rule in rules if rule["health"] != "ok"] == []
    assert prometheus.now('ALERTS{alertname=~"OllamaWatch.+"}') == []
