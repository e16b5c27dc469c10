"""A desktop session with one notification server, and a daemon beside it that remembers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.daemon import Daemon, daemon
from tests.support.desktop import Desktop
from tests.support.servers import Seen, press, serving


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


@contextmanager
def watching(log: Path, config: Path, tmp_path: Path, listen: str = "127.0.0.1:0") -> Iterator[Daemon]:
    """A daemon that remembers, with its configuration where the agent looks for it."""
    state = str(tmp_path / "state")
    arguments = ["--config", str(config), "--file", str(log), "--sink", "log", "--state", state]
    with daemon([*arguments, "--listen", listen]) as running:
        yield running
