"""The `sinks` part of the configuration: what it means, and what is wrong with it."""

import os
from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.lacking import lacking
from ollama_watch.app.sinkchoice import choose
from ollama_watch.app.sinks import Here, open_sinks
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.errors import UserError, UserErrors
from ollama_watch.sinks.alertmanager import Intervals
from ollama_watch.sinks.post import Receiver


def load(folder: Path, text: str) -> tuple[SinkConfig, ...]:
    (folder / "config.yaml").write_text(f"sinks:\n{text}\n")
    return load_config(folder / "config.yaml").sinks or ()


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """\
  alertmanager: {url: "http://127.0.0.1:9093", min_severity: critical, resend: 30s, ends_after: 2m30s,
                 resolved_for: 5m, bearer_token_file: token, ca_file: /etc/ca.pem}
  alertmanager-b: {url: "https://am.example/prefix/"}
  webhook: {url_file: secret/url, timeout: 3s}
  command: {run: [/bin/on-alert, --channel, ops], timeout: 1m, min_severity: info}
""",
    )

    receiver = Receiver(
        url="http://127.0.0.1:9093", bearer_token_file=tmp_path / "token", ca_file=Path("/etc/ca.pem")
    )
    intervals = Intervals(resend=30, ends_after=150, resolved_for=300)
    assert found == (
        SinkConfig("alertmanager", "critical", receiver=receiver, intervals=intervals),
        SinkConfig("alertmanager-b", receiver=Receiver(url="https://am.example/prefix/")),
        SinkConfig("webhook", receiver=Receiver(url_file=tmp_path / "secret/url", timeout=3.0)),
        SinkConfig("command", "info", run=("/bin/on-alert", "--channel", "ops"), timeout=60.0),
    )
    assert [one.kind for one in found] == ["alertmanager", "alertmanager", "webhook", "command"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  pager: {}", "2:3: unknown sink 'pager'"),
        ("  log-b: {}", "2:3: unknown sink 'log-b'"),
        ("  webhook-: {url: http://h}", "2:3: 'webhook-' is no name of a sink"),
        ("  webhook-Ops: {url: http://h}", "2:3: 'webhook-Ops' is no name of a sink"),
        (f"  webhook-{'x' * 30}: {{url: http://h}}", "2:3: 'webhook-x"),
        ("  webhook: {}", "2:12: expected either `url:` or `url_file:`"),
        ("  webhook: {url: http://h, url_file: f}", "2:12: expected either `url:` or `url_file:`"),
        ("  webhook: {url: 127.0.0.1}", "2:18: expected the URL of a receiver"),
        ("  webhook: {url: ftp://h/}", "2:18: expected the URL of a receiver"),
        ('  webhook: {url: "http://h/a b"}', "2:18: expected the URL of a receiver"),
        ('  webhook: {url: "http://h:99999/"}', "2:18: expected the URL of a receiver"),
        ("  webhook: {url: http://h, timeout: 5}", "2:37: expected a span of time, not '5'"),
        ("  webhook: {url: http://h, timeout: 0s}", "2:37: expected a span of time that is not zero"),
        ("  webhook: {url: http://h, resend: 1m}", "2:28: unknown key 'resend'"),
        ("  alertmanager: {url: http://h, min_severity: loud}", "2:47: unknown severity 'loud'"),
        ("  alertmanager: {url: http://h, ends_after: 30s}", "2:45: an alert would end after 30 s"),
        ("  alertmanager: {url: http://h, resend: 10m}", "2:41: an alert would end after 240 s"),
        ("  command: {}", "2:12: key 'run' is missing"),
        ("  command: {run: []}", "2:18: no program stands here"),
        ("  command: {run: /bin/x --now}", "2:18: expected a list"),
        ("  command: {run: [on-alert]}", "2:19: 'on-alert' is no whole path"),
        ("  desktop: {url: http://h}", "2:13: unknown key 'url'"),
    ],
)
def test_a_mistake_has_a_place_and_a_hint(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, text)

    assert not isinstance(caught.value, UserErrors)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path}/config.yaml:{message}"), told
    assert "^" in told.splitlines()[2]
    assert "hint: " in told


@pytest.mark.parametrize(
    "text",
    [
        "  webhook: {url: 'https://me:hunter2@hooks.example/x'}",
        "  webhook: {url: 'https://hooks.example/hunter2', tmeout: 3s}",
        "  webhook: {url: 'https://hooks.example/?t=hunter2', timeout: 3}",
        "  pager: {url: 'https://hooks.example/hunter2'}",
        "  alertmanager: {url: 'https://hunter2@h/', resend: 10m}",
    ],
)
def test_no_complaint_tells_a_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, text)

    assert "hunter2" not in str(caught.value)
    assert "config.yaml:2:" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why", "mend"),
    [
        ("  webhook: {url_file: secret}", "{}/secret: No such file", "no restart is needed"),
        ("  webhook: {url: https://h, ca_file: ca}", "{}/ca: No such file", "no restart is needed"),
        (
            "  command-b: {run: [/nowhere/at-all]}",
            "/nowhere/at-all cannot be run",
            "chmod +x /nowhere/at-all",
        ),
        ("  command: {run: [/tmp]}", "/tmp cannot be run", "chmod +x /tmp"),
        ("  command: {run: [/home/a/b]}", "/home/a/b cannot", "[Service] BindReadOnlyPaths=/home/a/b"),
        ("  desktop: {}", "there is no session bus", "it shows them, without this sink"),
    ],
)
def test_what_is_missing_at_the_start_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str, mend: str
) -> None:
    """At the first alert it would be too late; but the other sinks can tell, so it is no reason to end."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    sinks = load(tmp_path, f"  log: {{}}\n{text}")

    (one,) = lacking(sinks, Http(), {})
    assert one.why.startswith(why.format(tmp_path))
    assert one.mend.endswith(mend)
    assert len(open_sinks(sinks, Here())) == 2


def test_the_status_page_is_named_as_others_may_reach_it() -> None:
    assert Here("http://127.0.0.1:10434/", "box").url() == "http://127.0.0.1:10434/"
    assert Here("https://0.0.0.0:10434/", "box").url() == "https://box:10434/"
    assert Here("http://[::]:1/", "box").url() == "http://box:1/"
    assert Here("http://0.0.0.0:1/", "box", "https://gpu.example/").url() == "https://gpu.example/"


def test_the_command_line_chooses_among_the_configured_and_the_bare_ones(tmp_path: Path) -> None:
    configured = load(tmp_path, "  log: {min_severity: info}\n  webhook-ops: {url: http://127.0.0.1:1}")

    chosen = choose(["webhook-ops", "desktop", "log", "log"], configured, tmp_path)
    assert [one.name for one in chosen] == ["webhook-ops", "desktop", "log"]
    assert [one.min_severity for one in chosen] == ["warning", "warning", "info"]
