"""The desktop agent between a real daemon and the notification servers that people have."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("jeepney")

from tests.support.agent import agent
from tests.support.daemon import Daemon, append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import REVERTED, START, launch, record, start
from tests.support.models import Models
from tests.support.need import need
from tests.support.plain_server import PlainServer
from tests.support.servers import NAMES, Seen, press, serving
from tests.support.wait import until

ON_EACH = pytest.mark.parametrize("name", NAMES)
# As Go quotes them. The first is too long for a title, so that the body has it too.
EVIL = rf"<b>bold<i>&amp;\u001b[31m\u0007{'x' * 50}:7b"
LITTLE = "<b>&x:7b"
_BLOBS = "/usr/share/ollama/.ollama/models"


class Session:
    """A desktop with one of the servers, and what the bus shows of it."""

    def __init__(self, desktop: Desktop, seen: Seen, name: str) -> None:
        self.desktop, self.seen, self._name = desktop, seen, name

    def titles(self) -> list[str]:
        return self.seen.titles()

    def press(self, button: str) -> None:
        press(self.desktop, self._name, button)


@contextmanager
def session(name: str = "dunst") -> Iterator[Session]:
    with ExitStack() as parts:
        desktop = parts.enter_context(Desktop(dunst=False))
        seen = parts.enter_context(Seen(desktop.bus))
        parts.enter_context(serving(desktop, name))
        yield Session(desktop, seen, name)


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Named before anything is launched: names that are learnt late are shown late."""
    found = Models(tmp_path / "models")
    for name in ("qwen2.5-coder:7b", "qwen3:8b", "gemma3:4b", "llama3.2:3b"):
        found.tag(name, found.blob(name.encode()))
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    append(path, *START)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "ollama-watchd" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@contextmanager
def watching(log: Path, config: Path, tmp_path: Path, listen: str = "127.0.0.1:0") -> Iterator[Daemon]:
    """A daemon that remembers, with its configuration where the agent looks for it."""
    state = str(tmp_path / "state")
    arguments = ["--config", str(config), "--file", str(log), "--sink", "log", "--state", state]
    with daemon([*arguments, "--listen", listen]) as running:
        yield running


@pytest.fixture
def running(log: Path, config: Path, tmp_path: Path) -> Iterator[Daemon]:
    with watching(log, config, tmp_path) as running:
        yield running


@pytest.fixture
def launched(log: Path, models: Models) -> Callable[..., None]:
    """Let a model be launched by its name."""

    def launched(name: str, ctx_size: int, parallel: int = 1, port: int = 40001) -> None:
        weights = models.blob(name.encode())
        line = launch(ctx_size=ctx_size, parallel=parallel, digest=weights, port=port, started=True)
        append(log, line.replace(_BLOBS, str(models.directory)))

    return launched


def _called(log: Path, name: str) -> None:
    """Let a model of that name be launched: the log's own words, which a Modelfile chooses."""
    append(log, record("model is missing tokenizer.chat_template", f'model="{name}"'))
    append(log, launch(ctx_size=2048, parallel=1, started=True))


# ---- each server


