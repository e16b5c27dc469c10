"""The daemon when its state folder, its checkpoint or inotify cannot be had."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from watchdog.observers import Observer

from ollama_watch.sources.observed import ring_on_change
from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until

FAILURES = "ollama_watch_state_save_failures_total"


def test_a_state_folder_that_vanishes_is_told_and_watching_goes_on(tmp_path: Path) -> None:
    log, state = tmp_path / "server.log", tmp_path / "state"
    append(log, *START)
    with daemon(["--file", str(log), "--state", str(state)]) as running:
        until((state / "checkpoint.json").exists)
        shutil.rmtree(state)

        append(log, launch(ctx_size=8192, parallel=4, started=True))
        until(lambda: (running.metric(FAILURES) or 0) > 0)
        until(lambda: "warning context-small" in running.said)
        assert running.said.count("state: cannot be saved in") == 1

        state.mkdir()
        append(log, launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40002))
        until((state / "checkpoint.json").exists)
        until(lambda: "state: saved again" in running.said)


@pytest.mark.parametrize("text", [b"", b"\xff\x00garbage", b'{"version": 99}', b'{"version": 1, "book": []}'])
def test_a_checkpoint_that_is_none_is_set_aside_with_one_message(tmp_path: Path, text: bytes) -> None:
    log, state = tmp_path / "server.log", tmp_path / "state"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    state.mkdir()
    (state / "checkpoint.json").write_bytes(text)
    with daemon(["--file", str(log), "--state", str(state)]) as running:
        until(lambda: running.firing("context-small"))

        assert running.said.count("set aside as checkpoint.unreadable") == 1
    assert (state / "checkpoint.unreadable").read_bytes() == text


def test_a_reload_is_announced_to_the_service_manager(tmp_path: Path) -> None:
    log, config = tmp_path / "server.log", tmp_path / "config.yaml"
    log.touch()
    config.write_text("{}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(10)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with daemon(["--config", str(config), "--file", str(log)], environ=environ) as running:
            while not listener.recv(4096).startswith(b"READY=1"):
                pass
            before = time.monotonic_ns() // 1000
            os.kill(running.process.pid, signal.SIGHUP)
            while not (heard := listener.recv(4096).decode()).startswith("RELOADING=1\n"):
                pass
            after = listener.recv(4096).decode()

    assert before <= int(heard.partition("MONOTONIC_USEC=")[2]) <= time.monotonic_ns() // 1000
    assert after == "READY=1"


def test_a_reload_while_history_is_read_does_not_make_it_ready(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(10)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        heard = []
        with daemon(["-", "--sink", "log"], environ=environ, stdin=subprocess.PIPE) as running:
            os.kill(running.process.pid, signal.SIGHUP)
            pipe = running.process.stdin
            assert pipe
            while "reload: " not in running.said:  # a pipe that is not quiet tells history
                pipe.write(b"what no rule is about\n")
                pipe.flush()
                heard.append(listener.recv(4096))
            while not heard[-1].startswith(b"READY=1\nSTATUS="):
                heard.append(listener.recv(4096))

    assert not [one for one in heard[:-1] if one.startswith((b"RELOADING=1", b"READY=1"))]


def test_an_inotify_queue_that_overflows_loses_no_line(tmp_path: Path) -> None:
    room = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))
    if room > 100_000:
        pytest.skip(f"a queue of {room} events is not overflowed in a test")
    log = tmp_path / "server.log"
    append(log, *START)
    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        os.kill(running.process.pid, signal.SIGSTOP)  # nobody takes events out of the queue
        for number in range(room):
            (tmp_path / f"{number}").touch()  # created, opened, closed: three events
        append(log, launch(ctx_size=8192, parallel=4, started=True))
        os.kill(running.process.pid, signal.SIGCONT)

        until(lambda: running.firing("context-small"), seconds=60)
        append(log, launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40002))
        until(lambda: len(running.firing("context-small")) == 2)


def test_without_inotify_nobody_rings_and_nothing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")  # what a user out of watches is told

    monkeypatch.setattr(Observer, "schedule", refuse)

    stop = ring_on_change([tmp_path], lambda: pytest.fail("nobody rings"))
    (tmp_path / "new").touch()
    stop()
