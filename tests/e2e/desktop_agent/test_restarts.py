"""Whoever comes late, goes and comes back: nothing is told twice, and nothing is forgotten."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.support.agent import agent
from tests.support.daemon import Daemon, append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import record
from tests.support.servers import Seen, serving
from tests.support.session import session, watching
from tests.support.wait import until

SENT = 'ollama_watch_notifications_total{outcome="sent",sink="desktop"}'


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


def test_the_worst_prompt_is_told_after_a_restart_of_the_daemon_and_smaller_ones(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    """What each prints comes by the log, the checkpoint, the stream and the session bus."""
    worst = "Worst of 2: 21,304 of 25,400 tokens dropped (context 4096)."
    with session() as screen, ExitStack() as parts:
        with watching(log, config, tmp_path) as running:
            address = running.url.removeprefix("http://")
            parts.enter_context(agent(screen.desktop, running.url, tmp_path / "home"))
            launched("qwen3:8b", 4096)
            append(log, cut(25400))
            until(lambda: "qwen3:8b loses prompts: 1 cut in 10 min" in screen.titles())

        append(log, cut(4106))
        with watching(log, config, tmp_path, address):
            until(lambda: "qwen3:8b loses prompts: 2 cut in 10 min" in screen.titles(), 30)

    (note,) = (one for one in screen.seen.notes if " 2 cut in " in one.title)
    assert note.body.startswith(worst)


def cut(prompt: int) -> str:
    return record("truncating input prompt", f"limit=4096 prompt={prompt} keep=4 new=4096")


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


def test_beside_a_daemon_in_the_same_session_it_shows_nothing_until_that_is_gone(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    """Two pop-ups, one of them each: with its buttons once."""
    arguments = ["--config", str(config), "--file", str(log), "--state", str(tmp_path / "state")]
    with session("xfce4-notifyd") as screen, ExitStack() as parts:
        with daemon(arguments, environ=screen.desktop.environ) as running:
            address = running.url.removeprefix("http://")
            ours = parts.enter_context(agent(screen.desktop, running.url, tmp_path / "home"))
            until(lambda: "shows pop-ups on this desktop itself" in ours.said)
            launched("qwen3:8b", 2048)
            until(lambda: running.metric(SENT) == 1)
            launched("gemma3:4b", 2048, port=40002)
            until(lambda: running.metric(SENT) == 2)
            assert len(screen.seen.notes) == 2
        with watching(log, config, tmp_path, address):
            until(lambda: "shows no pop-ups on this desktop any more" in ours.said, 20)
            launched("llama3.2:3b", 2048, port=40003)
            until(lambda: "llama3.2:3b runs with 2048 tokens" in screen.titles())
    assert ours.said.count("shows pop-ups on this desktop itself") == 1


def test_what_it_showed_goes_when_the_daemon_shows_it_itself(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    with session("xfce4-notifyd") as screen, ExitStack() as parts:
        with watching(log, config, tmp_path) as running:
            address = running.url.removeprefix("http://")
            parts.enter_context(agent(screen.desktop, running.url, tmp_path / "home"))
            launched("qwen3:8b", 2048)
            (first,) = until(screen.seen.shown)
        arguments = ["--config", str(config), "--file", str(log), "--listen", address]
        with daemon(arguments, environ=screen.desktop.environ):
            until(lambda: screen.seen.withdrawn == [first.number], 20)
            until(lambda: len(screen.seen.notes) == 2)


def test_a_daemon_on_another_desktop_is_none_of_its_business(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    arguments = ["--config", str(config), "--file", str(log)]
    with (
        session("dunst") as other,
        session("dunst") as screen,
        daemon(arguments, environ=other.desktop.environ) as running,
        agent(screen.desktop, running.url, tmp_path / "home"),
    ):
        launched("qwen3:8b", 2048)
        until(other.seen.shown)
        until(screen.seen.shown)
