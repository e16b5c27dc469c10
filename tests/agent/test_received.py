"""From the API to the agent and back: the same alert says the same."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_watch.agent.received import UnreadableError, everything, heard
from ollama_watch.alerts.alert import Alert
from ollama_watch.serve.status import alert as written
from ollama_watch.serve.status import described
from ollama_watch.serve.text import to_json
from ollama_watch.serve.view import AlertView
from ollama_watch.sinks import ends, texts
from tests.support import made_alerts as made

ALERTS = [
    made.reverted(),
    made.small(),
    made.at_default(),
    made.truncated(),
    made.later(made.truncated(), dropped=10, ctx_per_slot=8192),
    made.alert("gpu-lost", "server", fields={"gpus": "cuda"}),
    made.alert("layers-on-cpu", "a:1b", host="gpu-box", layers_offloaded=1, layers_total=9),
]


def sent(alert: Alert, told: float | None = 1.5) -> Any:
    return json.loads(to_json(written(AlertView(alert, told, 60.0))))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.rule)
def test_it_says_the_same_at_the_other_end(alert: Alert) -> None:
    found = heard(sent(alert))

    assert (found.told, found.repeat) == (1.5, 60.0)
    assert texts.title(found.alert) == texts.title(alert)
    assert texts.body(found.alert) == texts.body(alert)
    one = found.alert
    assert (one.id, one.key, one.rule, one.severity) == (alert.id, alert.key, alert.rule, alert.severity)
    assert (one.model, one.models, one.state) == (alert.model, alert.models, "firing")


def test_a_daemon_of_an_older_release_tells_of_no_worst() -> None:
    told = sent(made.truncated())
    del told["worst"]

    assert texts.body(heard(told).alert)[0] == "Prompts longer than its context of 4096 tokens are cut."


def test_the_api_tells_of_no_begin_ahead_of_its_clock() -> None:
    """Log time never goes back, a clock may."""
    told = described(made.truncated(lasted=60), lambda: made.BEGIN - 1)

    assert told["since"] == told["updated"] == "2025-12-31T23:59:59.000Z"
    assert described(made.truncated(lasted=60))["updated"] == "2026-01-01T00:01:00.000Z"


def test_what_sleeps_and_what_another_one_speaks_for_is_known_as_such() -> None:
    told = json.loads(to_json(written(AlertView(replace(made.small(), asleep=True), 1.5, 60.0, "another"))))

    assert (heard(told).alert.asleep, heard(told).inhibited) == (True, True)
    assert (heard(sent(made.small())).alert.asleep, heard(sent(made.small())).inhibited) == (False, False)


def test_an_end_says_how_and_by_what() -> None:
    over = replace(
        made.reverted(), state="resolved", ended="fixed", ended_by=made.launch("a", ctx_per_slot=32768)
    )

    found = heard(sent(over)).alert

    assert (found.state, found.ended) == ("resolved", "fixed")
    assert ends.back_title(found) == ends.back_title(over) != ""


def test_how_it_ended_may_be_unknown() -> None:
    assert heard(sent(replace(made.small(), state="resolved"))).alert.ended == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("state", "asleep"),
        ("severity", "worst"),
        ("since", "yesterday"),
        ("causes", [{"text": "x"}]),
        ("causes", 7),
        ("facts", {"ctx_per_slot": {"deep": 1}}),
        ("facts", 7),
        ("count", "many"),
        ("count", float("inf")),
        ("ended", "badly"),
    ],
)
def test_what_is_no_alert_is_refused(key: str, value: object) -> None:
    with pytest.raises(UnreadableError):
        heard({**sent(made.small()), key: value})


_LEAVES = st.none() | st.text() | st.integers()


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_comes_is_refused_and_nothing_worse(data: object) -> None:
    for read in (heard, everything):
        with pytest.raises(UnreadableError):
            read(data)
    with pytest.raises(UnreadableError):
        everything({"alerts": [data]})
