"""Who shows pop-ups on a session bus. Imports jeepney: only to be imported where that is."""

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket

_SERVER = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.freedesktop.Notifications",
)
_PATIENCE = 5.0  # s; a server may have to be started first
_LONGEST = 100  # characters of a name that a server gives itself


def server(address: str) -> tuple[str, str | None]:
    """Return the notification server's name and version, or "" and why there is none. Shows nothing."""
    try:
        peer = prep_socket(get_bus(address), timeout=_PATIENCE)
        peer.settimeout(_PATIENCE)
        with peer, DBusConnection(peer) as connection:
            call = new_method_call(_SERVER, "GetServerInformation")
            reply = connection.send_and_get_reply(call, timeout=_PATIENCE)
    except TimeoutError:
        return "", f"no notification server answered within {_PATIENCE:.0f} s"
    except (OSError, ValueError, RuntimeError) as error:
        return "", f"the session bus at {address} cannot be used: {error or type(error).__name__}"
    if reply.header.message_type == MessageType.error:
        return "", "no notification server is on the session bus"
    return " ".join(str(reply.body[place]) for place in (0, 2))[:_LONGEST], None
