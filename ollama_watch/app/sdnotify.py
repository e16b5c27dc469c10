"""The service manager's protocol: sd_notify(3), to the socket named by NOTIFY_SOCKET."""

import os
import socket
from collections.abc import Mapping

_PATIENCE = 1.0  # s; whoever has the other end may not read it


class Notifier:
    """Tells systemd how we are; says nothing where nobody listens."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def __call__(self, *words: str) -> None:
        """Send `words` such as "READY=1"; a listener that is gone must not end us."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.settimeout(_PATIENCE)
                channel.sendto("\n".join(words).encode("utf-8", "replace"), self._address)
        except OSError:
            return
