"""Showing a web page in its user's browser, whoever knows how. Imports jeepney: an extra."""

import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from threading import Thread

from jeepney import DBusAddress

from ollama_watch.sinks.sessionbus import SessionBus
from ollama_watch.sinks.sink import Undelivered

_log = logging.getLogger(__name__)

_PORTAL = DBusAddress(
    "/org/freedesktop/portal/desktop",
    bus_name="org.freedesktop.portal.Desktop",
    interface="org.freedesktop.portal.OpenURI",
)
_PATIENCE = 10.0  # s for the portal, which may have to be started


def open_page(url: str, address: Callable[[], str | None]) -> None:
    """Have `url` shown, without waiting for it; `address` is that of the session bus."""
    Thread(target=_open, args=(url, address), name="opening a page", daemon=True).start()


def _open(url: str, address: Callable[[], str | None]) -> None:
    if _by_portal(url, address):
        return
    command = _opener()
    if command is None:
        _log.warning("nothing here opens web pages: look at %s", url)
        return
    done = subprocess.run([*command, url], stdin=subprocess.DEVNULL, check=False)  # as long as a browser runs
    if done.returncode != 0:
        _log.warning("%s could not open %s", command[-1], url)


def _by_portal(url: str, address: Callable[[], str | None]) -> bool:
    bus = SessionBus(address, (), _PATIENCE)
    try:
        bus.call(_PORTAL, "OpenURI", "ssa{sv}", "", url, {})
    except Undelivered:
        return False
    finally:
        bus.close()
    return True


def _opener() -> list[str] | None:
    """Return a command for a page; a browser that a unit starts itself would inherit its restrictions."""
    opener = shutil.which("xdg-open")
    if opener is None:
        return None
    outside = ["systemd-run", "--user", "--quiet", "--collect"]
    return [*outside, opener] if os.environ.get("INVOCATION_ID") and shutil.which(outside[0]) else [opener]
