"""The daemon tells a real Alertmanager: firing while it holds, resolved when mended, whoever restarts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.alertmanager import Alertmanager, alertmanager
from tests.support.daemon import append, daemon
from tests.support.logs import FRESH, START, launch
from tests.support.receiver import Receiver, receiver
from tests.support.wait import until

LABELS = {
    "alertname": "OllamaContextSmall",
    "severity": "warning",
    "source": "server.log",
    "model": "sha256:5b5b5b5b5b5b",
    "rule": "context-small",
}
FAILED = 'ollama_watch_notifications_total{outcome="failed",sink="alertmanager"}'
BROKEN = launch(ctx_size=8192, parallel=4, started=True)
MENDED = launch(ctx_size=32768, parallel=1, port=40002, started=True)


@pytest.fixture(name="hook")
def _hook() -> Iterator[Receiver]:
    with receiver() as hook:
        yield hook


@pytest.fixture(name="server")
def _server(tmp_path: Path, hook: Receiver) -> Iterator[Alertmanager]:
    with alertmanager(tmp_path, hook.url) as server:
        yield server


def configured(folder: Path, url: str, intervals: str = "resend: 50ms, ends_after: 2s") -> list[str]:
    """Return the arguments of a daemon that follows `server.log` and tells Alertmanager alone."""
    config = folder / "config.yaml"
    config.write_text(f'sinks: {{log: {{}}, alertmanager: {{url: "{url}", {intervals}}}}}\n')
    arguments = {"--config": config, "--file": folder / "server.log", "--state": folder / "state"}
    return [str(word) for pair in arguments.items() for word in pair]


def told(hook: Receiver) -> list[str]:
    """Return what Alertmanager told people, in order."""
    return [alert["status"] for message in hook.got for alert in message["alerts"]]


def test_it_shows_an_alert_keeps_it_without_flapping_and_shows_that_it_is_over(
    tmp_path: Path, server: Alertmanager, hook: Receiver
) -> None:
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)

    with daemon(configured(tmp_path, server.url)) as running:
        (alert,) = until(server.alerts)
        (own,) = running.firing("context-small")
        assert {name: alert["labels"][name] for name in LABELS} == LABELS
        assert set(alert["labels"]) == {*LABELS, "instance"}
        assert alert["startsAt"] == own["since"]
        assert alert["generatorURL"] == f"{running.url}/#alert-{own['id']}"
        assert alert["annotations"]["summary"] == own["summary"]
        assert alert["annotations"]["actual"] == "2048"
        assert alert["annotations"]["alert_id"] == own["id"]
        assert alert["annotations"]["fix"].split("\n") == own["fixes"][:3]

        until(lambda: server.received() > 60, seconds=60)
        assert [one["fingerprint"] for one in server.alerts()] == [alert["fingerprint"]]
        assert [one["fingerprint"] for one in server.amtool()] == [alert["fingerprint"]]
        assert server.amtool()[0]["startsAt"] == own["since"]
        assert told(hook) == ["firing"]

        append(log, MENDED)
        until(lambda: not server.alerts())
        until(lambda: told(hook) == ["firing", "resolved"])
        assert server.amtool() == []
        assert running.firing("context-small") == []
        until(lambda: server.ended() > 3)  # it goes on saying so
        assert told(hook) == ["firing", "resolved"]


def test_one_that_was_stopped_ends_in_the_right_state(
    tmp_path: Path, server: Alertmanager, hook: Receiver
) -> None:
    """What began meanwhile fires, what ended is over, what still holds was never said to be over."""
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)

    with daemon(configured(tmp_path, server.url)) as running:
        until(lambda: told(hook) == ["firing"])
        server.stop()
        append(log, MENDED, launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40009))
        until(lambda: len(running.firing("context-small")) == 1)
        until(lambda: running.firing("sink-failing"))
        server.start()

        until(lambda: [one["labels"]["model"] for one in server.alerts()] == ["sha256:cdcdcdcdcdcd"])
        until(lambda: sorted(told(hook)) == ["firing", "firing", "resolved"])
        until(lambda: not running.firing("sink-failing"))
        assert "over: sink-failing [sink alertmanager]" in running.said
        append(log, launch(ctx_size=32768, parallel=1, started=True, digest="cd" * 32, port=40009))
        until(lambda: not server.alerts())


def test_a_restart_of_ours_is_no_end_and_no_second_begin(
    tmp_path: Path, server: Alertmanager, hook: Receiver
) -> None:
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)
    with daemon(configured(tmp_path, server.url, "resend: 50ms, ends_after: 60s")):
        until(lambda: told(hook) == ["firing"])
        (before,) = server.alerts()

    arguments = configured(tmp_path, server.url, "resend: 50ms, ends_after: 60s")
    with daemon(arguments) as running:
        count = server.received()
        until(lambda: server.received() > count + 3)
        (after,) = server.alerts()

        assert (after["fingerprint"], after["startsAt"]) == (before["fingerprint"], before["startsAt"])
        assert told(hook) == ["firing"]
        assert "warning context-small" not in running.said
        append(log, MENDED)
        until(lambda: told(hook) == ["firing", "resolved"])


def test_a_daemon_that_dies_lets_its_alerts_end(tmp_path: Path, server: Alertmanager, hook: Receiver) -> None:
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path, server.url, "resend: 50ms, ends_after: 500ms")):
        until(server.alerts)

    until(lambda: not server.alerts())


def test_an_end_that_it_missed_is_told_after_our_restart(
    tmp_path: Path, server: Alertmanager, hook: Receiver
) -> None:
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)
    long = "resend: 50ms, ends_after: 10m"
    with daemon(configured(tmp_path, server.url, long)):
        until(lambda: told(hook) == ["firing"])
    server.stop()
    append(log, MENDED)
    with daemon(configured(tmp_path, server.url, long)) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        until(lambda: running.metric(FAILED))
    server.start()

    with daemon(configured(tmp_path, server.url, long)):
        until(lambda: told(hook) == ["firing", "resolved"])
    assert server.alerts() == []


def test_an_end_stays_an_end_though_we_restart_before_we_are_done_saying_so(
    tmp_path: Path, server: Alertmanager, hook: Receiver
) -> None:
    """The next process does not say it again: what was taken is over there, whatever we do."""
    append(tmp_path / "server.log", *START, BROKEN)
    arguments = configured(tmp_path, server.url, "resend: 50ms, ends_after: 60s")
    with daemon(arguments) as running:
        until(lambda: told(hook) == ["firing"])
        append(tmp_path / "server.log", MENDED)
        until(lambda: not server.alerts() and not running.firing("context-small"))

    with daemon(arguments) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        until(lambda: told(hook) == ["firing", "resolved"])
        assert server.alerts() == []


def test_a_default_is_not_for_it_however_mild_it_may_be(tmp_path: Path, server: Alertmanager) -> None:
    log = tmp_path / "server.log"
    append(log, *FRESH)
    intervals = "resend: 50ms, ends_after: 2s, min_severity: info"
    with daemon(configured(tmp_path, server.url, intervals)) as running:
        until(lambda: running.firing("context-at-default"))
        append(log, launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40009))
        until(server.alerts)

        assert [one["labels"]["rule"] for one in server.alerts()] == ["context-small"]
