"""The status page: what is wrong, why, and what to type."""

import re
from typing import Any

import pytest

from ollama_watch.cli.status import lines as status_lines
from ollama_watch.serve.page import page
from ollama_watch.serve.page.wrong import wrong
from tests.support.html import Html, said

Status = dict[str, Any]


def test_an_alert_says_what_why_and_what_to_type(status: Status) -> None:
    found = said(page(status), "wrong")

    assert "✗ critical context-reverted llama3.1:8b runs with 4096 tokens, wanted 32768" in found
    assert "context of a request 4096 wanted 32768 by its earlier launches the model takes 131072" in found
    assert "certain the server was started without OLLAMA_CONTEXT_LENGTH; before, it had 32768 lines" in found
    assert 'sudo systemctl edit ollama Copy and write there [Service] Environment="OLLAMA_CON' in found
    assert "! warning prompt-truncated" in found
    assert "12 times" in found


def test_the_worst_of_several_is_told_beside_the_newest(status: Status) -> None:
    (alert,) = status["alerts"] = [one for one in status["alerts"] if one["rule"] == "prompt-truncated"]
    worst = alert["summary"]
    alert["summary"] = "the newest"

    assert alert["worst"]["fields"]["dropped"] > 0
    assert "the newest since" in said(page(status), "wrong")
    assert f"the worst of 12 {worst}" in said(page(status), "wrong")
    assert f"    the worst of 12: {worst}" in status_lines(status)


def test_the_gravest_alert_comes_first(status: Status) -> None:
    status["alerts"].reverse()

    found = re.findall(r'class="alert (\w+)', page(status))
    assert found == ["critical", "critical", "warning", "info", "info", "info", "info"]


def test_an_alert_can_be_linked_to(status: Status) -> None:
    assert {f"alert-{one['id']}" for one in status["alerts"]} <= set(Html(page(status)).ids)


def test_what_nobody_knows_is_said(status: Status) -> None:
    status["alerts"] = [{**status["alerts"][0], "causes": [], "fixes": [], "facts": None}]

    assert "Not known: the log does not tell." in said(page(status), "wrong")
    assert "What to do" not in said(page(status), "wrong")


@pytest.mark.parametrize(
    ("fix", "typed", "words"),
    [
        ('sudo systemctl edit ollama  →  [Service] Environment="A=1"',
         ["sudo systemctl edit ollama", '[Service]\nEnvironment="A=1"', "sudo systemctl restart ollama"],
         "and write there"),
        ("PARAMETER num_ctx 8192 in the model's Modelfile", ["PARAMETER num_ctx 8192"],
         "in the model's Modelfile"),
        ('"options": {"num_ctx": 8192} in the request', ['"options": {"num_ctx": 8192}'], "in the request"),
        ('setx A "1", then quit Ollama in the tray and start it again', ['setx A "1"'],
         "then quit Ollama in the tray and start it again"),
        ("--ctx-size 8192 on the command line of llama-server", ["--ctx-size 8192"],
         "on the command line of llama-server"),
        ("take it out of the request, or of the model's Modelfile", [],
         "take it out of the request, or of the model's Modelfile"),
    ],
)  # fmt: skip
def test_only_what_is_typed_is_copied(status: Status, fix: str, typed: list[str], words: str) -> None:
    alert = {**status["alerts"][0], "fixes": [fix]}
    html = wrong({**status, "alerts": [alert]}).replace("&quot;", '"').replace("&#x27;", "'")

    assert re.findall(r'<code id="[^"]*">([^<]*)</code>', html) == typed
    assert words in html


def test_of_many_alerts_the_gravest_say_at_once_why(status: Status) -> None:
    one = status["alerts"][0]
    status["alerts"] = [{**one, "id": f"{number:016x}"} for number in range(6)]

    folds = [given["id"] for given in Html(page(status)).named("details") if given["id"].endswith("-all")]
    assert folds == [f"alert-{number:016x}-all" for number in (4, 5)]


def test_a_thousand_alerts_make_no_page_that_nobody_can_load(status: Status) -> None:
    one = status["alerts"][0]
    status["alerts"] = [{**one, "id": f"{number:016x}"} for number in range(1000)]

    assert page(status).count('<article class="alert') == 50
    assert "950 alerts more: see the API." in said(page(status))
