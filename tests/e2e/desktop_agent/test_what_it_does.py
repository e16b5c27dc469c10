"""What the buttons do, and what is shown where there are none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.agent import agent
from tests.support.daemon import Daemon, append
from tests.support.desktop import Desktop
from tests.support.logs import REVERTED, called
from tests.support.plain_server import PlainServer
from tests.support.session import session, watching
from tests.support.wait import until

LITTLE = "<b>&x:7b"


def test_a_muted_pop_up_goes_and_its_end_is_no_news(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home") as ours:
        launched("qwen3:8b", 2048)
        (shown,) = until(screen.seen.shown)
        screen.press("Mute 1 h")
        until(lambda: screen.seen.withdrawn == [shown.number])
        launched("qwen3:8b", 32768, port=40002)
        launched("gemma3:4b", 2048, port=40003)
        until(lambda: screen.titles() == ["gemma3:4b runs with 2048 tokens"])

        assert len(ours.remembered["muted"]) == 1
    assert len(screen.seen.notes) == 2


@pytest.mark.parametrize("external", ["", "https://gpu.example/"])
def test_details_opens_the_page_of_the_daemon(
    running: Daemon, config: Path, launched: Callable[..., None], tmp_path: Path, external: str
) -> None:
    config.write_text(f"http: {{external_url: '{external}'}}\n" if external else "")
    opened = tmp_path / "opened"
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$@" > {opened}\n')
    opener.chmod(0o755)
    environ = {"PATH": f"{opener.parent}:{os.environ['PATH']}", "INVOCATION_ID": ""}
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home", environ=environ):
        launched("qwen3:8b", 2048)
        until(screen.seen.shown)
        (alert,) = running.firing("context-small")
        screen.press("Details")

        until(opened.exists)
        page = external or f"{running.url}/"
        until(lambda: opened.read_text() == f"{page}#alert-{alert['id']}\n")


def test_without_the_right_to_accept_it_says_what_to_type(
    running: Daemon, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    (config.parent / "want.d").write_text("in the way: not even root can make a folder of it")
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home"):
        launched("qwen3:8b", 2048)
        until(screen.seen.shown)
        screen.press("That's fine")

        until(lambda: "To accept it, type this" in screen.titles())
        (note,) = (one for one in screen.seen.shown() if one.title.startswith("To accept"))
        assert note.body.startswith("sudo ollama-watchd accept qwen3:8b\n")


def test_a_server_that_can_do_little_gets_plain_text_and_what_to_type(
    running: Daemon, log: Path, tmp_path: Path
) -> None:
    with (
        Desktop(dunst=False) as desktop,
        PlainServer(desktop.bus) as server,
        agent(desktop, running.url, tmp_path / "home"),
    ):
        append(log, *called(LITTLE))
        until(lambda: server.told)

    (told,) = server.told
    assert (told.title, told.actions) == ("<b>&x:7b runs with 2048 tokens", [])
    assert told.body.endswith("\nMore: ollama-watchd explain '<b>&x:7b'")


def test_a_reversion_is_drawn_as_the_gravest(log: Path, config: Path, tmp_path: Path) -> None:
    append(log, *REVERTED)
    with (
        watching(log, config, tmp_path) as running,
        session("xfce4-notifyd") as screen,
        agent(screen.desktop, running.url, tmp_path / "home"),
    ):
        (shown,) = until(screen.seen.shown)

    assert shown.title.endswith(" tokens, was 32768")
    assert (shown.urgency, shown.milliseconds) == (2, 0)  # a server that keeps nothing lets it stay
