"""A notification server that can do no markup, unlike dunst, and keeps what it is told as it was told."""

from threading import Event, Thread
from typing import Any, NamedTuple, Self

from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

_NAME = "org.freedesktop.Notifications"


class Told(NamedTuple):
    """The arguments of a Notify."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, tuple[str, Any]]  # value with its D-Bus type before it
    milliseconds: int


class PlainServer:
    """Has the name on a bus while entered; each notification has the next number from 7 on."""

    def __init__(self, bus: str) -> None:
        self.told: list[Told] = []
        self.withdrawn: list[int] = []
        self._next = 7
        self._bus = bus
        self._stop = Event()
        self._thread = Thread(target=self._serve, name="notification server")
        self._connection: Any = None

    def __enter__(self) -> Self:
        self._connection = open_dbus_connection(self._bus)
        self._connection.send_and_get_reply(message_bus.RequestName(_NAME), timeout=5)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self._connection.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type == MessageType.method_call:
                self._answer(message)

    def _answer(self, call: Any) -> None:
        match call.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                reply = new_method_return(call, "as", (["body"],))
            case "Notify":
                told = Told(*call.body)
                self.told.append(told)
                number = told.replaces or self._next
                self._next += not told.replaces
                reply = new_method_return(call, "u", (number,))
            case _:
                self.withdrawn += call.body
                reply = new_method_return(call)
        self._connection.send_message(reply)
