"""The notification server of a session, over D-Bus. Imports jeepney: only to be imported where that is."""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from socket import socket
from typing import Any, Literal

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_method_call
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket

from ollama_watch.sinks.sink import Undelivered

APP = "ollama-watchd"
_SERVER = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.freedesktop.Notifications",
)
_CLOSED = MatchRule(type="signal", interface=_SERVER.interface, member="NotificationClosed")
_MOST = 100  # pop-ups remembered
_AS_THE_SERVER_LIKES = -1  # ms until it goes by itself
_ABSENT = ("ServiceUnknown", "NameHasNoOwner")

Urgency = Literal[0, 1, 2]  # low, normal, critical
_ICONS = ("dialog-information", "dialog-warning", "dialog-error")  # every icon theme has them


@dataclass(frozen=True, slots=True)
class Note:
    """One pop-up, in plain text."""

    title: str
    lines: Sequence[str]
    urgency: Urgency
    quiet: bool  # only replaces: no sound, and nothing if it was put away


class Notifier:
    """Pop-ups by key. Belongs to one thread; opens its connection when it is first needed.

    Every method but `close` raises Undelivered, and then begins with a new connection the next time.
    """

    def __init__(self, address: Callable[[], str | None], patience: float = 5.0) -> None:
        self._address = address
        self._patience = patience  # s for an answer; a server may have to be started first
        self._connection: Any = None
        self._bus = ""  # its id: unique names are unique on one bus only
        self._server = ("", "")  # bus and unique name: another server's numbers mean other pop-ups
        self._markup = False
        self._shown: OrderedDict[str, int] = OrderedDict()  # key -> the server's number; 0: put away
        self._closed: deque[Any] = deque(maxlen=1000)  # what the server said since we last looked

    def show(self, key: str, note: Note) -> None:
        """Show `note`, in place of what `key` shows now."""
        self._meet()
        number = self._shown.get(key)
        if number == 0 and note.quiet:
            return
        lines = [escape(line, quote=False) for line in note.lines] if self._markup else note.lines
        hints: dict[str, tuple[str, object]] = {"urgency": ("y", note.urgency)}
        if note.quiet or note.urgency == 0:
            hints["suppress-sound"] = ("b", True)
        reply = self._call(
            "Notify",
            "susssasa{sv}i",
            APP,
            number or 0,
            _ICONS[note.urgency],
            note.title,
            "\n".join(lines),
            [],  # actions
            hints,
            _AS_THE_SERVER_LIKES,
        )
        self._shown[key] = reply.body[0]
        self._shown.move_to_end(key)
        if len(self._shown) > _MOST:
            self._shown.popitem(last=False)

    def withdraw(self, key: str) -> None:
        """Take away what `key` shows; nothing to do where it shows nothing any more."""
        if self._shown.get(key):
            self._meet()
        if number := self._shown.get(key):
            self._call("CloseNotification", "u", number, refusable=True)
        self._shown.pop(key, None)

    def close(self) -> None:
        """Hang up. What is shown stays: it is the server's."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _meet(self) -> None:
        """Connect if need be, learn who the server is and what it can, and what it closed."""
        if self._connection is None:
            self._connect()
        reply = self._call("GetCapabilities")
        server = (self._bus, _sender(reply))
        if server != self._server:
            self._server = server
            self._shown.clear()
        self._markup = "body-markup" in reply.body[0]
        closed = {one.body[0] for one in self._closed if _sender(one) == server[1]}
        self._closed.clear()
        for key, number in self._shown.items():
            if number in closed:
                self._shown[key] = 0

    def _connect(self) -> None:
        address = self._address()
        if address is None:
            raise Undelivered("no session bus is known: DBUS_SESSION_BUS_ADDRESS is not set")
        try:
            self._connection = _connected(address, self._patience)
            self._bus = str(self._connection.send_and_get_reply(message_bus.GetId()).body[0])
        except TimeoutError as error:
            raise self._undelivered(f"the session bus at {address} does not answer") from error
        except (ConnectionResetError, BrokenPipeError) as error:
            text = f"the session bus at {address} hung up; it lets in nobody but its own user"
            raise self._undelivered(text) from error
        except OSError as error:
            text = f"no session bus at {address}: {error.strerror or error}"
            raise self._undelivered(text) from error
        except (ValueError, RuntimeError) as error:  # an address or a login that jeepney does not know
            raise self._undelivered(f"cannot use the session bus at {address}: {error}") from error
        self._closed.clear()
        self._connection.filter(_CLOSED, queue=self._closed)

    def _call(self, method: str, signature: str | None = None, *body: object, refusable: bool = False) -> Any:
        """Return the reply, which may be the server's refusal only if `refusable`."""
        try:
            message = new_method_call(_SERVER, method, signature, body)
            reply = self._connection.send_and_get_reply(message)
        except TimeoutError as error:
            text = f"the notification server did not answer within {self._patience:.0f} s"
            raise self._undelivered(text) from error
        except OSError as error:
            raise self._undelivered(f"the session bus hung up: {error.strerror or error}") from error
        except BaseException:  # half an answer is left: it must not be taken for the next one
            self.close()
            raise
        if reply.header.message_type == MessageType.error and not refusable:
            raise self._undelivered(_refusal(reply))
        return reply

    def _undelivered(self, text: str) -> Undelivered:
        self.close()
        return Undelivered(text)


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """One that waits for no answer for ever, not even for the greeting that jeepney itself waits for."""

    def __init__(self, peer: socket, patience: float) -> None:
        self._patience = patience
        super().__init__(peer)

    def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any:
        return super().send_and_get_reply(message, timeout=timeout or self._patience)


def _connected(address: str, patience: float) -> DBusConnection:
    peer = prep_socket(get_bus(address), timeout=patience)
    peer.settimeout(patience)
    try:
        return _Connection(peer, patience)
    except BaseException:
        peer.close()
        raise


def _sender(message: Any) -> str:
    return str(message.header.fields.get(HeaderFields.sender))


def _refusal(reply: Any) -> str:
    name = str(reply.header.fields.get(HeaderFields.error_name))
    kind = name.removeprefix("org.freedesktop.DBus.Error.")
    if kind in _ABSENT or kind.startswith("Spawn."):
        return "no notification server on the session bus; is a desktop running?"
    said = next((one for one in reply.body if isinstance(one, str)), name)
    return f"the notification server refused: {said}"
