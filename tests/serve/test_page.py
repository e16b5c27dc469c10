"""The HTML of the status page: whole, harmless, and with the right first words."""

import re
from typing import Any

import pytest

from ollama_watch.serve.page import FILES
from ollama_watch.serve.page.headline import headline
from ollama_watch.serve.page.whole import page
from ollama_watch.serve.page.words import foreign, text
from tests.support.daemon import Daemon
from tests.support.html import Html, said

Status = dict[str, Any]


def test_it_is_whole(day: Daemon, status: Status) -> None:
    served = Html(day.get("/")[1])

    assert served.mistakes == []
    assert Html(page({**status, "alerts": [], "runners": [], "past": [], "sources": []})).mistakes == []


def test_nothing_stands_inside_it_that_its_policy_forbids(day: Daemon) -> None:
    served = Html(day.get("/")[1])

    assert [one for one in served.named("script") if one != {"src": "page.js", "defer": ""}] == []
    assert served.named("style") == []
    attributes = {name for _, given in served.elements for name in given}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    links = [given.get("href") or given.get("src") or "" for _, given in served.elements]
    assert not [
        link for link in links if ":" in link or link.startswith("/")
    ]  # so it may stand behind a proxy


def test_headers_let_nothing_in_but_our_own_files(day: Daemon) -> None:
    policy = day.headers("/")["Content-Security-Policy"]

    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
    )
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name, kind in FILES.items():
        assert day.headers(f"/{name}")["Content-Type"] == kind
    assert day.headers("/api/v1/status")["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize("path", ["/page.py", "/__init__.py", "/../page.css", "/page.css/"])
def test_no_other_file_is_served(day: Daemon, path: str) -> None:
    assert day.get(path)[0] == 404


def test_a_long_page_begins_with_the_way_to_its_sections(status: Status) -> None:
    links = [given for given in Html(page(status)).named("a") if given.get("id", "").startswith("to-")]

    assert [link["href"] for link in links] == [
        "#wrong-title",
        "#runs-title",
        "#ran-title",
        "#unjudged-title",
        "#reads-title",
    ]
    assert "What is wrong 7 What runs 5 What ran before 1" in said(page(status))
    short = {**status, "alerts": [], "runners": status["runners"][:1]}
    assert 'href="#runs-title"' not in page(short)


def test_no_rule_is_said_to_hold_where_nothing_was_seen(quiet: Status) -> None:
    assert "No rule is broken." in said(page(quiet), "wrong")
    quiet.update(runners=[], past=[])
    assert "No rule is broken." not in said(page(quiet), "wrong")


# ---- the first thing that is read


def test_problems_are_counted_the_gravest_first(status: Status) -> None:
    assert headline(status).title == "2 critical problems, 1 warning and 4 notes"
    infos = [one for one in status["alerts"] if one["severity"] == "info"]
    assert headline({**status, "alerts": infos}).title == "Nothing is broken, 4 notes"
    assert headline({**status, "alerts": infos[:1]}).title == "Nothing is broken, 1 note"


def test_what_is_pending_is_no_problem_yet(status: Status) -> None:
    for one in status["alerts"]:
        one["state"] = "pending"

    assert headline(status).title == "Nothing is wrong"
    assert "waiting to see whether it lasts" in said(page(status), "wrong")


@pytest.mark.parametrize(
    ("source", "more", "title"),
    [
        ({}, {}, "Nothing is wrong"),
        ({}, {"ready": False}, "Still reading"),
        ({"up": False, "trouble": "x: Permission denied"}, {}, "1 log cannot be read"),
        ({"up": False, "trouble": "x: Permission denied", "lines": 0}, {}, "1 log cannot be read"),
        ({"up": False, "trouble": "may not read the journal in y", "lines": 0}, {}, "1 log cannot be read"),
        ({"up": False, "trouble": "x: No such file", "lines": 0}, {}, "Nothing to read yet"),
        ({"up": False, "trouble": "there is no journal yet", "lines": 0}, {}, "Nothing to read yet"),
        ({"up": False, "trouble": "no Ollama was found", "lines": 0}, {}, "No Ollama yet"),
        ({}, {"sources": []}, "No log yet"),
    ],
)
def test_nothing_wrong_is_said_only_where_it_is_known(
    quiet: Status, source: Status, more: Status, title: str
) -> None:
    quiet["sources"][0].update(source)
    quiet.update(more)

    assert headline(quiet).title == title
    assert not source or source["trouble"] in said(page(quiet))
    assert Html(page(quiet)).mistakes == []


def test_a_log_without_a_line_is_not_called_well(quiet: Status) -> None:
    quiet.update(runners=[], past=[])
    source = quiet["sources"][0]
    source.update(lines=0, last_line=None, ollama_version=None)
    found = said(page(quiet))

    assert headline(quiet).kind == "waiting"
    assert "Nothing was read yet" in found
    assert "ollama-watchd doctor" in found
    assert "no line has come yet" in said(page(quiet), "reads")
    assert "✓" not in found
    quiet["sources"].append({**source, "name": "other.log", "lines": 1})
    assert headline(quiet).title == "Nothing is wrong"
    assert "no line has come yet" in said(page(quiet), "reads")


@pytest.mark.parametrize("known", ["ollama_version", "runners", "past"])
def test_what_was_read_before_a_restart_was_read(quiet: Status, known: str) -> None:
    """Lines are counted from the start of the daemon; what they told is kept."""
    found = {**quiet, "runners": [], "past": [], known: quiet.get(known)}
    found["sources"][0].update(lines=0, last_line=None)
    if known != "ollama_version":
        found["sources"][0]["ollama_version"] = None

    assert headline(found).title == "Nothing is wrong"
    assert "read to its end" in said(page(found), "reads")


def test_a_log_that_may_not_be_read_names_its_trouble_and_what_to_do(quiet: Status) -> None:
    quiet["sources"][0].update(up=False, trouble="x: Permission denied", lines=0)

    assert headline(quiet).kind == "warning"
    assert headline({**quiet, "alerts": [{"severity": "info", "state": "firing"}]}).kind == "warning"
    assert "ollama-watchd doctor says why, and how to mend it. server.log : x: Permission denied" in said(
        page(quiet)
    )


def test_troubles_of_reading_are_said_beside_problems(status: Status) -> None:
    status["ready"] = False
    status["sources"][0].update(up=False, trouble="x: Permission denied", newer_than_tested=True)

    found = said(page(status))
    assert found.index("1 warning") < found.index("x: Permission denied") < found.index("this can change")
    assert "Ollama 0.32.1 is newer than what this was tested with (0.33.0)." in found


def test_an_idle_server_is_no_trouble(quiet: Status) -> None:
    quiet["runners"] = []

    assert "No model runs. " in said(page(quiet))
    assert "No model has been launched yet." in said(page({**quiet, "past": []}))


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#x27;"),
        ("\x1b[31m\n\x00\x7f", "␛[31m␊␀␡"),
        ("\x9b\u202e\u2066\ud800", r"\u009b\u202e\u2066\ud800"),
        ("e" + "\u0301" * 500, "e" + "\u0301" * 2),
        ("x" * 1000, "x" * 399 + "…"),
        (None, "None"),
    ],
)
def test_foreign_words_are_visible_and_short(given: object, seen: str) -> None:
    assert text(given) == seen
    assert foreign(given) == f"<bdi>{seen}</bdi>"


def test_a_name_from_the_log_is_nothing_but_a_name(status: Status) -> None:
    """Wherever a status has a word that others chose, it may be this one."""
    hostile = "\"'><script>x</script><img src=x onerror=x>\u202e\x1b[31m"
    status["alerts"][0].update(
        summary=hostile, model=hostile, rule=hostile, expected=hostile, fixes=[hostile]
    )
    status["alerts"][0]["causes"][0]["text"] = hostile
    status["runners"][0].update(model=hostile, source=hostile, host=hostile, unknowns={hostile: hostile})
    status["runners"][0]["request"].update(endpoint=hostile, client=hostile)
    status["runners"][0]["facts"].update(library=hostile, engine=hostile, kv_cache_type=hostile)
    status["runners"][0]["settings"][0].update(request=hostile, winner=hostile, became=[hostile])
    status["sources"][0].update(
        name=hostile, target=hostile, trouble=hostile, up=False, ollama_version=hostile
    )
    found = Html(page(status))

    assert found.mistakes == []
    assert len(found.named("script")) == 1
    assert found.named("img") == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", found.text)
    assert found.text.count("<script>x</script>") >= 15
