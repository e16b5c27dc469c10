"""A service manager that does not read keeps nobody from watching."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from ollama_watch.app.sdnotify import Notifier


@pytest.mark.timeout(30)
def test_a_listener_that_does_not_read(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full, suppress(BlockingIOError):
            full.settimeout(0)
            while full.sendto(b"STATUS=", path):
                pass

        Notifier({"NOTIFY_SOCKET": path})("READY=1")
