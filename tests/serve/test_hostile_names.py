"""One model with a name that its owner chose for us, on its way through everything that shows it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ollama_watch.app.check import Report
from ollama_watch.cli import main, report_json, report_junit, report_text
from ollama_watch.cli.paint import Paint
from ollama_watch.cli.status import lines
from ollama_watch.errors import Place, UserError, UserErrors
from ollama_watch.serve.page import page
from ollama_watch.serve.text import to_json
from ollama_watch.sinks import several, texts
from ollama_watch.sinks.log import sentence
from tests.support.checked import checked
from tests.support.daemon import Daemon, append, daemon
from tests.support.html import Html
from tests.support.logs import launch, record, start
from tests.support.made_alerts import over, reverted
from tests.support.wait import until

# As Go quotes it: colours, a title, C1, a label's end, markup, a shell's words, direction, half a surrogate.
_QUOTED = (
    r"\u001b[31m\u001b]0;pwned\u0007\u009b2J\"} 1\nevil{x=\"</code><script>alert(1)</script>&lt;"
    r"$(touch /tmp/x)`id`';rm -rf ~;\\\u202egnp\ud800\u0000{model}%s%n"
)
NAME = (
    '\x1b[31m\x1b]0;pwned\x07\x9b2J"} 1\nevil{x="</code><script>alert(1)</script>&lt;'
    "$(touch /tmp/x)`id`';rm -rf ~;\\\u202egnp?\x00{model}%s%n"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")  # all but a line's end
_LONG = "x" * 50_000


def _log(name: str) -> tuple[str, ...]:
    """Return a log in which every word that others choose is `name`."""
    value = f'key="{name}" value="{name}" default="{name}"'
    return (
        *start("0.5.7", OLLAMA_CONTEXT_LENGTH="0"),
        record("invalid environment variable, using default", value),
        record("model is missing tokenizer.chat_template", f'model="{name}"'),
        launch(ctx_size=2048, parallel=1, started=True),
        record("truncating input prompt", "limit=2048 prompt=4000 keep=4 new=2048"),
        record("model is missing tokenizer.chat_template", f'model="{name}"'),
        launch(ctx_size=2048, parallel=1, digest="6c" * 32, port=40002),
        record("Load failed", f'model="/x/sha256-{"6c" * 32}" error="{name}"'),
        launch(ctx_size=4096, parallel=1, digest="7d" * 32, port=40003, started=True),
    )


@pytest.fixture(scope="module", params=[_QUOTED, _QUOTED + _LONG], ids=["short", "long"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    log = tmp_path_factory.mktemp("hostile") / "\udc80\x1b[31m<b>.log"  # a file's owner chooses names too
    append(log, *_log(request.param))
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("context-small"))
        until(lambda: "context-small" in running.said)
        yield running


@pytest.fixture(params=[_QUOTED, _QUOTED + _LONG], ids=["short", "long"])
def report(request: pytest.FixtureRequest) -> Report:
    found = checked("\n".join(_log(request.param)))
    assert {one.rule for one in found.findings} >= {"context-small", "prompt-truncated", "load-failed"}
    assert any(launch.name.startswith(NAME) for launch in found.launches)
    return found


def test_the_metrics_page_is_one(running: Daemon) -> None:
    page = running.get("/metrics")[1]
    families = {family.name: family for family in text_string_to_metric_families(page)}

    models = [sample.labels["model"] for sample in families["ollama_watch_runner_context_tokens"].samples]
    assert any("evil" in model for model in models)
    assert max(map(len, models)) <= 200
    assert not _CONTROL.search(page)
    assert "evil" not in families


def test_the_api_is_json_that_no_terminal_obeys(running: Daemon) -> None:
    for path in ("/api/v1/status", "/api/v1/alerts"):
        text = running.get(path)[1]

        assert not _CONTROL.search(text)
        json.loads(text)
        json.dumps(json.loads(text), ensure_ascii=False).encode()  # no half surrogates for who reads on
    (runner, *_) = running.json("/api/v1/status")["runners"]
    assert runner["model"].startswith(NAME)  # programs get what it is
    assert len(runner["model"]) <= 200


def test_the_page_has_no_element_of_a_name(running: Daemon) -> None:
    text = running.get("/")[1]

    assert "evil" in text
    assert not _CONTROL.search(text)
    assert _is_ours(text)


def test_the_log_is_visible_text(running: Daemon) -> None:
    assert "evil" in running.said
    assert not _CONTROL.search(running.said)
    assert "\nevil" not in running.said


def test_the_status_command_prints_visible_text(running: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--json"]):
        assert main(["status", "--listen", running.url.removeprefix("http://"), *words]) == 1
        text = capsys.readouterr().out
        assert "evil" in text
        assert not _CONTROL.search(text)


def test_the_status_command_does_not_trust_who_answers(running: Daemon) -> None:
    status = running.json("/api/v1/status")
    status["sources"][0]["trouble"] = NAME

    assert not _CONTROL.search(page(status))
    assert _is_ours(page(status))
    assert any("evil" in line for line in lines(status))


def test_reports_are_visible_text_and_whole_documents(report: Report) -> None:
    text = report_text.render(report, Paint())
    as_json, junit = report_json.render(report), report_junit.render(report)

    for one in (text, as_json, junit):
        assert "evil" in one
        assert not _CONTROL.search(one)
    assert json.loads(as_json)["launches"][0]["facts"]["model"][0].startswith(NAME)
    ET.fromstring(junit)  # noqa: S314  # our own


def test_nothing_of_a_name_is_to_be_typed(report: Report) -> None:
    fixes = [fix for found in report.findings for fix in found.fixes]

    assert fixes
    assert not [fix for fix in fixes if "touch" in fix or "evil" in fix]


def test_pop_ups_and_the_log_sink_say_visible_text() -> None:
    alert = reverted(NAME)
    told = [texts.title(alert), *texts.body(alert), several.defaults_title([alert, alert]), sentence(alert)]

    for text in (*told, *several.defaults_body([alert, alert]), sentence(over(alert))):
        assert text.isprintable()
    assert len(told[0]) <= 50


def test_mistakes_say_visible_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(f"{NAME}\udc80.yaml", 1, 3, f"\t{NAME}", 2)
    error = UserError(NAME, place, NAME)

    for text in (str(error), str(UserErrors([error, error]))):
        assert "evil" in text
        assert not _CONTROL.search(text)
    assert str(UserError("a", Place("f", 1, 2, "\tx"))) == "f:1:2: a\n     x\n     ^"
    assert main(["check", f"{tmp_path}/\x1b[31m"]) == 2
    assert not _CONTROL.search(capsys.readouterr().err)


def test_json_holds_nothing_that_is_not_seen() -> None:
    text = to_json({"a": "\x9b\u202e\ud800é\x1b"})

    assert text == r'{"a": "\u009b\u202e' + "\N{REPLACEMENT CHARACTER}" + r'é\u001b"}'


def _is_ours(text: str) -> bool:
    found = Html(text)
    return not found.mistakes and not found.named("b") and len(found.named("script")) == 1
