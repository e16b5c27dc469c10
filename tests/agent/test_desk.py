"""The agent's loop on a real bus, where a desktop is not there, or its disk is full."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

pytest.importorskip("jeepney")

from ollama_watch.agent.board import Board
from ollama_watch.agent.desk import Desk
from ollama_watch.agent.mailbox import Mailbox
from ollama_watch.agent.memory import Memory
from ollama_watch.agent.received import Heard
from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks.notifier import Notifier
from ollama_watch.sinks.pressing import Pressing
from tests.support import made_alerts as made
from tests.support.desktop import Desktop
from tests.support.servers import Seen, serving
from tests.support.wait import until

NEVER = (1000.0, 1000.0)  # s until another try


@contextmanager
def desk(bus: str, state: Path) -> Iterator[Mailbox]:
    """Run a desk that tries a desktop once, and again only if it has a reason to; yield its mailbox."""
    mailbox, notifier = Mailbox(), Notifier(lambda: bus)
    board = Board(Memory(), "warning")
    pressing = Pressing(screen=board, details=lambda _: None, accept=lambda _: "")
    stop = Event()
    running = Desk(
        mailbox=mailbox, board=board, notifier=notifier, pressing=pressing, state=state, delays=NEVER
    )
    thread = Thread(target=running.run, args=(stop,))
    thread.start()
    try:
        yield mailbox
    finally:
        stop.set()
        mailbox.ring()
        thread.join(10)
        assert not thread.is_alive()
        notifier.close()
        mailbox.close()


def test_a_server_that_comes_is_shown_what_waits_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Desktop(dunst=False) as desktop,
        Seen(desktop.bus) as seen,
        desk(desktop.bus, tmp_path / "desktop.json") as mailbox,
    ):
        mailbox.put(Heard(made.reverted(), 1.0, 60.0))
        until(lambda: "nothing can be shown: no notification server" in caplog.text)
        with serving(desktop, "dunst"):
            until(seen.shown)


def test_what_cannot_be_remembered_is_shown_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with (
        Desktop(dunst=False) as desktop,
        Seen(desktop.bus) as seen,
        serving(desktop, "dunst"),
        desk(desktop.bus, tmp_path / "file" / "desktop.json") as mailbox,
    ):
        mailbox.put(Heard(made.reverted(), 1.0, 60.0))
        until(seen.shown)
        mailbox.put(Heard(replace(made.truncated(), id="2"), 1.0, 60.0))
        until(lambda: len(seen.shown()) == 2)

    assert sum("cannot be written" in record.message for record in caplog.records) == 1


def test_what_a_server_refuses_costs_the_others_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It has room for so many; what goes, and what comes in place of it, is not kept waiting."""
    rules = [f"rule-{number}" for number in range(120)]
    alerts = [_of_rule(rule) for rule in rules]
    with (
        Desktop(dunst=False) as desktop,
        Seen(desktop.bus) as seen,
        serving(desktop, "notification-daemon"),
        desk(desktop.bus, tmp_path / "desktop.json") as mailbox,
    ):
        for alert in alerts:
            mailbox.put(Heard(alert, 1.0, 60.0))
        until(lambda: "not all can be shown: the notification server refused: Exceeded" in caplog.text)
        mailbox.put(Heard(replace(alerts[0], state="resolved", ended="accepted"), 1.0, 60.0))
        until(lambda: seen.withdrawn)


def test_what_its_user_put_away_does_not_come_back_once_nothing_speaks_for_it(tmp_path: Path) -> None:
    other = replace(made.small("other"), id="2")
    with (
        Desktop() as desktop,
        desk(desktop.bus, tmp_path / "desktop.json") as mailbox,
    ):
        mailbox.put(Heard(made.reverted(), 1.0, 60.0))
        until(desktop.shown)
        desktop.dismiss()
        until(lambda: not desktop.shown())
        mailbox.put(Heard(made.reverted(), 1.0, 60.0, inhibited=True))
        mailbox.put(Heard(other, 1.0, 60.0))
        until(lambda: desktop.titles() == ["other runs with 2048 tokens"])

        mailbox.put(Heard(made.reverted(), 1.0, 60.0))
        mailbox.put(Heard(replace(other, state="resolved", ended="accepted"), 1.0, 60.0))
        until(lambda: not desktop.shown())
        mailbox.put(Heard(replace(other, id="3"), 1.0, 60.0))
        until(desktop.shown)
        assert desktop.titles() == ["other runs with 2048 tokens"]


def _of_rule(rule: str) -> Alert:
    alert = made.reverted()
    return replace(alert, id=rule, key=f"/a/{rule}/b", finding=replace(alert.finding, rule=rule))
