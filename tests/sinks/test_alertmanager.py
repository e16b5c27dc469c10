"""What Alertmanager is told, held against a real one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks import alertmanager as module
from ollama_watch.sinks.alertmanager import Alertmanager, Intervals
from ollama_watch.sinks.labels import alertname
from ollama_watch.sinks.post import Receiver
from ollama_watch.sinks.sink import Undelivered
from tests.support import made_alerts as made
from tests.support.alertmanager import Alertmanager as Server
from tests.support.alertmanager import alertmanager
from tests.support.receiver import receiver

HOSTILE = (
    "<b>bold</b> & <img src=x>",
    "{{ .Foo }}",
    "a\nb",
    "\x1b[31mred\x07",
    "x\x00y",
    "\ud800",
    "x" * 999,
)


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with alertmanager(tmp_path_factory.mktemp("alertmanager")) as server:
        yield server


def sink(server: Server, **options: Any) -> Alertmanager:
    receiver = Receiver(url=server.url)
    return Alertmanager(
        "alertmanager", receiver, page=lambda: "http://127.0.0.1:1/", instance="box", **options
    )


def active(server: Server, source: str = "ollama.service") -> list[tuple[str, str]]:
    shown = [one["labels"] for one in server.alerts() if one["labels"]["source"] == source]
    return sorted((one["model"], one["severity"]) for one in shown)


def of(alert: Alert, source: str) -> Alert:
    """Return it as of another source, so that tests share one server."""
    return replace(alert, key=f"{source}/{alert.key}", finding=replace(alert.finding, source=source))


def named(alert: Alert, *tags: str) -> Alert:
    """Return it as it is once the names of its model are known, or not yet."""
    launch = alert.finding.launch
    assert launch
    facts = {**launch.facts, "model": tags}
    return replace(alert, finding=replace(alert.finding, launch=replace(launch, facts=facts)))


def test_a_name_that_is_learnt_late_leaves_one_alert(server: Server) -> None:
    alert = of(made.reverted(), "late")
    sinks = sink(server)
    made.tell(sinks, named(alert))
    assert len(active(server, "late")) == 1

    made.tell(sinks, alert, quiet=True)
    assert active(server, "late") == [("qwen2.5-coder:7b", "critical")]
    sinks.say_again()
    assert active(server, "late") == [("qwen2.5-coder:7b", "critical")]
    made.tell(sinks, made.over(alert))
    assert active(server, "late") == []


def test_one_that_turns_grave_is_one_alert_and_one_that_turns_mild_is_over(server: Server) -> None:
    alert = of(made.small(), "grave")
    sinks = sink(server)
    made.tell(sinks, alert)
    made.tell(sinks, replace(alert, finding=replace(alert.finding, severity="critical")))
    assert active(server, "grave") == [("qwen2.5-coder:7b", "critical")]

    made.tell(sinks, replace(alert, finding=replace(alert.finding, severity="info")), quiet=True)
    sinks.say_again()

    assert active(server, "grave") == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_blobs_with_one_name_the_end_of_one_is_not_the_end_of_the_other(
    server: Server, order: tuple[int, int]
) -> None:
    alert = of(made.small(), "twins")
    twins = alert, replace(alert, key="another blob")
    sinks = sink(server)
    for one in twins:
        made.tell(sinks, one)

    first, last = (twins[number] for number in order)
    made.tell(sinks, made.over(first))
    sinks.say_again()
    assert len(active(server, "twins")) == 1

    made.tell(sinks, made.over(last))
    assert active(server, "twins") == []


def test_what_an_earlier_process_told_is_said_again_and_its_end_is_heard(server: Server) -> None:
    alert = of(made.small(), "earlier")
    sinks = sink(server)
    assert sinks.wants(alert)
    sinks.recall([alert])
    assert sinks.say_again()
    assert len(active(server, "earlier")) == 1

    mild = replace(alert, finding=replace(alert.finding, severity="info"))
    made.tell(sinks, made.over(mild))
    assert active(server, "earlier") == []


def test_what_was_not_launched_for_a_week_ends_there_too(server: Server) -> None:
    """It would lapse there anyway: so both agree at once."""
    alert = of(made.small(), "forgotten")
    sinks = sink(server)
    made.tell(sinks, alert)
    assert len(active(server, "forgotten")) == 1

    made.tell(sinks, made.over(alert, "forgotten"))

    assert active(server, "forgotten") == []


def test_an_end_is_said_again_for_a_while(server: Server) -> None:
    now = made.BEGIN
    sinks = sink(server, intervals=Intervals(resolved_for=100.0), clock=lambda: now)
    made.tell(sinks, made.small())
    made.tell(sinks, made.over(made.small()))

    now += 99
    assert sinks.say_again()
    now += 2
    assert not sinks.say_again()


def test_nothing_begins_ahead_of_a_clock_that_is_set_back_later() -> None:
    now = made.BEGIN + 60
    with receiver() as far:
        to = Receiver(url=far.url)
        sinks = Alertmanager("alertmanager", to, page=str, instance="box", clock=lambda: now)
        made.tell(sinks, made.small())
        now = made.BEGIN - 3600
        sinks.say_again()

        (first,), (last,) = far.got
    assert first["startsAt"] == "2026-01-01T00:00:00.000Z"
    assert (last["startsAt"], last["endsAt"]) == ("2025-12-31T23:00:00.000Z", "2025-12-31T23:04:00.000Z")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_no_more(server: Server, name: str) -> None:
    sinks = sink(server)
    alert = of(made.small(name), "hostile")

    made.tell(sinks, alert)
    shown = [one for one in server.alerts() if one["labels"]["source"] == "hostile"]
    made.tell(sinks, made.over(alert))

    (one,) = shown
    for text in (*one["labels"].values(), *one["annotations"].values()):
        assert text.replace("\n", "").isprintable()
        assert len(text) <= 2000
    assert active(server, "hostile") == []


def test_begins_of_the_future_and_of_no_time_at_all_are_taken(server: Server) -> None:
    """A log may be of a machine whose clock is wrong."""
    sinks = sink(server)
    for number, since in enumerate((4e9, 1e300, -1e300)):
        alert = replace(of(made.small(f"{number}b"), "clock"), since=since, updated=since)
        made.tell(sinks, alert)
        assert len(active(server, "clock")) == 1
        made.tell(sinks, made.over(alert))
        assert active(server, "clock") == []


def test_what_is_wanted() -> None:
    all_of_them = Alertmanager("a", Receiver(), page=str, instance="", min_severity="info")
    usual = Alertmanager("a", Receiver(), page=str, instance="")
    mild = made.alert("layers-on-cpu", "a:1b", layers_offloaded=1, layers_total=9)

    assert [usual.wants(one) for one in (made.small(), mild, made.at_default())] == [True, False, False]
    assert [all_of_them.wants(one) for one in (made.small(), mild, made.at_default())] == [True, True, False]


def test_what_did_not_get_there_must_be_ended_there_all_the_same(tmp_path: Path) -> None:
    """It is said again from now on, so an end that is kept back would never come."""
    sinks = Alertmanager("a", Receiver(url="http://127.0.0.1:1"), page=str, instance="")

    with pytest.raises(Undelivered) as caught:
        sinks.tell(Notice(made.small(), "begin"))

    assert caught.value.perhaps


def test_the_name_of_an_alert_is_made_of_its_rule() -> None:
    assert alertname("context-reverted") == "OllamaContextReverted"
    assert alertname("my rule/1") == "OllamaMy rule/1"


def test_of_too_many_the_gravest_stays_though_it_is_the_oldest(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST", 100)
    sinks = sink(server)
    grave = of(made.reverted("grave"), "many")

    sinks.recall([grave, *(of(made.small(f"m{number}"), "many") for number in range(100))])
    sinks.say_again()

    shown = active(server, "many")
    assert len(shown) == 100
    assert ("grave", "critical") in shown