@ON_EACH
def test_a_pop_up_is_shown_and_withdrawn_with_one_quiet_note(
    name: str, running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    with session(name) as screen, agent(screen.desktop, running.url, tmp_path / "home"):
        empty = screen.desktop.pixels()
        launched("qwen2.5-coder:7b", 8192, 4)
        (first,) = until(screen.seen.shown)
        assert first.title == "qwen2.5-coder:7b runs with 2048 tokens"
        assert first.actions == ("details", "Details", "accept", "That's fine", "mute", "Mute 1 h")
        until(lambda: screen.desktop.pixels() != empty)
        drawn = screen.desktop.pixels()

        launched("qwen2.5-coder:7b", 32768, port=40002)
        until(lambda: screen.titles() == ["qwen2.5-coder:7b has 32768 tokens now"])
        assert screen.seen.withdrawn == [first.number]
        assert screen.seen.shown()[0].urgency == 0
        until(lambda: screen.desktop.pixels() not in (drawn, empty))


@ON_EACH
def test_models_at_the_default_are_one_note_that_is_replaced_in_place(
    name: str, config: Path, tmp_path: Path, models: Models
) -> None:
    log = tmp_path / "fresh.log"
    append(log, *start("0.6.8"))
    with (
        watching(log, config, tmp_path) as running,
        session(name) as screen,
        agent(screen.desktop, running.url, tmp_path / "home"),
    ):
        for count, model in enumerate(("gemma3:4b", "llama3.2:3b", "qwen3:8b"), 1):
            weights = models.blob(model.encode())
            line = launch(ctx_size=4096, parallel=1, digest=weights, port=40000 + count, started=True)
            append(log, line.replace(_BLOBS, str(models.directory)))
            until(lambda: len(screen.seen.notes) == count)  # noqa: B023  # waited for at once

        (shown,) = screen.seen.shown()
        assert shown.title == "3 models run with Ollama's default context"
        assert (shown.urgency, shown.replaced) == (0, screen.seen.notes[0].number)


@ON_EACH
def test_a_button_that_is_pressed_does_what_it_says(
    name: str, running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    """Accepted: wanted from now on, and the pop-up goes without a word."""
    with session(name) as screen, agent(screen.desktop, running.url, tmp_path / "home") as ours:
        launched("qwen3:8b", 8192, 4)
        (shown,) = until(screen.seen.shown)
        screen.press("That's fine")

        until(lambda: (shown.number, "accept") in screen.seen.pressed)
        until(lambda: not running.firing("context-small"), 20)
        until(lambda: not screen.seen.shown())
        assert "qwen3:8b is accepted" in ours.said
        assert len(screen.seen.notes) == 1


@ON_EACH
def test_what_a_model_is_called_is_text_and_no_more(
    name: str, running: Daemon, log: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    with session(name) as screen, agent(screen.desktop, running.url, tmp_path / "home"):
        _called(log, EVIL)
        (shown,) = until(screen.seen.shown)
        screen.desktop.pixels()

        launched("qwen3:8b", 2048, port=40002)  # and the server still lives
        until(lambda: len(screen.seen.shown()) == 2)

    assert shown.body.startswith(f"&lt;b&gt;bold&lt;i&gt;&amp;amp;\ufffd[31m\ufffd{'x' * 50}:7b\n")
    assert (shown.title + shown.body.replace("\n", "")).isprintable()
    assert len(shown.title) <= 50


# ---- whoever comes, goes and comes back


def test_a_restart_of_the_agent_tells_nothing_twice_and_withdraws_what_ended_meanwhile(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with session() as screen:
        with agent(screen.desktop, running.url, home):
            launched("qwen3:8b", 2048)
            launched("gemma3:4b", 2048, port=40002)
            until(lambda: len(screen.seen.shown()) == 2)
        launched("qwen3:8b", 32768, port=40003)
        launched("llama3.2:3b", 2048, port=40004)
        until(lambda: len(running.firing("context-small")) == 2)
        until(lambda: all(one["told"] for one in running.firing("context-small")))

        with agent(screen.desktop, running.url, home):
            until(lambda: len(screen.seen.notes) == 3)
            until(lambda: len(screen.seen.withdrawn) == 1)

        titles = sorted(screen.titles())
    assert titles == ["gemma3:4b runs with 2048 tokens", "llama3.2:3b runs with 2048 tokens"]


def test_a_restart_of_the_daemon_tells_nothing_twice_and_what_came_meanwhile_once(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    with session() as screen, ExitStack() as parts:
        with watching(log, config, tmp_path) as running:
            address = running.url.removeprefix("http://")
            parts.enter_context(agent(screen.desktop, running.url, tmp_path / "home"))
            launched("qwen3:8b", 2048)
            until(screen.seen.shown)
        launched("gemma3:4b", 2048, port=40002)

        with watching(log, config, tmp_path, address):
            until(lambda: len(screen.seen.notes) == 2, 20)
            launched("qwen3:8b", 32768, port=40003)
            until(lambda: len(screen.seen.withdrawn) == 1)

    assert [one.title for one in screen.seen.notes[:2]] == [
        "qwen3:8b runs with 2048 tokens",
        "gemma3:4b runs with 2048 tokens",
    ]


def test_a_server_that_comes_late_shows_what_fires_and_another_one_nothing_twice(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    with (
        Desktop(dunst=False) as desktop,
        Seen(desktop.bus) as seen,
        agent(desktop, running.url, tmp_path / "home") as ours,
    ):
        launched("qwen3:8b", 2048)
        until(lambda: "no notification server on the session bus" in ours.said)
        with serving(desktop, "dunst"):
            until(lambda: seen.titles() == ["qwen3:8b runs with 2048 tokens"])
        with serving(desktop, "notification-daemon"):
            launched("gemma3:4b", 2048, port=40002)
            until(lambda: len(seen.notes) == 2)
            launched("qwen3:8b", 32768, port=40003)  # its pop-up went with the first server
            until(lambda: len(seen.notes) == 3)

    assert [one.title for one in seen.notes[1:]] == [
        "gemma3:4b runs with 2048 tokens",
        "qwen3:8b has 32768 tokens now",
    ]
    assert seen.withdrawn == []


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


def test_details_opens_the_page_of_the_daemon(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$@" > {opened}\n')
    opener.chmod(0o755)
    environ = {"PATH": f"{opener.parent}:{os.environ['PATH']}", "INVOCATION_ID": ""}
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home", environ=environ):
        launched("qwen3:8b", 2048)
        until(screen.seen.shown)
        screen.press("Details")

        until(opened.exists)
        until(lambda: opened.read_text() == f"{running.url}/\n")


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
        _called(log, LITTLE)
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


# ---- whose daemon it is

_FAKE = """
import os, socket, sys
os.setgid(12345)
os.setuid(12345)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(server.getsockname()[1], flush=True)
while True:
    peer = server.accept()[0]
    peer.recv(4096)
    peer.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nevent: snapshot\\nid: 7\\n")
    peer.sendall(b"data: " + sys.argv[2].encode() + b"\\n\\n")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root's rights to be somebody else")
def test_another_users_process_at_the_port_is_not_believed_unless_allowed(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    launched("qwen3:8b", 2048)
    until(lambda: running.alerts and running.alerts[0]["told"])
    data = running.get("/api/v1/alerts")[1].replace('{"alerts"', '{"ready": true, "alerts"', 1)
    fake = subprocess.Popen([sys.executable, "-c", _FAKE, "0", data], stdout=subprocess.PIPE, text=True)
    try:
        assert fake.stdout
        url = f"http://127.0.0.1:{int(fake.stdout.readline())}"
        with session() as screen:
            with agent(screen.desktop, url, tmp_path / "home", follows=False) as ours:
                until(lambda: "it is a process of the user 12345 (uid 12345)" in ours.said)
            assert "--user 12345" in ours.said
            assert screen.seen.notes == []
            with agent(screen.desktop, url, tmp_path / "home", "--user", "12345"):
                until(lambda: screen.titles() == ["qwen3:8b runs with 2048 tokens"])
    finally:
        fake.kill()
        fake.wait()
        fake.stdout.close() if fake.stdout else None


def test_over_tls_the_certificate_tells_whose_daemon_it_is(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    """The agent's configuration names another one: what answers at the port is not believed."""
    for name in ("own", "other"):
        words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        place = ["-subj", "/CN=x", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        command = [need("openssl", package="openssl"), *words, *place]
        subprocess.run(command, cwd=config.parent, check=True, capture_output=True)
    text = config.read_text()
    config.write_text(f"{text}http: {{tls: {{certificate: own.pem, key: own.key}}}}\n")
    other = config.with_name("other.yaml")
    other.write_text("http: {tls: {certificate: other.pem, key: other.key}}\n")
    with watching(log, config, tmp_path) as running, session() as screen:
        launched("qwen3:8b", 2048)
        home = tmp_path / "home"
        with agent(screen.desktop, running.url, home, "--config", str(other), follows=False) as ours:
            until(lambda: "certificate verify failed" in ours.said)
        assert screen.seen.notes == []
        with agent(screen.desktop, running.url, home):
            until(lambda: screen.titles() == ["qwen3:8b runs with 2048 tokens"])


def test_one_agent_a_user_is_enough(running: Daemon, tmp_path: Path) -> None:
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home"):
        homes = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(tmp_path / "home"))
        second = subprocess.run(
            [sys.executable, "-m", "ollama_watch", "desktop"],
            env={**screen.desktop.environ, **homes},
            check=False,
            capture_output=True,
            text=True,
        )

    assert second.returncode == 2
    assert "another ollama-watchd desktop runs for you" in second.stderr


def test_without_a_daemon_it_says_so_once_and_waits(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with session() as screen, agent(screen.desktop, url, tmp_path / "home", follows=False) as ours:
        until(lambda: "no alerts from 127.0.0.1" in ours.said)

    assert ours.said.count("Connection refused") == 1
