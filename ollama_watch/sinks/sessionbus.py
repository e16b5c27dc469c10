"""A connection to a session bus that waits for nothing for ever. Imports jeepney: an extra."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from socket import socket
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_method_call
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket

from ollama_watch.sinks.sink import Absent, Undelivered

_HEARD = 1000  # signals kept until somebody looks
_ABSENT = ("ServiceUnknown", "NameHasNoOwner")


class NotThis(Undelivered):
    """The server is there and may well take another one: it has too many, say."""


class SessionBus:
    """Belongs to one thread; opens its connection when it is first needed.

    Every method but `close` raises Undelivered; what hung up or does not answer is connected to anew.
    """

    def __init__(
        self, address: Callable[[], str | None], signals: Sequence[MatchRule], patience: float
    ) -> None:
        self._address, self._signals = address, signals
        self._patience = patience  # s for an answer; a server may have to be started first
        self._connection: Any = None
        self.id = ""  # of the bus: unique names are unique on one bus only
        self.heard: deque[Any] = deque(maxlen=_HEARD)  # signals since somebody last looked

    def fileno(self) -> int | None:
        """Return what is readable when a signal comes, None while there is no connection."""
        return self._connection.sock.fileno() if self._connection else None

    def call(
        self,
        to: DBusAddress,
        method: str,
        signature: str | None = None,
        *body: object,
        refusable: bool = False,
    ) -> Any:
        """Return the reply, which may be the other's refusal only if `refusable`."""
        self.connect()
        try:
            reply = self._connection.send_and_get_reply(new_method_call(to, method, signature, body))
        except TimeoutError as error:
            text = f"the notification server did not answer within {self._patience:.0f} s"
            raise self._undelivered(text) from error
        except OSError as error:
            raise self._undelivered(f"the session bus hung up: {error.strerror or error}") from error
        except BaseException:  # half an answer is left: it must not be taken for the next one
            self.close()
            raise
        if reply.header.message_type == MessageType.error and not refusable:
            raise _refusal(reply)  # the bus is well: it tells us when a server comes
        return reply

    def listen(self) -> None:
        """Take in the signals that have come, without waiting."""
        self.connect()
        try:
            with suppress(TimeoutError):
                while True:
                    self._connection.recv_messages(timeout=0)
        except OSError as error:
            raise self._undelivered(f"the session bus hung up: {error.strerror or error}") from error

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def connect(self) -> None:
        """Connect if need be."""
        if self._connection is not None:
            return
        address = self._address()
        if address is None:
            raise Undelivered("no session bus is known: DBUS_SESSION_BUS_ADDRESS is not set")
        try:
            self._connection = _connected(address, self._patience)
            self._ask_for_signals()
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

    def _ask_for_signals(self) -> None:
        """Some servers tell a pop-up's owner alone, others tell all who asked the bus."""
        ask = self._connection.send_and_get_reply
        self.id = str(ask(message_bus.GetId()).body[0])
        self.heard.clear()
        for rule in self._signals:
            self._connection.filter(rule, queue=self.heard)
            ask(message_bus.AddMatch(rule))

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


def sender(message: Any) -> str:
    return str(message.header.fields.get(HeaderFields.sender))


def member(message: Any) -> str:
    return str(message.header.fields.get(HeaderFields.member))


def _refusal(reply: Any) -> Undelivered:
    name = str(reply.header.fields.get(HeaderFields.error_name))
    kind = name.removeprefix("org.freedesktop.DBus.Error.")
    if kind in _ABSENT or kind.startswith("Spawn."):
        return Absent("no notification server on the session bus; is a desktop running?")
    said = next((one for one in reply.body if isinstance(one, str)), name)
    return NotThis(f"the notification server refused: {said}")
