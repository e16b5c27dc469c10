"""The daemon on a log file, from the outside."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.daemon import append, daemon
from tests.support.logs import FRESH, REVERTED, START, launch
from tests.support.wait import until


@pytest.mark.alone
def test_a_launch_that_is_appended_fires_within_a_second(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with daemon(["--file", str(log)]) as running:
        append(log, launch(ctx_size=8192, parallel=4))

        (alert,) = until(lambda: running.firing("context-small"), seconds=1.0)
        assert alert["actual"] == 2048
        assert alert["summary"].endswith("runs with 2048 tokens; longer prompts are cut without an error")


def test_people_are_told_once_and_hear_when_it_is_mended(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.touch()

    with daemon(["--file", str(log)]) as running:
        append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
        until(lambda: "context-small" in running.said)
        append(log, launch(ctx_size=8192, parallel=4, started=True, port=40002))
        append(log, launch(ctx_size=32768, parallel=1, started=True, port=40003))
        until(lambda: "fixed: context-small" in running.said)

        assert running.said.count("warning context-small") == 1
        assert "runs with 32768 tokens now" in running.said
        until(lambda: not running.alerts)
        assert running.metric('ollama_watch_notifications_total{outcome="sent",sink="log"}') == 2


def test_history_restores_state_and_tells_only_what_holds_now(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *REVERTED)

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        until(lambda: "critical context-reverted" in running.said)

        (alert,) = [one for one in running.alerts if one["severity"] != "info"]
        assert (alert["rule"], alert["expected"], alert["actual"]) == ("context-reverted", "32768", 2048)
        assert running.said.count("context-reverted") == 1
        assert "context-small" not in running.said


def test_history_that_was_mended_tells_nothing(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *REVERTED, launch(ctx_size=32768, parallel=1, started=True, port=40009))

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        append(log, launch(ctx_size=2048, parallel=1, port=40010, digest="ab" * 32, started=True))
        until(lambda: "context-small" in running.said)  # a later notice went through: none before it

        assert "context-reverted" not in running.said


def test_a_healthy_default_install_is_one_quiet_note(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *FRESH)

    with daemon(["--file", str(log)]) as running:
        (alert,) = until(lambda: running.alerts)

        assert (alert["rule"], alert["severity"]) == ("context-at-default", "info")
        assert "context-at-default" not in running.said


def test_standard_input_is_watched_to_its_end() -> None:
    with daemon(["-"], stdin=subprocess.PIPE) as running:
        assert running.process.stdin
        text = "\n".join([*START, launch(ctx_size=8192, parallel=4, started=True)]) + "\n"
        running.process.stdin.write(text.encode())
        running.process.stdin.flush()
        until(lambda: running.firing("context-small"))
        running.process.stdin.close()

        assert running.process.wait(10) == 0
        assert "warning context-small" in running.said


def test_a_file_that_comes_later_is_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "server.log"

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.metric('ollama_watch_source_up{source="server.log"}') == 0)
        (source,) = running.json("/api/v1/status")["sources"]
        assert source["trouble"].endswith("No such file or directory")
        log.parent.mkdir()
        append(log, *START, launch(ctx_size=8192, parallel=4))

        until(lambda: running.firing("context-small"))
        assert running.metric('ollama_watch_source_up{source="server.log"}') == 1


def test_the_service_manager_hears_ready_watchdog_and_stopping(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.touch()
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(10)
        with daemon(["--file", str(log)], environ={"NOTIFY_SOCKET": str(tmp_path / "notify")}):
            while not {"READY=1\nSTATUS=Watching server.log: 0 runners", "WATCHDOG=1"} <= set(heard):
                heard.append(listener.recv(4096).decode())
            append(log, *START, launch(ctx_size=2048, parallel=1))
            while "STATUS=Watching server.log: 1 runner, 1 warning" not in heard:
                heard.append(listener.recv(4096).decode())
        while "STOPPING=1" not in heard:
            heard.append(listener.recv(4096).decode())


def test_the_service_manager_is_asked_for_patience_while_a_long_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("what no rule is about\n" * 100_000)
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(10)
        with daemon(["--file", str(log)], environ={"NOTIFY_SOCKET": str(tmp_path / "notify")}):
            while not (heard and heard[-1].startswith("READY=1")):
                heard.append(listener.recv(4096).decode())

    assert heard[0] == "STATUS=Reading what was logged before"
    assert set(heard[1:-1]) == {"WATCHDOG=1\nEXTEND_TIMEOUT_USEC=30000000"}


def test_a_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.symlink_to(log)

    with daemon(["--file", str(log)]) as running:
        (source,) = running.json("/api/v1/status")["sources"]
        assert source["trouble"] == f"{log}: Too many levels of symbolic links"


def test_a_symlink_that_is_flipped_is_followed(tmp_path: Path) -> None:
    first, second, log = tmp_path / "1.log", tmp_path / "2.log", tmp_path / "current"
    append(first, *START)
    log.symlink_to(first)

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        append(second, *START, launch(ctx_size=8192, parallel=4))
        new = tmp_path / "new"
        new.symlink_to(second)
        new.replace(log)

        until(lambda: running.firing("context-small"))
