"""A desktop of one's own: a screen without a monitor, a session bus, and dunst as the notification server.

with Desktop() as desktop:
    run([...], env=desktop.environ)
    until(lambda: desktop.titles() == ["qwen2.5-coder:7b runs with 2048 tokens"])
    desktop.picture(Path("seen.png"))
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.need import need
from tests.support.wait import until

# No <servicedir>: the bus starts no notification server by itself, so that there can be none.
_BUS = """<busconfig>
  <type>session</type><listen>unix:path={bus}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
_DUNST = Path(__file__).with_name("dunstrc")
_PRINTED = re.compile(
    r"\{\n\tappname: '(.*?)'\n\tsummary: '(.*?)'\n\tbody: '(.*?)'\n\ticon: .*?\n\turgency: (\w+)\n"
    r".*?\n\tformatted: '(.*?)'\n\tfg: .*?\n\tid: (\d+)\n.*?\n\}\n",
    re.DOTALL,
)


class Shown(NamedTuple):
    """One pop-up, as dunst has it."""

    id: int
    title: str
    body: str  # as it was sent: may be markup
    urgency: str  # LOW, NORMAL or CRITICAL
    drawn: str  # title and body in the markup that dunst draws
    app: str


class Desktop:
    """Xvfb, dbus-daemon and, from `start_dunst` on, dunst. Entering starts all three, leaving ends them."""

    environ: Mapping[str, str]  # for the processes that are to see this desktop
    bus: str  # address of the session bus

    def __init__(self, size: str = "1000x700", *, dunst: bool = True) -> None:
        """`dunst`: whether there is a notification server from the start."""
        self._size, self._with_dunst = size, dunst
        self._folder = Path()
        self._running: list[subprocess.Popen[bytes]] = []
        self._dunst: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._with_dunst:
            need("dunst", package="dunst")
            need("dunstctl", package="dunst")
        self._folder = Path(tempfile.mkdtemp(prefix="desk"))  # short: a socket's path has 107 bytes
        try:
            self._start_screen_and_bus()
            if self._with_dunst:
                self.start_dunst()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_dunst()
        for process in reversed(self._running):
            _end(process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_dunst(self) -> None:
        """Return once it answers."""
        command = [need("dunst", package="dunst"), "-conf", str(_DUNST), "-print"]
        with (self._folder / "dunst.out").open("wb") as out, (self._folder / "dunst.err").open("wb") as err:
            self._dunst = subprocess.Popen(command, stdout=out, stderr=err, env=self.environ)
        until(lambda: self._ask("is-paused") is not None)

    def stop_dunst(self) -> None:
        """End it; what it showed is gone. There is a bus still, but nobody on it who shows anything."""
        if self._dunst:
            self.thaw_dunst()
            _end(self._dunst)
            self._dunst = None

    def freeze_dunst(self) -> None:
        """Let it stand still: it is there and answers nothing."""
        if self._dunst:
            self._dunst.send_signal(signal.SIGSTOP)

    def thaw_dunst(self) -> None:
        """Let it go on where it was frozen."""
        if self._dunst:
            self._dunst.send_signal(signal.SIGCONT)

    def shown(self) -> list[Shown]:
        """Return what is on the screen now, in the order of its first showing."""
        found: dict[int, Shown] = {}
        printed = (self._folder / "dunst.out").read_text(encoding="utf-8", errors="replace")
        for app, title, body, urgency, drawn, number in _PRINTED.findall(printed):
            found[int(number)] = Shown(int(number), title, body, urgency, drawn, app)
        closed = self.closed()
        return [one for number, one in found.items() if number not in closed]

    def titles(self) -> list[str]:
        """Return the titles on the screen now."""
        return [one.title for one in self.shown()]

    def closed(self) -> set[int]:
        """Return the ids of what was closed, by whomever."""
        history = json.loads(self._ask("history") or '{"data": [[]]}')
        return {int(one["id"]["data"]) for one in history["data"][0]}

    def dismiss(self) -> None:
        """Close what is on the screen, as its user would with a click."""
        self._ask("close-all")

    def picture(self, path: Path, *, pop_ups: int | None = None) -> None:
        """Write the pop-ups on the screen, once they are drawn, to a PNG; `pop_ups`: wait for so many."""
        if pop_ups is not None:
            until(lambda: len(self.shown()) == pop_ups)
        edge = ["-trim", "+repage", "-bordercolor", "#10141a", "-border", "12", "-strip", str(path)]
        self._run([need("convert", package="imagemagick"), "ppm:-", *edge], self.pixels())

    def pixels(self) -> bytes:
        """Return the whole screen as a PPM, once nothing changes on it any more."""
        before = b""
        for _ in range(20):  # it is drawn when nothing changes any more; each look takes about 0.1 s
            seen = self._run([need("import", package="imagemagick"), "-window", "root", "ppm:-"])
            if seen == before:
                return seen
            before = seen
        raise AssertionError("the screen does not come to rest")

    @property
    def folder(self) -> Path:
        """A folder of this desktop's own, gone with it."""
        return self._folder

    def _run(self, command: list[str], given: bytes = b"") -> bytes:
        ran = subprocess.run(
            command, input=given, env=self.environ, check=True, stdout=subprocess.PIPE, timeout=20
        )
        return ran.stdout

    def _start_screen_and_bus(self) -> None:
        socket, number = self._folder / "bus", self._folder / "display"
        (self._folder / "bus.conf").write_text(_BUS.format(bus=socket), encoding="utf-8")
        xvfb, dbus = need("Xvfb", package="xvfb"), need("dbus-daemon", package="dbus")
        with number.open("wb") as display:
            screen = ["-displayfd", str(display.fileno()), "-nolisten", "tcp", "-screen", "0"]
            self._start([xvfb, *screen, f"{self._size}x24"], keep=display.fileno())
        self._start([dbus, f"--config-file={self._folder}/bus.conf", "--nofork", "--nopidfile"])
        until(lambda: number.read_text().endswith("\n") and socket.exists())
        self.bus = f"unix:path={socket}"
        shown = {"DISPLAY": f":{number.read_text().strip()}", "DBUS_SESSION_BUS_ADDRESS": self.bus}
        self.environ = {**os.environ, **shown, "XDG_RUNTIME_DIR": str(self._folder)}

    def _start(self, command: list[str], keep: int | None = None) -> None:
        null = subprocess.DEVNULL
        kept = () if keep is None else (keep,)
        self._running.append(subprocess.Popen(command, stdout=null, stderr=null, pass_fds=kept))

    def _ask(self, question: str) -> str | None:
        """Return dunstctl's answer, None while dunst gives none."""
        command = [need("dunstctl", package="dunst"), question]
        asked = subprocess.run(
            command, env=self.environ, capture_output=True, check=False, timeout=20, text=True
        )
        return asked.stdout if asked.returncode == 0 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    if process.poll() is None:
        process.kill()
        process.wait()
