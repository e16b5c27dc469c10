"""Whether there is a desktop session to be reached, and by which bus."""

import os
from importlib.util import find_spec
from pathlib import Path


def session_bus() -> str | None:
    """Return the address of this user's session bus, None if there is none to be seen."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    usual = Path(f"/run/user/{os.getuid()}/bus")
    return f"unix:path={usual}" if usual.exists() else None


def available() -> bool:
    """Tell whether pop-ups can be hoped for: there is a session bus, and jeepney; a server may come late."""
    return session_bus() is not None and has_library()


def has_library() -> bool:
    return find_spec("jeepney") is not None
