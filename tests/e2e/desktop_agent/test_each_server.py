"""The agent between a real daemon and the notification servers that people have."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.agent import agent
from tests.support.daemon import Daemon, append
from tests.support.logs import called, launch, start
from tests.support.models import Models
from tests.support.servers import NAMES
from tests.support.session import session, watching
from tests.support.wait import until

ON_EACH = pytest.mark.parametrize("name", NAMES)
# As Go quotes it, and too long for a title, so that the body has it too.
EVIL = rf"<b>bold<i>&amp;\u001b[31m\u0007{'x' * 50}:7b"
_BLOBS = "/usr/share/ollama/.ollama/models"


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
        append(log, *called(EVIL))
        (shown,) = until(screen.seen.shown)
        screen.desktop.pixels()

        launched("qwen3:8b", 2048, port=40002)  # and the server still lives
        until(lambda: len(screen.seen.shown()) == 2)

    assert shown.body.startswith(f"&lt;b&gt;bold&lt;i&gt;&amp;amp;\ufffd[31m\ufffd{'x' * 50}:7b\n")
    assert (shown.title + shown.body.replace("\n", "")).isprintable()
    assert len(shown.title) <= 50
