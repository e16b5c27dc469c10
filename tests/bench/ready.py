"""How long a daemon takes until it tells its service manager that it is ready."""

import time
from collections.abc import Sequence
from pathlib import Path
from socket import AF_UNIX, SOCK_DGRAM, socket
from tempfile import TemporaryDirectory

from tests.support.daemon import start

_PATIENCE = 60  # s


def seconds_to_ready(arguments: Sequence[str], prefix: Sequence[str] = ()) -> float:
    """Start a daemon, wait for `READY=1` and end it. Nobody asks it anything: that would slow it."""
    with TemporaryDirectory() as folder, socket(AF_UNIX, SOCK_DGRAM) as manager:
        path = str(Path(folder) / "notify")
        manager.bind(path)
        manager.settimeout(_PATIENCE)
        began = time.perf_counter()
        process = start(arguments, Path(folder), environ={"NOTIFY_SOCKET": path}, prefix=prefix).process
        try:
            while b"READY=1" not in manager.recv(4096).split(b"\n"):
                pass
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(_PATIENCE)
