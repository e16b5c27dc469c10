"""Webhooks, held against a receiver that answers, and against some that do not."""

import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.alerts.alert import End
from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.post import Receiver
from ollama_watch.sinks.sink import Refused, Undelivered
from ollama_watch.sinks.webhook import Webhook
from tests.support import made_alerts as made
from tests.support.need import need
from tests.support.prometheus import free_port
from tests.support.receiver import Receiver as Far
from tests.support.receiver import receiver
from tests.support.wait import until

BEGIN = Notice(made.reverted(), "begin")


@pytest.fixture(name="far")
def _far() -> Iterator[Far]:
    with receiver() as far:
        yield far


def webhook(url: str = "", **how: Any) -> Webhook:
    to = Receiver(url=url, timeout=0.3, **how)
    return Webhook("webhook", to, page=lambda: "http://127.0.0.1:10434/", instance="box")


def test_a_begin_is_a_message_as_alertmanager_writes_it(far: Far) -> None:
    made.tell(webhook(far.url), made.reverted())

    (message,) = far.got
    (alert,) = message["alerts"]
    labels = {
        "alertname": "OllamaContextReverted",
        "severity": "critical",
        "instance": "box",
        "source": "ollama.service",
        "model": "qwen2.5-coder:7b",
        "rule": "context-reverted",
    }
    assert set(message) == {
        *("version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels"),
        *("commonLabels", "commonAnnotations", "externalURL", "alerts"),
    }
    assert (message["version"], message["status"], message["receiver"]) == ("4", "firing", "webhook")
    assert message["commonLabels"] == alert["labels"] == labels
    assert message["groupLabels"] == {"alertname": "OllamaContextReverted"}
    assert message["commonAnnotations"] == alert["annotations"]
    assert alert["annotations"]["actual"] == "2048"
    assert "2048 tokens" in alert["annotations"]["summary"]
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z")
    assert message["externalURL"] == "http://127.0.0.1:10434/"
    assert alert["generatorURL"] == "http://127.0.0.1:10434/#alert-1"
    assert far.headers[0]["Content-Type"] == "application/json"


def test_another_severity_is_said_at_once(far: Far) -> None:
    mild = replace(made.reverted(), finding=replace(made.reverted().finding, severity="warning"))
    sink = webhook(far.url)
    sink.tell(BEGIN)
    sink.tell(Notice(mild, "change", regraded=True))

    first, last = (message["alerts"][0] for message in far.got)
    assert (first["labels"]["severity"], last["labels"]["severity"]) == ("critical", "warning")
    assert first["fingerprint"] == last["fingerprint"]


def test_the_worst_of_several_is_an_annotation(far: Far) -> None:
    """So it is for Alertmanager, whose annotations these are."""
    sink = webhook(far.url)
    made.tell(sink, made.truncated(count=1))
    made.tell(sink, made.over(made.later(made.truncated(), dropped=10), "over"))

    first, last = (message["alerts"][0]["annotations"] for message in far.got)
    assert "worst" not in first
    assert "21300 of 25400 tokens" in last["worst"]
    assert "10 of 4106 tokens" in last["summary"]


@pytest.mark.parametrize("how", ["fixed", "accepted", "excused"])
def test_how_it_ended_is_an_annotation(far: Far, how: End) -> None:
    sink = webhook(far.url)
    made.tell(sink, made.reverted())
    made.tell(sink, made.over(made.reverted(), how))

    first, last = (message["alerts"][0]["annotations"] for message in far.got)
    assert (first.get("ended"), last["ended"]) == (None, how)


def test_nothing_begins_or_ends_ahead_of_a_clock_that_was_set_back(far: Far) -> None:
    clock = lambda: made.BEGIN - 3600  # noqa: E731  # a fixed moment
    to = Receiver(url=far.url, timeout=0.3)
    sink = Webhook("webhook", to, page=str, instance="box", clock=clock)
    made.tell(sink, made.reverted())
    made.tell(sink, made.over(made.reverted()))

    first, last = (message["alerts"][0] for message in far.got)
    assert first["startsAt"] == last["startsAt"] == last["endsAt"] == "2025-12-31T23:00:00.000Z"


def test_what_was_not_launched_for_a_week_is_not_said_to_be_resolved(far: Far) -> None:
    made.tell(webhook(far.url), made.over(made.reverted(), "forgotten"))

    assert far.got == []


def test_an_end_is_of_the_same_alert_and_a_change_is_no_news(far: Far) -> None:
    sink = webhook(far.url)
    made.tell(sink, made.reverted())
    made.tell(sink, made.reverted(), quiet=True)
    made.tell(sink, made.over(made.reverted()))

    first, last = (message["alerts"][0] for message in far.got)
    assert (first["status"], last["status"]) == ("firing", "resolved")
    assert last["endsAt"] == "2026-01-01T00:00:00.000Z"
    assert first["fingerprint"] == last["fingerprint"]
    assert far.got[0]["groupKey"] == far.got[1]["groupKey"]


