"""The daemon on a real journal."""

from pathlib import Path

import pytest

from tests.support.daemon import daemon
from tests.support.journald import MACHINE, Journald
from tests.support.logs import REVERTED, START, launch, start
from tests.support.wait import until


def _bytes(*lines: str) -> list[bytes]:
    return [line.encode() for text in lines for line in text.split("\n")]


@pytest.mark.alone
def test_a_launch_in_the_journal_fires_within_a_second() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*START))
        with daemon(["--journal", "ollama"], prefix=journald.command([])) as running:
            until(lambda: running.get("/-/ready")[0] == 200)

            journald.log(*_bytes(launch(ctx_size=8192, parallel=4)))
            (alert,) = until(lambda: running.firing("context-small"), seconds=1.0)

    assert (alert["source"], alert["actual"]) == ("ollama.service", 2048)


def test_another_unit_and_a_forged_identifier_are_ignored() -> None:
    line = launch(ctx_size=8192, parallel=4, started=True)
    other = launch(ctx_size=4096, parallel=4, started=True, digest="cd" * 32, port=40009)
    with Journald() as journald:
        journald.log(*_bytes(*START))
        with daemon(["--journal", "ollama.service"], prefix=journald.command([])) as running:
            until(lambda: running.get("/-/ready")[0] == 200)
            journald.log(*_bytes(line), unit="other.service", identifier="other")
            journald.log(*_bytes(line), unit="evil.service", identifier="ollama")
            journald.log(*_bytes(other))  # ours, after them: once it is seen, they have been passed over

            until(lambda: running.firing("context-small"))
            (runner,) = running.json("/api/v1/status")["runners"]

    assert runner["facts"]["model_digest"] == "cd" * 32


def test_a_server_that_systemd_stopped_has_no_runners_and_its_alert_sleeps() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*START, launch(ctx_size=8192, parallel=4, started=True)))
        with daemon(["--journal", "ollama"], prefix=journald.command([])) as running:
            (before,) = until(lambda: running.firing("context-small"))
            assert len(running.json("/api/v1/status")["runners"]) == 1
            journald.say(
                MESSAGE=b"ollama.service: Main process exited, code=killed, status=9/KILL",
                MESSAGE_ID=b"98e322203f7a4ed290d09fe03c09fe15",
                UNIT=b"ollama.service",
                COMMAND=b"ExecStart",
            )

            until(lambda: running.json("/api/v1/status")["runners"] == [])
            journald.log(*_bytes(*START, launch(ctx_size=8192, parallel=4, started=True)))
            until(lambda: running.json("/api/v1/status")["runners"])
            (after,) = running.firing("context-small")

    assert after["id"] == before["id"]


def test_a_file_that_is_damaged_while_it_is_read_costs_a_restart_at_most(tmp_path: Path) -> None:
    """Systemd's library reads mapped files and may die of it; systemd starts us again."""
    arguments = ["--journal", "ollama", "--state", str(tmp_path)]
    file = f"/run/log/journal/{MACHINE}/system.journal"
    with Journald() as journald:
        journald.log(*_bytes(*START, launch(ctx_size=8192, parallel=4, started=True)))
        with daemon(arguments, prefix=journald.command([])) as running:
            until(lambda: "warning context-small" in running.said)
            journald.stop()
            with journald.path(file).open("r+b") as stream:
                stream.write(b"\xff" * 4096)
            journald.start()
            journald.log(*_bytes(launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32)))
            until(lambda: running.process.poll() is not None or "1024 tokens" in running.said)
            told = running.said
        with daemon(arguments, prefix=journald.command([])) as running:
            until(lambda: "1024 tokens" in told + running.said)
            told += running.said
            ids = {alert["id"] for alert in running.firing("context-small")}

    assert len(ids) == 2
    assert told.count("warning context-small") == 2


def test_history_is_read_from_the_servers_last_start() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*REVERTED))
        journald.log(*_bytes(*start("0.5.7"), launch(ctx_size=32768, parallel=1, started=True)))
        with daemon(["--journal", "ollama.service"], prefix=journald.command([])) as running:
            until(lambda: running.get("/-/ready")[0] == 200)
            (source,) = running.json("/api/v1/status")["sources"]

            assert source["lines"] == 4
            assert running.alerts == []
