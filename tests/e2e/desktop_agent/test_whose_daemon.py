"""Whose daemon it is that the agent believes, and what it says where there is none."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.agent import agent
from tests.support.daemon import Daemon
from tests.support.need import need
from tests.support.session import session, watching
from tests.support.wait import until

_FAKE = """
import os, socket, sys
os.setgid(12345)
os.setuid(12345)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(server.getsockname()[1], flush=True)
while True:
    peer = server.accept()[0]
    peer.recv(4096)
    peer.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nevent: snapshot\\nid: 7\\n")
    peer.sendall(b"data: " + sys.argv[2].encode() + b"\\n\\n")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root's rights to be somebody else")
def test_another_users_process_at_the_port_is_not_believed_unless_allowed(
    running: Daemon, launched: Callable[..., None], tmp_path: Path
) -> None:
    launched("qwen3:8b", 2048)
    until(lambda: running.alerts and running.alerts[0]["told"])
    data = running.get("/api/v1/alerts")[1].replace('{"alerts"', '{"ready": true, "alerts"', 1)
    fake = subprocess.Popen([sys.executable, "-c", _FAKE, "0", data], stdout=subprocess.PIPE, text=True)
    try:
        assert fake.stdout
        url = f"http://127.0.0.1:{int(fake.stdout.readline())}"
        with session() as screen:
            with agent(screen.desktop, url, tmp_path / "home", follows=False) as ours:
                until(lambda: "it is a process of the user 12345 (uid 12345)" in ours.said)
            assert "--user 12345" in ours.said
            assert screen.seen.notes == []
            with agent(screen.desktop, url, tmp_path / "home", "--user", "12345"):
                until(lambda: screen.titles() == ["qwen3:8b runs with 2048 tokens"])
    finally:
        fake.kill()
        fake.wait()
        fake.stdout.close() if fake.stdout else None


def test_over_tls_the_certificate_tells_whose_daemon_it_is(
    log: Path, config: Path, launched: Callable[..., None], tmp_path: Path
) -> None:
    """The agent's configuration names another one: what answers at the port is not believed."""
    for name in ("own", "other"):
        words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        place = ["-subj", "/CN=x", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        command = [need("openssl", package="openssl"), *words, *place]
        subprocess.run(command, cwd=config.parent, check=True, capture_output=True)
    text = config.read_text()
    config.write_text(f"{text}http: {{tls: {{certificate: own.pem, key: own.key}}}}\n")
    other = config.with_name("other.yaml")
    other.write_text("http: {tls: {certificate: other.pem, key: other.key}}\n")
    with watching(log, config, tmp_path) as running, session() as screen:
        launched("qwen3:8b", 2048)
        home = tmp_path / "home"
        with agent(screen.desktop, running.url, home, "--config", str(other), follows=False) as ours:
            until(lambda: "certificate verify failed" in ours.said)
        assert screen.seen.notes == []
        with agent(screen.desktop, running.url, home):
            until(lambda: screen.titles() == ["qwen3:8b runs with 2048 tokens"])


def test_one_agent_a_user_is_enough(running: Daemon, tmp_path: Path) -> None:
    with session() as screen, agent(screen.desktop, running.url, tmp_path / "home"):
        homes = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(tmp_path / "home"))
        second = subprocess.run(
            [sys.executable, "-m", "ollama_watch", "desktop"],
            env={**screen.desktop.environ, **homes},
            check=False,
            capture_output=True,
            text=True,
        )

    assert second.returncode == 2
    assert "another ollama-watchd desktop runs for you" in second.stderr


def test_without_a_daemon_it_says_so_once_and_waits(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with session() as screen, agent(screen.desktop, url, tmp_path / "home", follows=False) as ours:
        until(lambda: "no alerts from 127.0.0.1" in ours.said)

    assert ours.said.count("Connection refused") == 1
