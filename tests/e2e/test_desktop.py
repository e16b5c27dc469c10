"""The daemon inside a desktop session, with a real notification server."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("jeepney")

from tests.support.daemon import Daemon, append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import DIGEST, START, launch
from tests.support.models import Models
from tests.support.servers import NAMES
from tests.support.session import Session, session
from tests.support.wait import until

NAME = f"sha256:{DIGEST[:12]}"
BROKEN = launch(ctx_size=8192, parallel=4, started=True)
OTHER = launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40009)


@contextmanager
def inside(
    folder: Path, server: str = "dunst", config: str = "", **environ: str
) -> Iterator[tuple[Session, Daemon]]:
    """A daemon in a session, with a configuration of its own."""
    append(folder / "server.log", *START)
    (folder / "config.yaml").write_text(config)
    arguments = ["--file", str(folder / "server.log"), "--config", str(folder / "config.yaml")]
    with (
        session(server) as screen,
        daemon(arguments, environ={**screen.desktop.environ, **environ}) as running,
    ):
        yield screen, running


def test_a_pop_up_comes_and_is_withdrawn_when_it_is_mended(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with Desktop() as desktop, daemon(["--file", str(log)], environ=desktop.environ) as running:
        append(log, launch(ctx_size=8192, parallel=4, started=True))
        (shown,) = until(desktop.shown)
        assert shown.title == f"{NAME} runs with 2048 tokens"
        assert "8192" in shown.body

        append(log, launch(ctx_size=32768, parallel=1, port=40002, started=True))
        until(lambda: desktop.titles() == [f"{NAME} has 32768 tokens now"])
        until(lambda: running.metric('ollama_watch_notifications_total{outcome="sent",sink="desktop"}') == 2)


def test_a_notification_server_that_comes_late_shows_what_fires_and_nothing_failed(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with Desktop(dunst=False) as desktop, daemon(["--file", str(log)], environ=desktop.environ) as running:
        until(lambda: "desktop: no notification server is on the session bus yet" in running.said)
        append(log, launch(ctx_size=8192, parallel=4, started=True))
        until(lambda: "warning context-small" in running.said)
        desktop.start_dunst()

        until(lambda: desktop.titles() == [f"{NAME} runs with 2048 tokens"])
        assert running.metric('ollama_watch_notifications_total{outcome="failed",sink="desktop"}') == 0


def test_a_pop_up_goes_while_another_alert_speaks_for_it(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with Desktop() as desktop, daemon(["--file", str(log)], environ=desktop.environ):
        append(log, BROKEN)
        until(lambda: desktop.titles() == [f"{NAME} runs with 2048 tokens"])
        for port in range(40002, 40006):
            size = 8192 if port % 2 else 4096  # too small, the one as the other
            append(log, launch(ctx_size=size, parallel=4, port=port, started=True))

        until(lambda: desktop.titles() == [f"{NAME} is loaded again and again"])


@pytest.mark.parametrize("external", ["", "https://gpu.example/"])
def test_details_opens_its_page(tmp_path: Path, external: str) -> None:
    config = f"http: {{external_url: '{external}'}}\n" if external else ""
    opened = tmp_path / "opened"
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$@" > {opened}\n')
    opener.chmod(0o755)
    path = f"{opener.parent}:{os.environ['PATH']}"
    with inside(tmp_path, config=config, PATH=path, INVOCATION_ID="") as (screen, running):
        append(tmp_path / "server.log", BROKEN)
        until(screen.seen.shown)
        (alert,) = running.firing("context-small")
        screen.press("Details")

        until(opened.exists)
        page = external or f"{running.url}/"
        until(lambda: opened.read_text() == f"{page}#alert-{alert['id']}\n")
        assert f'id="alert-{alert["id"]}"' in running.get("/")[1]


@pytest.mark.parametrize("server", NAMES)
def test_what_is_accepted_is_wanted_and_goes_away(tmp_path: Path, server: str) -> None:
    models = Models(tmp_path / "models")
    digest = models.blob(b"weights")
    models.tag("qwen3:8b", digest)
    line = launch(ctx_size=8192, parallel=4, digest=digest, started=True)
    with inside(tmp_path, server) as (screen, running):
        append(
            tmp_path / "server.log",
            line.replace("/usr/share/ollama/.ollama/models", str(models.directory)),
        )
        until(lambda: screen.titles() == ["qwen3:8b runs with 2048 tokens"])
        screen.press("That's fine")

        until(lambda: screen.titles() == [])
        until(lambda: not running.firing("context-small"))
    assert "context: 2048" in (tmp_path / "want.d" / "accepted-qwen3-8b.yaml").read_text()


def test_what_is_muted_goes_and_its_end_is_no_news(tmp_path: Path) -> None:
    with inside(tmp_path) as (screen, running):
        append(tmp_path / "server.log", BROKEN)
        (shown,) = until(screen.seen.shown)
        screen.press("Mute 1 h")
        until(lambda: screen.seen.withdrawn == [shown.number])

        append(tmp_path / "server.log", launch(ctx_size=32768, parallel=1, port=40002, started=True))
        until(lambda: not running.firing("context-small"))
        append(tmp_path / "server.log", OTHER)
        until(screen.seen.shown)
    assert len(screen.seen.notes) == 2, "the first, and the other model's"


@contextmanager
def restartable(folder: Path, screen: Session) -> Iterator[Daemon]:
    """A daemon in that session that remembers; by default models are wanted as they are."""
    (folder / "config.yaml").touch()
    arguments = ["--file", str(folder / "server.log"), "--config", str(folder / "config.yaml")]
    with daemon([*arguments, "--state", str(folder / "state")], environ=screen.desktop.environ) as running:
        yield running


@pytest.mark.parametrize("server", NAMES)
def test_a_restart_takes_away_what_the_process_before_showed(tmp_path: Path, server: str) -> None:
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)
    with session(server) as screen:
        with restartable(tmp_path, screen):
            (shown,) = until(screen.seen.shown)
        with restartable(tmp_path, screen):
            append(log, launch(ctx_size=32768, parallel=1, port=40002, started=True))
            until(lambda: screen.titles() == [f"{NAME} has 32768 tokens now"])

        assert screen.seen.withdrawn == [shown.number]


def test_after_a_restart_the_buttons_work_and_what_is_muted_stays_so(tmp_path: Path) -> None:
    """Not with dunst, which tells what is pressed to nobody but the process that is gone."""
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)
    with session("xfce4-notifyd") as screen:
        with restartable(tmp_path, screen):
            until(screen.seen.shown)
        with restartable(tmp_path, screen) as running:
            until(lambda: running.get("/-/ready")[0] == 200)
            screen.press("Mute 1 h")
            until(lambda: not screen.seen.shown())
            until(lambda: json.loads((tmp_path / "state" / "popups.json").read_text())["muted"])
        with restartable(tmp_path, screen) as running:
            append(log, launch(ctx_size=32768, parallel=1, port=40002, started=True))
            until(lambda: not running.firing("context-small"))
            append(log, OTHER)
            until(screen.seen.shown)

    assert len(screen.seen.notes) == 2, "the first, and the other model's"
