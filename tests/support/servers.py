"""The notification servers that people have, and what the bus shows of any of them.

with Desktop(dunst=False) as desktop, Seen(desktop.bus) as seen, serving(desktop, "xfce4-notifyd"):
    run([...], env=desktop.environ)
    until(lambda: [one.title for one in seen.shown()] == ["qwen2.5-coder:7b runs with 2048 tokens"])
    press(desktop, "xfce4-notifyd", "Mute 1 h")
"""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple, Self

from jeepney import HeaderFields, MessageType
from jeepney.bus_messages import DBus, Monitoring
from jeepney.io.blocking import open_dbus_connection

from tests.support.desktop import Desktop
from tests.support.need import need
from tests.support.wait import until

NAMES = ("dunst", "notification-daemon", "xfce4-notifyd")
_NAME = "org.freedesktop.Notifications"
_XFCE = "/usr/lib/x86_64-linux-gnu/xfce4"
_ND = "/usr/lib/notification-daemon"
_STILL = """<?xml version="1.0"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="expire-timeout" type="int" value="-1"/>
  <property name="do-fadeout" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
</channel>
"""
# Nothing goes by itself: after ten seconds, that is, just when a pop-up that counts is redrawn.
_DUNST = """[global]
markup = full
icon_position = off
show_indicators = no
dmenu = {choose}
[urgency_low]
timeout = 0
[urgency_normal]
timeout = 0
[urgency_critical]
timeout = 0
"""
# Where the buttons of the topmost pop-up are: pixels from its right and its lower edge, by what they say.
_BUTTONS = {
    "notification-daemon": {"Details": (247, 39), "That's fine": (172, 39), "Mute 1 h": (91, 39)},
    "xfce4-notifyd": {"Details": (246, 31), "That's fine": (152, 31), "Mute 1 h": (58, 31)},
}


@contextmanager
def serving(desktop: Desktop, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of `NAMES` until the end; yield its process once it has its name on the bus."""
    environ = {
        **desktop.environ,
        **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(desktop.folder)),
    }
    with contextlib.ExitStack() as started:
        for command in _commands(desktop.folder, name):
            process = subprocess.Popen(
                command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            started.callback(_end, process)
        until(lambda: is_there(desktop.bus))
        yield process
    until(lambda: not is_there(desktop.bus))


def is_there(bus: str) -> bool:
    """Tell whether a notification server is on the bus."""
    with open_dbus_connection(bus) as connection:
        return bool(connection.send_and_get_reply(DBus().NameHasOwner(_NAME), timeout=5).body[0])


def press(desktop: Desktop, name: str, button: str) -> None:
    """Press a button of the topmost pop-up, as its user would."""
    if name == "dunst":
        (desktop.folder / "choice").write_text(button)
        _run(desktop, need("dunstctl", package="dunst"), "context")
        return
    tool = need("xdotool", package="xdotool")
    until(lambda: _windows(desktop, tool))
    desktop.pixels()  # it is where it stays
    left, top, width, height = min(_windows(desktop, tool), key=lambda one: one[1])
    x, y = _BUTTONS[name][button]
    _run(desktop, tool, "mousemove", str(left + width - x), str(top + height - y))
    desktop.pixels()  # and the button knows that the pointer is on it
    _run(desktop, tool, "click", "1")


def _windows(desktop: Desktop, tool: str) -> list[tuple[int, int, int, int]]:
    """Return left, top, width and height of each pop-up's window that is on the screen."""
    names = "^(Notification|xfce4-notifyd)$"
    found = []
    searched = [tool, "search", "--onlyvisible", "--name", names]
    seen = subprocess.run(
        searched, env=desktop.environ, check=False, capture_output=True, text=True, timeout=20
    )
    for window in seen.stdout.split():  # it fails where there is none
        words = _run(desktop, tool, "getwindowgeometry", "--shell", window).split()
        known = dict(word.split("=") for word in words)
        x, y, width, height = (int(known[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))
        found += [(x, y, width, height)] if width > 300 else []  # the others are never drawn
    return found


def _run(desktop: Desktop, *command: str) -> str:
    ran = subprocess.run(command, env=desktop.environ, check=True, capture_output=True, text=True, timeout=20)
    return ran.stdout


def _commands(folder: Path, name: str) -> list[list[str]]:
    match name:
        case "dunst":
            choose = folder / "choose"
            choose.write_text(f'#!/bin/sh\ngrep -F -m 1 "$(cat {folder}/choice)"\n')
            choose.chmod(0o755)
            (folder / "own-dunstrc").write_text(_DUNST.format(choose=choose))
            return [[need("dunst", package="dunst"), "-conf", str(folder / "own-dunstrc")]]
        case "notification-daemon":
            return [[need(f"{_ND}/notification-daemon", package="notification-daemon")]]
        case _:
            settings = folder / "xfce4/xfconf/xfce-perchannel-xml"
            settings.mkdir(parents=True, exist_ok=True)
            (settings / "xfce4-notifyd.xml").write_text(_STILL)
            return [
                [need(f"{_XFCE}/xfconf/xfconfd", package="xfconf")],
                [need(f"{_XFCE}/notifyd/xfce4-notifyd", package="xfce4-notifyd")],
            ]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


class Note(NamedTuple):
    """One pop-up, as it was sent."""

    number: int
    replaced: int  # the number that it was to replace
    title: str
    body: str
    urgency: int
    actions: tuple[str, ...]
    milliseconds: int


class Seen:
    """What any server is told and tells, read off the bus while entered."""

    def __init__(self, bus: str) -> None:
        self._connection = open_dbus_connection(bus)
        self._lock, self._stop = Lock(), Event()
        self._asked: dict[tuple[str, int], Any] = {}  # Notify calls without a reply
        self.notes: list[Note] = []  # in the order of their showing
        self.closed: list[int] = []  # numbers, as the server said
        self.withdrawn: list[int] = []  # numbers, as it was asked
        self.pressed: list[tuple[int, str]] = []
        self._thread = Thread(target=self._watch, name="monitor")

    def __enter__(self) -> Self:
        monitor = Monitoring().BecomeMonitor([])
        self._connection.send_and_get_reply(monitor, timeout=5)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self._connection.close()

    def shown(self) -> list[Note]:
        """Return what the server shows now, each as it was last."""
        with self._lock:
            last = {one.number: one for one in self.notes if one.number not in self.closed}
            return list(last.values())

    def titles(self) -> list[str]:
        return [one.title for one in self.shown()]

    def _watch(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                message = self._connection.receive(timeout=0.05)
                with self._lock:
                    self._take(message)

    def _take(self, message: Any) -> None:
        fields = message.header.fields
        if message.header.message_type == MessageType.method_return:
            call = (fields.get(HeaderFields.destination), fields.get(HeaderFields.reply_serial))
            if body := self._asked.pop(call, None):
                self.notes.append(_note(message.body[0], body))
            return
        match fields.get(HeaderFields.member):
            case "Notify":
                self._asked[fields.get(HeaderFields.sender), message.header.serial] = message.body
            case "CloseNotification":
                self.withdrawn += message.body
            case "NotificationClosed":
                self.closed.append(message.body[0])
            case "ActionInvoked":
                self.pressed.append(tuple(message.body))


def _note(number: int, body: Any) -> Note:
    _, replaced, _, title, text, actions, hints, milliseconds = body
    return Note(number, replaced, title, text, hints["urgency"][1], tuple(actions), milliseconds)
