"""The daemon and its webhooks: nothing is lost or doubled, whatever the far side and we go through."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.alertmanager import alertmanager
from tests.support.daemon import append, configured, daemon
from tests.support.logs import FRESH, START, launch
from tests.support.receiver import Receiver, receiver
from tests.support.wait import until

BROKEN = launch(ctx_size=8192, parallel=4, started=True)
MENDED = launch(ctx_size=32768, parallel=1, port=40002, started=True)
OTHER = launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40009)
OTHER_MENDED = launch(ctx_size=32768, parallel=1, started=True, digest="cd" * 32, port=40010)
SENT = 'ollama_watch_notifications_total{outcome="sent",sink="webhook"}'
FAILED = 'ollama_watch_notifications_total{outcome="failed",sink="webhook"}'


def test_a_begin_and_its_end_are_posted_once(tmp_path: Path, far: Receiver) -> None:
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path, f"webhook: {{url: '{far.url}'}}")) as running:
        until(lambda: far.got)
        (alert,) = running.firing("context-small")
        append(tmp_path / "server.log", MENDED)
        until(lambda: len(far.got) == 2)
        until(lambda: running.metric(SENT) == 2)

        assert far.told == [("firing", alert["id"]), ("resolved", alert["id"])]
        assert far.got[0]["externalURL"] == running.url + "/"
        assert running.metric(FAILED) == 0


def test_one_that_is_new_hears_of_what_fires_once_and_of_its_end(tmp_path: Path, far: Receiver) -> None:
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path)) as running:
        until(lambda: "warning context-small" in running.said)
    append(tmp_path / "server.log", OTHER)
    arguments = configured(tmp_path, f"webhook: {{url: '{far.url}'}}")
    with daemon(arguments) as running:
        until(lambda: len(far.got) == 2)
        ids = {alert["id"] for alert in running.firing("context-small")}
    with daemon(arguments) as running:
        append(tmp_path / "server.log", MENDED)
        until(lambda: len(far.got) == 3)

    assert [status for status, _ in far.told] == ["firing", "firing", "resolved"]
    assert {number for _, number in far.told} == ids


def test_links_go_where_others_reach_the_page_and_it_answers_there(tmp_path: Path, far: Receiver) -> None:
    append(tmp_path / "server.log", *START, BROKEN)
    arguments = configured(tmp_path, f"webhook: {{url: '{far.url}'}}")
    with (tmp_path / "config.yaml").open("a") as config:
        config.write("http: {external_url: https://gpu.example/ollama}\n")
    with daemon(arguments) as running:
        until(lambda: far.got)

        assert far.got[0]["externalURL"] == "https://gpu.example/ollama/"
        (alert,) = running.firing("context-small")
        link = f"https://gpu.example/ollama/#alert-{alert['id']}"
        assert far.got[0]["alerts"][0]["generatorURL"] == link
        assert running.get("/", {"Host": "gpu.example"})[0] == 200
        assert running.get("/", {"Host": "other.example"})[0] == 403


def test_the_message_has_the_form_of_alertmanagers_own(tmp_path: Path, far: Receiver) -> None:
    """A real Alertmanager tells a receiver the same alert: so what reads the one reads the other."""
    append(tmp_path / "server.log", *START, BROKEN)
    with receiver() as real, alertmanager(tmp_path, real.url) as server:
        sinks = f"alertmanager: {{url: '{server.url}'}}", f"webhook: {{url: '{far.url}'}}"
        with daemon(configured(tmp_path, *sinks)):
            until(lambda: far.got and real.got)
            append(tmp_path / "server.log", MENDED)
            until(lambda: len(far.got) == 2 and len(real.got) == 2)

    for own, theirs in zip(far.got, real.got, strict=True):
        assert form(own) == form(theirs)
        for name in ("version", "status", "commonLabels", "commonAnnotations", "truncatedAlerts"):
            assert own[name] == theirs[name]
        for name in ("status", "labels", "annotations", "generatorURL"):
            assert own["alerts"][0][name] == theirs["alerts"][0][name]
        for name in ("startsAt", "endsAt"):
            assert moment(own["alerts"][0][name]) == moment(theirs["alerts"][0][name])


def moment(text: str) -> datetime:
    """Return the moment: Alertmanager leaves out the zeros at the end of a fraction."""
    return datetime.fromisoformat(text)


def form(data: Any) -> Any:
    """Return which keys there are, and of what type their values are; those of labels are data."""
    if isinstance(data, dict):
        return {
            name: "labels" if name in ("groupLabels", "labels") else form(one) for name, one in data.items()
        }
    return [form(one) for one in data] if isinstance(data, list) else type(data).__name__


def test_what_a_kill_left_untold_is_told_once_by_the_next_with_the_same_id(
    tmp_path: Path, far: Receiver
) -> None:
    far.status = 500
    append(tmp_path / "server.log", *START, BROKEN)
    arguments = configured(tmp_path, f"webhook: {{url: '{far.url}'}}")
    with daemon(arguments) as first:
        until(lambda: far.tries)
        (before,) = first.firing("context-small")
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    far.status = 200

    with daemon(arguments) as second:
        until(lambda: far.told == [("firing", before["id"])])
        append(tmp_path / "server.log", MENDED)
        until(lambda: len(far.got) == 2)
        assert far.told == [("firing", before["id"]), ("resolved", before["id"])]
        assert second.metric(SENT) == 2


def test_what_came_and_went_while_it_was_down_is_no_news(tmp_path: Path, far: Receiver) -> None:
    far.status = 500
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path, f"webhook: {{url: '{far.url}'}}")) as running:
        until(lambda: far.tries)
        append(tmp_path / "server.log", MENDED)
        until(lambda: not running.firing("context-small"))
        dropped = SENT.replace("sent", "dropped")
        until(lambda: running.metric(dropped) == 2)
        far.status = 200
        append(tmp_path / "server.log", OTHER)

        until(lambda: far.got)
        assert [message["commonLabels"]["model"] for message in far.got] == ["sha256:cdcdcdcdcdcd"]


def test_one_that_hangs_delays_no_other(tmp_path: Path, far: Receiver) -> None:
    """By the time that the first gives up a try the second has been told everything."""
    append(tmp_path / "server.log", *START)
    with receiver() as stuck:
        stuck.status = -1
        sinks = f"webhook-a: {{url: '{stuck.url}', timeout: 1h}}", f"webhook: {{url: '{far.url}'}}"
        with daemon(configured(tmp_path, *sinks)) as running:
            append(tmp_path / "server.log", BROKEN)
            until(lambda: stuck.tries)
            until(lambda: len(far.got) == 1)
            append(tmp_path / "server.log", OTHER, MENDED)
            until(lambda: len(far.got) == 3)

            assert len(stuck.tries) == 1
            assert running.metric(SENT.replace("webhook", "webhook-a")) == 0


def test_a_mild_alert_and_a_default_are_not_for_it(tmp_path: Path, far: Receiver) -> None:
    append(tmp_path / "server.log", *FRESH)
    with daemon(configured(tmp_path, f"webhook: {{url: '{far.url}', min_severity: info}}")) as running:
        until(lambda: running.firing("context-at-default"))
        append(tmp_path / "server.log", OTHER)
        until(lambda: far.got)

        assert [message["commonLabels"]["rule"] for message in far.got] == ["context-small"]


def test_nothing_secret_is_said(tmp_path: Path, far: Receiver) -> None:
    far.status = 401
    (tmp_path / "url").write_text(f"http://me:hunter2@127.0.0.1:{far.port}/hunter2?t=hunter2")
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path, "webhook: {url_file: url}")) as running:
        until(
            lambda: "webhook: not delivered, it will be tried later: 127.0.0.1 answered 401" in running.said
        )

        assert "hunter2" not in running.said
        assert "hunter2" not in running.get("/metrics")[1] + running.get("/api/v1/status")[1]


def test_a_proxy_that_knows_nobody_for_a_moment_costs_no_begin_and_a_refusal_leaves_no_end(
    tmp_path: Path, far: Receiver
) -> None:
    far.status = 404
    append(tmp_path / "server.log", *START, BROKEN)
    with daemon(configured(tmp_path, f"webhook: {{url: '{far.url}'}}")) as running:
        until(lambda: far.tries)
        far.status = 200
        until(lambda: [status for status, _ in far.told] == ["firing"])
        far.status = 400
        append(tmp_path / "server.log", OTHER)
        until(lambda: "webhook: refused, it is not tried again: 127.0.0.1 answered 400" in running.said)
        far.status = 200
        append(tmp_path / "server.log", OTHER_MENDED, MENDED)
        until(lambda: len(far.got) > 1)
        until(lambda: running.metric(SENT.replace("sent", "dropped")) == 2)

        assert [status for status, _ in far.told] == ["firing", "resolved"]
