"""The notification server of a session, over D-Bus. Imports jeepney: only to be imported where that is."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, NamedTuple

from jeepney import DBusAddress, MatchRule

from ollama_watch.sinks.note import Note
from ollama_watch.sinks.sessionbus import SessionBus, member, sender
from ollama_watch.sinks.sink import Absent

APP = "ollama-watchd"
_SERVER = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.freedesktop.Notifications",
)
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_OWNER = MatchRule(
    type="signal", sender="org.freedesktop.DBus", interface="org.freedesktop.DBus", member="NameOwnerChanged"
)
_OWNER.add_arg_condition(0, _SERVER.bus_name)
_SIGNALS = (
    MatchRule(type="signal", interface=_SERVER.interface, member="NotificationClosed"),
    MatchRule(type="signal", interface=_SERVER.interface, member="ActionInvoked"),
    _OWNER,
)
_MOST = 1000  # pop-ups remembered: a daemon has no more alerts
_AS_THE_SERVER_LIKES, _NEVER = -1, 0  # ms until it goes by itself
_ICONS = ("dialog-information", "dialog-warning", "dialog-error")  # every icon theme has them
_CRITICAL = 2


class Press(NamedTuple):
    """Somebody pressed a button."""

    key: str
    action: str


class Numbers(NamedTuple):
    """What a server calls our pop-ups: worth nothing to another server."""

    server: tuple[str, str]  # id of the bus, and the server's unique name on it
    shown: Mapping[str, int]  # key -> number; 0: put away


class Notifier:
    """Pop-ups by key. Belongs to one thread; every method but `close` raises Undelivered."""

    def __init__(
        self, address: Callable[[], str | None], patience: float = 5.0, known: Numbers | None = None
    ) -> None:
        """`known`: what an earlier process showed."""
        self._bus = SessionBus(address, _SIGNALS, patience)
        self._server = known.server if known else ("", "")
        self._shown: OrderedDict[str, int] = OrderedDict(known.shown if known else {})
        self._unsure = set(self._shown)  # shown by an earlier process: perhaps put away since
        self._can: frozenset[str] = frozenset()  # the server's capabilities
        self._presses: list[Press] = []
        self.came = False  # a server has come since somebody last set this to False
        self.serves = False  # a server is there, or the bus can start one, for all that is known

    @property
    def numbers(self) -> Numbers:
        """Return what another process needs to go on with these pop-ups."""
        return Numbers(self._server, dict(self._shown))

    @property
    def bus(self) -> str:
        """Return the id of the bus that it is connected to, or nothing."""
        return self._bus.id if self._bus.fileno() is not None else ""

    def shows(self, key: str) -> bool:
        """Tell whether a pop-up is on the screen, for all that is known."""
        return bool(self._shown.get(key))

    def show(self, key: str, note: Note) -> None:
        """Show `note`, in place of what `key` shows now."""
        self._meet()
        number = self._shown.get(key)
        if note.quiet and (number == 0 or key in self._unsure):
            return
        reply = self._bus.call(
            _SERVER,
            "Notify",
            "susssasa{sv}i",
            APP,
            number or 0,
            _ICONS[note.urgency],
            note.title,
            self._body(note),
            [word for action in note.actions for word in action] if "actions" in self._can else [],
            _hints(note),
            self._milliseconds(note),
        )
        self._unsure.discard(key)
        self._shown[key] = reply.body[0]
        self._shown.move_to_end(key)
        if len(self._shown) > _MOST:  # what was put away is not missed
            away = (key for key, one in self._shown.items() if one == 0)
            del self._shown[next(away, next(iter(self._shown)))]

    def withdraw(self, key: str, *, for_now: bool = False) -> bool:
        """Take away what `key` shows; False: it shows nothing any more, nobody was asked.

        `for_now`: it may come back without a sound, but for what its user had put away.
        """
        was_shown = bool(self._shown.get(key))
        if was_shown:
            self._meet()
        number = self._shown.get(key)
        if number:
            self._bus.call(_SERVER, "CloseNotification", "u", number, refusable=True)
        elif for_now:
            return was_shown
        self._shown.pop(key, None)
        self._unsure.discard(key)
        return was_shown

    def pressed(self) -> list[Press]:
        """Return the buttons that were pressed since the last call, without waiting."""
        self.listen()
        presses, self._presses = self._presses, []
        return presses

    def listen(self) -> None:
        """Take in what the desktop says, without waiting; a bus that is new is asked who is there."""
        new = self._bus.fileno() is None
        self._bus.listen()
        if new:
            self.serves = self._is_served()
        self._take_in()

    def fileno(self) -> int | None:
        """Return what is readable when `pressed` may have something to tell."""
        return self._bus.fileno()

    def close(self) -> None:
        """Hang up. What is shown stays: it is the server's."""
        self._bus.close()

    def _is_served(self) -> bool:
        """Ask the bus, which starts nothing for that."""
        if self._bus.call(_BUS, "NameHasOwner", "s", _SERVER.bus_name).body[0]:
            return True
        return _SERVER.bus_name in self._bus.call(_BUS, "ListActivatableNames").body[0]

    def _body(self, note: Note) -> str:
        more = (note.instead,) if note.instead and "actions" not in self._can else ()
        text = "\n".join((*note.lines, *more))
        return escape(text, quote=False) if "body-markup" in self._can else text

    def _milliseconds(self, note: Note) -> int:
        """A server that keeps nothing is asked to let the gravest stay until somebody saw it."""
        stays = note.urgency == _CRITICAL and "persistence" not in self._can
        return _NEVER if stays else _AS_THE_SERVER_LIKES

    def _meet(self) -> None:
        """Learn who the server is and what it can, and what happened to our pop-ups."""
        try:
            reply = self._bus.call(_SERVER, "GetCapabilities")
        except Absent:  # nor could one be started
            self.serves = False
            raise
        self.serves = True
        self._can = frozenset(reply.body[0])
        self._take_in()
        self._now_is(sender(reply))

    def _take_in(self) -> None:
        while self._bus.heard:
            signal = self._bus.heard.popleft()
            match member(signal):
                case "NameOwnerChanged":
                    self._now_is(signal.body[2])
                    self.came = self.came or bool(signal.body[2])
                    self.serves = self.serves or bool(signal.body[2])
                case "ActionInvoked" if sender(signal) == self._server[1]:
                    number, action = signal.body
                    self._presses += [Press(key, action) for key, one in self._shown.items() if one == number]
                case "NotificationClosed" if sender(signal) == self._server[1]:
                    self._put_away(signal.body[0])

    def _put_away(self, number: int) -> None:
        for key in [key for key, one in self._shown.items() if one == number]:
            self._shown[key] = 0

    def _now_is(self, name: str) -> None:
        """Another server's numbers mean other pop-ups; ours went with the server that showed them."""
        server = (self._bus.id, name)
        if name and server != self._server:
            self._server = server
            self._shown = OrderedDict.fromkeys(self._shown, 0)


def _hints(note: Note) -> dict[str, tuple[str, Any]]:
    hints: dict[str, tuple[str, Any]] = {"urgency": ("y", note.urgency)}
    if note.quiet or note.urgency == 0:
        hints["suppress-sound"] = ("b", True)
    if note.passing:
        hints["transient"] = ("b", True)
    return hints