def test_the_end_of_one_whose_name_or_severity_was_learnt_late_is_its_end(far: Far) -> None:
    alert = made.reverted()
    assert alert.finding.launch
    facts = {**alert.finding.launch.facts, "model": ()}
    nameless = replace(alert.finding, launch=replace(alert.finding.launch, facts=facts), severity="warning")
    sink = webhook(far.url)
    made.tell(sink, replace(alert, finding=nameless))
    made.tell(sink, made.over(alert))
    made.tell(sink, made.reverted("another:1b"))

    marks = [message["alerts"][0]["fingerprint"] for message in far.got]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize(
    "name", ["<b>&amp;</b>", "\x1b[31mred\x07", "a\nb", "\u202egnitset", "\ud800", '"\\']
)
def test_markup_and_control_characters_arrive_as_text(far: Far, name: str) -> None:
    made.tell(webhook(far.url), made.small(name))

    label = far.got[0]["commonLabels"]["model"]
    assert label == "".join(char if char.isprintable() else "\ufffd" for char in name)
    assert far.raw[0].isascii()
    assert not set(far.raw[0]) & set(b"<>&\n\x1b\x07")


def test_what_may_be_mended_is_tried_again_what_is_wrong_with_the_message_is_not(far: Far) -> None:
    """A proxy that comes up again knows nobody (404), a token is renewed (401)."""
    far.body = b"out of\n<b>order</b>"
    for status in (302, 401, 403, 404, 407, 408, 425, 429, 500, 503):
        far.status = status
        with pytest.raises(Undelivered, match=f"127.0.0.1 answered {status}: out of <b>order</b>") as caught:
            webhook(far.url).tell(BEGIN)
        assert not isinstance(caught.value, Refused)
        assert not caught.value.perhaps
    for far.status in (400, 413, 422):
        with pytest.raises(Refused):
            webhook(far.url).tell(BEGIN)


@pytest.mark.parametrize(
    ("status", "why"), [(-1, "no answer within 0.3 s"), (-2, "no answer within 0.3 s"), (0, "hung up")]
)
def test_one_that_hangs_drips_or_hangs_up_may_have_taken_it(far: Far, status: int, why: str) -> None:
    far.status = status
    began = time.monotonic()

    with pytest.raises(Undelivered, match=why) as caught:
        webhook(far.url).tell(BEGIN)

    assert caught.value.perhaps
    assert time.monotonic() - began < 5


def test_where_nobody_listens_nothing_was_taken() -> None:
    with pytest.raises(Undelivered, match=r"127\.0\.0\.1: Connection refused") as caught:
        webhook(f"http://127.0.0.1:{free_port()}/secret").tell(BEGIN)

    assert not caught.value.perhaps
    assert "secret" not in str(caught.value)


def test_what_was_refused_by_nobody_is_told_once_somebody_is_there() -> None:
    port = free_port()
    box = Outbox(webhook(f"http://127.0.0.1:{port}/"), delays=(0.02,))
    box.offer(1, BEGIN)
    until(lambda: box.failures > 2)

    with receiver(port) as far:
        until(lambda: far.got)
        box.close()

    assert box.outcomes["sent"] == 1


def test_a_stuck_sink_does_not_delay_another(far: Far) -> None:
    with receiver() as stuck:
        stuck.status = -1
        boxes = [Outbox(webhook(stuck.url)), Outbox(webhook(far.url))]
        for box in boxes:
            for number in range(1, 4):
                box.offer(number, Notice(made.small(f"{number}b"), "begin"))
        until(lambda: len(far.got) == 3)

        assert boxes[0].outcomes["sent"] == 0
        assert len(stuck.tries) == 1  # all three were told there before the first was given up here
        for box in boxes:
            box.close(grace=0)


def test_a_secret_address_is_read_from_its_file_each_time(far: Far, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"http://me:s%20cret@127.0.0.1:{far.port}/T0/B1?token=a\n")
    sink = webhook(url_file=file)
    sink.tell(BEGIN)
    file.write_text(f"http://127.0.0.1:{far.port}/other\n")
    sink.tell(BEGIN)

    assert far.paths == ["/T0/B1?token=a", "/other"]
    assert far.headers[0]["Authorization"] == "Basic bWU6cyBjcmV0"
    assert "Authorization" not in far.headers[1]


def test_a_token_is_read_from_its_file(far: Far, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc\n")

    webhook(far.url, bearer_token_file=file).tell(BEGIN)

    assert far.headers[0]["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    "text", [None, "", "a\r\nX-Evil: 1", "http://[::1/", "ftp://secret", "http://h:99999/"]
)
def test_a_file_that_holds_no_address_is_undelivered(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "url"
    if text is not None:
        file.write_text(text)

    with pytest.raises(Undelivered, match=str(file)) as caught:
        webhook(url_file=file).tell(BEGIN)

    assert "secret" not in str(caught.value)


def test_a_certificate_is_held_against_its_ca(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with receiver(tls=context) as far:
        webhook(far.url, ca_file=certificate).tell(BEGIN)
        assert len(far.got) == 1
        with pytest.raises(Undelivered, match="certificate verify failed"):
            webhook(far.url).tell(BEGIN)
        with pytest.raises(Undelivered, match=r"nothing\.pem: No such file"):
            webhook(far.url, ca_file=tmp_path / "nothing.pem").tell(BEGIN)


def certified(folder: Path) -> tuple[Path, Path]:
    """Return a certificate for this machine, signed by itself, and its key."""
    certificate, key = folder / "far.pem", folder / "far.key"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=far -days 2".split()
    words += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([need("openssl", package="openssl"), *words], check=True, capture_output=True)
    return certificate, key
