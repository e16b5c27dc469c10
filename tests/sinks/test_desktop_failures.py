"""Desktops that are not there, not yet, not any more, or do not answer."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("jeepney")

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks import session as module
from ollama_watch.sinks.desktop import Desktop
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.notifier import Notifier
from ollama_watch.sinks.sink import Undelivered
from tests.support import made_alerts as made
from tests.support.desktop import Desktop as Screen
from tests.support.session import session
from tests.support.wait import until


def test_without_a_server_it_is_undelivered_and_works_once_there_is_one(
    screen: Screen, sink: Desktop
) -> None:
    screen.stop_dunst()
    with pytest.raises(Undelivered, match="no notification server on the session bus"):
        made.tell(sink, made.reverted())

    screen.start_dunst()
    sink.deliver(made.reverted(), quiet=False)

    until(screen.shown)


def test_where_nobody_asked_for_pop_ups_a_server_that_comes_late_shows_what_fires(
    screen: Screen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No failure, so no alert about it; what is over by then was never told."""
    screen.stop_dunst()
    state = tmp_path / "popups.json"
    sink = Desktop(patient=True, state=state)
    with caplog.at_level(logging.INFO):
        sink.recall([])
    assert "no notification server is on the session bus yet" in caplog.text
    assert sink.tell(Notice(made.reverted(), "begin")) is False
    assert sink.tell(Notice(made.small(), "begin")) is False
    assert sink.tell(Notice(made.over(made.reverted()), "end")) is False
    sink.close()

    late = Desktop(patient=True, state=state)
    late.recall([made.small()])
    late.hush(set(), set())
    screen.start_dunst()

    until(lambda: screen.titles() == ["qwen2.5-coder:7b runs with 2048 tokens"])
    late.tell(Notice(made.small(), "change"))
    late.close()
    assert '"unseen": []' in state.read_text()


def _next_start(screen: Screen, state: Path) -> Desktop:
    """Return what comes up with a server, after one that had none when it was told of an alert."""
    screen.stop_dunst()
    sink = Desktop(patient=True, state=state)
    sink.tell(Notice(made.small(), "begin"))
    sink.close()
    screen.start_dunst()
    later = Desktop(patient=True, state=state)
    later.recall([made.small()])
    return later


def test_what_was_not_seen_is_shown_at_the_next_start_if_there_is_a_server_by_then(
    screen: Screen, tmp_path: Path
) -> None:
    later = _next_start(screen, tmp_path / "popups.json")
    later.hush(set(), set())

    until(screen.shown)
    later.close()


def test_what_was_not_seen_and_sleeps_is_shown_when_it_runs_again(screen: Screen, tmp_path: Path) -> None:
    later = _next_start(screen, tmp_path / "popups.json")
    later.hush(set(), {made.small().key})
    later.tell(Notice(made.reverted("other"), "begin"))
    until(lambda: screen.titles() == ["other runs with 2048 tokens, was 32768"])
    later.hush(set(), set())

    until(lambda: len(screen.shown()) == 2)
    later.close()


def test_another_server_is_told_nothing_of_the_first_ones_pop_ups(screen: Screen, sink: Desktop) -> None:
    """Its numbers begin anew: taking away ours would take away somebody else's."""
    alert = made.reverted()
    made.tell(sink, alert)
    until(screen.shown)
    screen.stop_dunst()
    screen.start_dunst()
    other = Notifier(lambda: screen.bus)
    other.show("other", Note("another program's", (), 1, quiet=False))
    until(screen.shown)

    made.tell(sink, made.over(alert))
    made.tell(sink, made.small())

    until(lambda: screen.titles() == ["another program's", "qwen2.5-coder:7b runs with 2048 tokens"])
    other.close()


def test_a_server_that_stands_still_is_waited_for_with_a_bound(screen: Screen) -> None:
    notifier = Notifier(lambda: screen.bus, patience=0.2)
    note = Note("late", ("line",), 1, quiet=False)
    screen.freeze_dunst()
    with pytest.raises(Undelivered, match="did not answer within"):
        notifier.show("key", note)

    screen.thaw_dunst()
    until(lambda: screen.titles() == [])
    notifier.show("key", note)

    until(lambda: screen.titles() == ["late"])
    notifier.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("unix:path=/nowhere/bus", "no session bus at unix:path=/nowhere/bus: No such file"),
        ("tcp:host=localhost", "cannot use the session bus at tcp"),
        ("autolaunch:", "cannot use the session bus"),
    ],
)
def test_without_a_bus_it_is_undelivered(
    sink: Desktop, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    with pytest.raises(Undelivered, match=words):
        made.tell(sink, made.reverted())


def test_without_an_address_it_is_undelivered_and_not_available(
    sink: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)

    assert not module.available()
    with pytest.raises(Undelivered, match="no session bus is known"):
        made.tell(sink, made.reverted())
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    assert module.available()


def test_without_jeepney_it_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert module.available()

    monkeypatch.setitem(sys.modules, "jeepney", None)

    assert not module.available()


def test_a_bus_that_goes_away_is_undelivered_and_the_next_one_is_used(screen: Screen) -> None:
    note = Note("title", (), 1, quiet=False)
    address = [screen.bus]
    notifier = Notifier(lambda: address[0])
    with Screen() as gone:
        address[0] = gone.bus
        notifier.show("key", note)
    address[0] = screen.bus
    with pytest.raises(Undelivered, match="hung up"):
        notifier.show("key", note)

    notifier.show("key", note)

    until(lambda: screen.titles() == ["title"])
    notifier.close()


def test_a_bus_that_goes_away_is_noticed_and_the_next_one_is_used(
    screen: Screen, sink: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Screen() as gone:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", gone.bus)
        made.tell(sink, made.small())
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", screen.bus)

    with suppress(Undelivered):  # as its outbox: it may not have been noticed yet
        made.tell(sink, made.reverted())
    sink.deliver(made.reverted(), quiet=False)

    until(lambda: "qwen2.5-coder:7b runs with 2048 tokens, was 32768" in screen.titles())


def test_the_buttons_of_the_next_bus_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted: list[str] = []

    def accept(alert: Alert) -> str:
        accepted.append(alert.model)
        return ""

    sink = Desktop(accept=accept)
    with Screen() as gone:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", gone.bus)
        made.tell(sink, made.small("llama3.1:8b"))
    with session() as other:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", other.desktop.bus)
        with suppress(Undelivered):  # as above
            sink.tell(Notice(made.reverted(), "begin"))
        sink.tell(Notice(made.reverted(), "begin"))
        until(other.seen.shown)
        other.press("That's fine")

        until(lambda: accepted == ["qwen2.5-coder:7b"])
    sink.close()
