"""Write pictures of the pop-ups: a real daemon reads a log, the real agent shows what it tells.

    python -m tests.pictures.desktop DIRECTORY

Needs the packages dunst, notification-daemon, xfce4-notifyd, xfconf, xdotool, xvfb, dbus and imagemagick, and
jeepney.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.support.agent import agent
from tests.support.daemon import append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import launch, record, start
from tests.support.models import Models
from tests.support.servers import NAMES, Seen, serving
from tests.support.wait import until

_MODELS = {name: digest * 32 for name, digest in (
    ("qwen2.5-coder:7b", "5b"), ("deepseek-r1:14b", "6c"), ("llama3.1:8b", "7d"), ("llama3.2:3b", "8e"),
    ("gemma3:4b", "9f"), ("qwen3:8b", "af"),
)}  # fmt: skip

_PROMPTS = (*range(4200, 7200, 300), 25400, 4900)  # tokens; the longest is not the last


def main(directory: Path) -> None:
    """Write a PNG a picture; a desktop of its own for each."""
    directory.mkdir(parents=True, exist_ok=True)
    with Desktop(size="800x1000") as desktop:
        _picture(desktop, _troubles, lambda: len(desktop.shown()) == 3, directory / "desktop-all.png")
    with Desktop(size="800x1000") as desktop:
        title = "3 models run with Ollama's default context"
        _picture(
            desktop, _defaults, lambda: desktop.titles() == [title], directory / "desktop-at-default.png"
        )
    for server in NAMES[1:]:
        with (
            Desktop(size="800x1000", dunst=False) as desktop,
            Seen(desktop.bus) as seen,
            serving(desktop, server),
        ):
            path = directory / f"desktop-{server}.png"
            _picture(desktop, _troubles, lambda: len(seen.shown()) == 3, path)  # called at once


def _picture(desktop: Desktop, write: Callable[[Path], None], told: Callable[[], bool], path: Path) -> None:
    """Let the daemon read what `write` logs, and take the picture once all is `told` and drawn."""
    empty = desktop.pixels()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = Models(folder / "models")
        for model, digest in _MODELS.items():
            models.tag(model, digest)
        config = folder / "config.yaml"
        config.write_text(f"models: {{directory: {models.directory}}}\n")
        write(folder / "server.log")
        arguments = ["--config", str(config), "--file", str(folder / "server.log"), "--sink", "log"]
        with daemon(arguments) as running, agent(desktop, running.url, folder / "home"):
            until(told)
            until(lambda: desktop.pixels() != empty)
            desktop.picture(path)


def _troubles(log: Path) -> None:
    """A variable lost in a restart, a context that nobody set, prompts that are cut."""
    coder, small, cut = (_MODELS[name] for name in ("qwen2.5-coder:7b", "deepseek-r1:14b", "llama3.1:8b"))
    append(
        log,
        *start("0.6.2", ago=3600, OLLAMA_CONTEXT_LENGTH="32768"),
        launch(ctx_size=32768, parallel=1, digest=coder, started=True, ago=3500),
        launch(ctx_size=32768, parallel=1, digest=coder, port=40002, started=True, ago=2500),
        *start("0.6.2", ago=900, OLLAMA_CONTEXT_LENGTH="2048"),
        launch(ctx_size=8192, parallel=4, digest=small, port=40003, started=True, ago=80),
        launch(ctx_size=4096, parallel=1, digest=cut, port=40004, started=True, ago=70),
        *(_cut(prompt, ago=60.0 - second) for second, prompt in enumerate(_PROMPTS)),
        launch(ctx_size=8192, parallel=4, digest=coder, port=40005, started=True, ago=30),
    )  # fmt: skip


def _cut(prompt: int, *, ago: float) -> str:
    return record("truncating input prompt", f"limit=4096 prompt={prompt} keep=4 new=4096", ago=ago)


def _defaults(log: Path) -> None:
    """A fresh install of 0.6.8, where 4096 is what everybody gets."""
    append(log, *start("0.6.8", ago=900, OLLAMA_CONTEXT_LENGTH="4096"))
    for port, name in enumerate(("gemma3:4b", "llama3.2:3b", "qwen3:8b"), 40001):
        append(log, launch(ctx_size=4096, parallel=1, digest=_MODELS[name], port=port, started=True, ago=60))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
