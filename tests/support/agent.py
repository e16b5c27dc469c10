"""The desktop agent as a process of its own, in a session of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.daemon import COMMAND
from tests.support.desktop import Desktop
from tests.support.wait import until


class Agent:
    """A running `ollama-watchd desktop`."""

    def __init__(self, process: subprocess.Popen[bytes], errors: Path, state: Path) -> None:
        self.process, self._errors, self._state = process, errors, state

    @property
    def said(self) -> str:
        """All that it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def remembered(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._state.read_text())
        return found


@contextmanager
def agent(
    desktop: Desktop,
    url: str,
    folder: Path,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    follows: bool = True,
) -> Iterator[Agent]:
    """Run the agent for the daemon at `url` until the end; `folder` has its state and its configuration."""
    folder.mkdir(exist_ok=True)
    homes = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(folder))
    environment = {**desktop.environ, **homes, **(environ or {})}
    listen = url.partition("://")[2].rstrip("/")
    errors = folder / "agent.stderr"
    with errors.open("wb") as stream:
        command = [*COMMAND, "desktop", "--listen", listen, *arguments]
        process = subprocess.Popen(command, env=environment, stderr=stream)
    running = Agent(process, errors, folder / "ollama-watchd" / "desktop.json")
    try:
        if follows:
            until(lambda: "following the daemon" in running.said, 15)
        yield running
    finally:
        process.terminate()
        code = process.wait(10)
    assert code == 0, running.said
    assert "Traceback" not in running.said
