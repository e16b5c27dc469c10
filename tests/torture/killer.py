"""The daemon's short lives: started, watched, killed at a random moment."""

import os
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random

from tests.support.daemon import Daemon, start

_SHORTEST, _LONGEST = 0.2, 2.0  # s from its start to the kill
_DEAD = 0.3  # s at most until the next start
_LOOK = 0.1  # s between looks at its alerts


@dataclass(slots=True)
class Lives:
    """What all the lives of one daemon told."""

    said: list[str] = field(default_factory=list)  # a life
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # of alerts, by their key
    kills: int = 0
    own_ends: int = 0  # it ended before it was killed

    def look(self, daemon: Daemon) -> None:
        """Note the alerts that it shows."""
        for alert in daemon.alerts:
            self.ids[alert["key"]].add(alert["id"])

    def live(self, daemon: Daemon, until: float) -> None:
        """Let it work up to a moment, kill it, and keep what it said."""
        while (left := until - time.monotonic()) > 0:
            if daemon.is_listening():
                self._peek(daemon)
            time.sleep(min(_LOOK, left))
        self._kill(daemon.process)
        self.said.append(daemon.said)

    def _peek(self, daemon: Daemon) -> None:
        with suppress(OSError, HTTPException):  # it ended: that is counted elsewhere
            self.look(daemon)

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is not None:
            self.own_ends += 1
            return
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1


def kill_again_and_again(
    arguments: Sequence[str], prefix: Sequence[str], folder: Path, kills: int, random: Random
) -> Lives:
    """Start the daemon and kill it, so many times."""
    lives = Lives()
    for _ in range(kills):
        until = time.monotonic() + random.uniform(_SHORTEST, _LONGEST)
        lives.live(start(arguments, folder, prefix=prefix), until)
        time.sleep(random.uniform(0, _DEAD))
    return lives
