"""An Ollama that comes after the daemon: what is said of it before, and what then."""

import os
import signal
import socket
from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.need import need
from tests.support.wait import until


def test_what_is_waited_for_is_called_by_its_place_once_it_is_found(tmp_path: Path) -> None:
    """Nobody else's processes are seen: what is found is the log of an app in the daemon's home."""
    alone = [need("unshare", package="util-linux"), "--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        alone += ["--user", "--map-root-user"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with daemon([], prefix=alone, environ=environ) as running:
            _wait_for(manager, "STATUS=Waiting for an Ollama")
            (source,) = running.json("/api/v1/status")["sources"]
            assert source["target"] == "the Ollama that will come"

            log = running.home / ".ollama/logs/server.log"
            log.parent.mkdir(parents=True)
            append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
            until(lambda: running.json("/api/v1/status")["sources"][0]["target"] == str(log))
            _wait_for(manager, "STATUS=Watching ollama: 1 runner")
            assert f"watching {log}" in running.said
            pid = running.process.pid  # of unshare, which waits for its child and heeds no SIGTERM
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
                os.kill(int(child), signal.SIGTERM)


def _wait_for(manager: socket.socket, text: str) -> None:
    while text not in manager.recv(4096).decode():
        pass
