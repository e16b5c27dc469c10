"""The life of alerts in the real daemon: asleep, thrashing, and a server that is down."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.daemon import Daemon, append, daemon
from tests.support.journald import Journald
from tests.support.logs import START, launch, start
from tests.support.served import served
from tests.support.wait import until

_UNIT = b"ollama.service"
_FAILED = {"MESSAGE": b"ollama.service: Failed with result 'oom-kill'.", "UNIT": _UNIT}
_STOPPED = {"MESSAGE": b"Stopped Ollama Service.", "UNIT": _UNIT}


def _bytes(*lines: str) -> list[bytes]:
    return [line.encode() for text in lines for line in text.split("\n")]


def _small(port: int = 40001) -> str:
    return launch(ctx_size=8192, parallel=4, started=True, port=port)


def _is_down(running: Daemon) -> bool:
    return bool(running.firing("server-down"))


def test_an_alert_sleeps_from_the_stop_to_the_next_launch() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*START, _small()))
        with daemon(["--journal", "ollama"], prefix=journald.command([])) as running:
            (awake,) = until(lambda: running.firing("context-small"))
            until(lambda: "warning context-small" in running.said)
            journald.say(MESSAGE_ID=b"9d1aaa27d60140bd96365438aad20286", **_STOPPED)
            until(lambda: running.firing("context-small")[0]["asleep"])
            journald.log(*_bytes(*START, _small()))
            until(lambda: not running.firing("context-small")[0]["asleep"])
            (again,) = running.firing("context-small")

            assert (awake["asleep"], again["id"]) == (False, awake["id"])
            assert running.firing("server-down") == []  # somebody stopped it
            assert running.said.count("context-small") == 1


def test_a_server_that_failed_speaks_for_its_models_until_it_is_back() -> None:
    with Journald() as journald:
        journald.log(*_bytes(*START, _small()))
        with daemon(["--journal", "ollama"], prefix=journald.command([])) as running:
            (before,) = until(lambda: running.firing("context-small"))
            until(lambda: "warning context-small" in running.said)
            journald.say(MESSAGE_ID=b"d9b373ed55a64feb8242e02dbe79a49c", **_FAILED)
            until(lambda: _is_down(running), seconds=20)
            until(lambda: "warning server-down: Ollama is down: the kernel killed it" in running.said)
            assert running.firing("context-small") == []

            journald.log(*_bytes(*START, _small()))
            until(lambda: not _is_down(running))
            (after,) = until(lambda: running.firing("context-small"))
            until(lambda: "fixed: server-down" in running.said)
            told = running.said.count("context-small")

    assert (after["id"], told) == (before["id"], 1)


def test_a_model_that_is_loaded_again_and_again_is_one_alert_that_names_the_clients(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *start("0.5.7", ago=250))
    for number in range(5):
        slots, client = (4, "10.0.0.7") if number % 2 else (1, "10.0.0.8")
        port, ago = 40001 + number, 200.0 - 40 * number
        append(log, launch(ctx_size=8192, parallel=slots, started=True, port=port, ago=ago))
        append(log, _request(client, ago))
    with daemon(["--file", str(log)]) as running:
        (alert,) = until(lambda: running.firing("thrashing"))

        assert "10.0.0.7 (2048)" in alert["summary"]
        assert "10.0.0.8 (8192)" in alert["summary"]
        until(lambda: "warning thrashing" in running.said)
        assert running.firing("context-small") == []


def _request(client: str, ago: float) -> str:
    """Return the access line of a request during which the model was loaded."""
    ended = datetime.now(UTC) - timedelta(seconds=ago - 1)
    moment = ended.strftime("%Y/%m/%d - %H:%M:%S")  # in the zone of the other lines
    return f'[GIN] {moment} | 200 |  3.123456789s | {client:>15} | POST     "/api/chat"'


def test_a_runner_that_ends_without_a_word_is_gone_and_its_alert_sleeps(tmp_path: Path) -> None:
    """A keep-alive that is over; the next launch that breaks the rule is the same alert, not told again."""
    broken = _small(20000 + os.getpid() % 10000)  # nobody else's runner is taken for it
    with served(tmp_path, broken.partition('cmd="')[2].partition('"')[0]) as server:
        append(server.log, *START, broken)
        with daemon(["--file", str(server.log), "--sink", "log"]) as running:
            (alert,) = until(lambda: running.firing("context-small"))
            until(lambda: running.json("/api/v1/status")["runners"])
            assert not alert["asleep"]
            until(lambda: running.get("/-/ready")[0] == 200)  # what runs is looked for from then on
            lines = running.json("/api/v1/status")["sources"][0]["lines"]
            append(server.log, "once more round: what is launched was looked for")
            until(lambda: running.json("/api/v1/status")["sources"][0]["lines"] > lines)
            os.kill(server.runners[0], signal.SIGKILL)

            until(lambda: not running.json("/api/v1/status")["runners"], 30)
            assert [(one["id"], one["asleep"]) for one in running.firing("context-small")] == [
                (alert["id"], True)
            ]
            append(server.log, _small(40002))
            until(lambda: running.json("/api/v1/status")["runners"])
            assert [(one["id"], one["asleep"]) for one in running.firing("context-small")] == [
                (alert["id"], False)
            ]
            assert running.said.count("warning context-small") == 1
