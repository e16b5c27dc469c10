"""The daemon on a real journal."""

from tests.support.daemon import daemon
from tests.support.journald import Journald
from tests.support.logs import REVERTED, START, launch, start
from tests.support.wait import until


def _bytes(*lines: str) -> list[bytes]:
    return [line.encode() for text in lines for line in text.split("\n")]


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


def test_history_is_read_from_the_servers_last_start() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*REVERTED))
        journald.log(*_bytes(*start("0.5.7"), launch(ctx_size=32768, parallel=1, started=True)))
        with daemon(["--journal", "ollama.service"], prefix=journald.command([])) as running:
            until(lambda: running.get("/-/ready")[0] == 200)
            (source,) = running.json("/api/v1/status")["sources"]

            assert source["lines"] == 4
            assert running.alerts == []
