"""The HTML of the status page: whole, harmless, and saying what the status says."""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from ollama_watch.serve.page import FILES, page
from ollama_watch.serve.page.headline import headline
from ollama_watch.serve.page.words import foreign, text
from ollama_watch.serve.page.wrong import wrong
from tests.support import troubled
from tests.support.daemon import Daemon, daemon
from tests.support.html import Html
from tests.support.wait import until

Status = dict[str, Any]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with daemon(troubled.arguments(tmp_path_factory.mktemp("page"), troubled.day())) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("prompt-truncated"))
        yield running


@pytest.fixture(scope="module")
def told(running: Daemon) -> Status:
    status: Status = running.json("/api/v1/status")
    return status


@pytest.fixture
def status(told: Status) -> Status:
    return copy.deepcopy(told)


@pytest.fixture
def quiet(status: Status) -> Status:
    """What is said when nothing is wrong."""
    return {**status, "alerts": []}


def said(status: Status, section: str = "") -> str:
    """Return what can be read of a page, or of one of its sections, with single blanks."""
    whole = page(status)
    if section:
        whole = whole.partition(f'<section id="{section}"')[2].partition("</section>")[0]
    return " ".join(Html(re.sub(r"(?=<)", " ", whole)).text.split())


def test_it_is_whole(running: Daemon, status: Status) -> None:
    served = Html(running.get("/")[1])

    assert served.mistakes == []
    assert Html(page({**status, "alerts": [], "runners": [], "past": [], "sources": []})).mistakes == []


def test_nothing_stands_inside_it_that_its_policy_forbids(running: Daemon) -> None:
    served = Html(running.get("/")[1])

    assert [one for one in served.named("script") if one != {"src": "page.js", "defer": ""}] == []
    assert served.named("style") == []
    attributes = {name for _, given in served.elements for name in given}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    links = [given.get("href") or given.get("src") or "" for _, given in served.elements]
    assert not [
        link for link in links if ":" in link or link.startswith("/")
    ]  # so it may stand behind a proxy


def test_headers_let_nothing_in_but_our_own_files(running: Daemon) -> None:
    policy = running.headers("/")["Content-Security-Policy"]

    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
    )
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name, kind in FILES.items():
        assert running.headers(f"/{name}")["Content-Type"] == kind
    assert running.headers("/api/v1/status")["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize("path", ["/page.py", "/__init__.py", "/../page.css", "/page.css/"])
def test_no_other_file_is_served(running: Daemon, path: str) -> None:
    assert running.get(path)[0] == 404


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
    assert "waiting to see whether it lasts" in said(status, "wrong")


@pytest.mark.parametrize(
    ("source", "more", "title"),
    [
        ({}, {}, "Nothing is wrong"),
        ({}, {"ready": False}, "Still reading"),
        ({"up": False, "trouble": "x: Permission denied"}, {}, "1 log cannot be read"),
        ({"up": False, "trouble": "x: No such file", "lines": 0}, {}, "Nothing to read yet"),
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
    assert not source or source["trouble"] in said(quiet)
    assert Html(page(quiet)).mistakes == []


def test_troubles_of_reading_are_said_beside_problems(status: Status) -> None:
    status["ready"] = False
    status["sources"][0].update(up=False, trouble="x: Permission denied", newer_than_tested=True)

    found = said(status)
    assert found.index("1 warning") < found.index("x: Permission denied") < found.index("this can change")
    assert "Ollama 0.32.1 is newer than what this was tested with (0.33.0)." in found


def test_an_idle_server_is_no_trouble(quiet: Status) -> None:
    quiet["runners"] = []

    assert "No model runs. " in said(quiet)
    assert "No model has been launched yet." in said({**quiet, "past": []})


# ---- what is wrong


def test_an_alert_says_what_why_and_what_to_type(status: Status) -> None:
    found = said(status, "wrong")

    assert "✗ critical context-reverted llama3.1:8b runs with 4096 tokens, wanted 32768" in found
    assert "context of a request 4096 wanted 32768 by its earlier launches the model takes 131072" in found
    assert "certain the server was started without OLLAMA_CONTEXT_LENGTH; before, it had 32768 lines" in found
    assert 'sudo systemctl edit ollama Copy and write there [Service] Environment="OLLAMA_CON' in found
    assert "! warning prompt-truncated" in found
    assert "12 times" in found


def test_the_gravest_alert_comes_first(status: Status) -> None:
    status["alerts"].reverse()

    found = re.findall(r'class="alert (\w+)', page(status))
    assert found == ["critical", "critical", "warning", "info", "info", "info", "info"]


def test_an_alert_can_be_linked_to(status: Status) -> None:
    assert {f"alert-{one['id']}" for one in status["alerts"]} <= set(Html(page(status)).ids)


def test_what_nobody_knows_is_said(status: Status) -> None:
    status["alerts"] = [{**status["alerts"][0], "causes": [], "fixes": [], "facts": None}]

    assert "Not known: the log does not tell." in said(status, "wrong")
    assert "What to do" not in said(status, "wrong")


@pytest.mark.parametrize(
    ("fix", "typed", "words"),
    [
        ('sudo systemctl edit ollama  →  [Service] Environment="A=1"',
         ["sudo systemctl edit ollama", '[Service]\nEnvironment="A=1"'], "and write there"),
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


def test_a_thousand_alerts_make_no_page_that_nobody_can_load(status: Status) -> None:
    one = status["alerts"][0]
    status["alerts"] = [{**one, "id": f"{number:016x}"} for number in range(1000)]

    assert page(status).count('<article class="alert') == 50
    assert "950 alerts more: see the API." in said(status)


# ---- what runs


def test_a_runner_shows_what_it_got_beside_what_is_wanted(status: Status) -> None:
    found = said(status, "runs")

    assert "llama3.1:8b 4096 tokens for a request ✗ below 32768, wanted by its earlier launches" in found
    assert "gemma3:4b 16384 tokens for a request ✓ at least 8192, wanted by your configuration" in found
    assert (
        "slots 4 all slots 16384 model takes 131072 batch 1024 layers on GPU 31 of 49 library cuda" in found
    )
    assert "flash attention on KV cache not told engine llama-server" in found
    assert "loaded by /v1/chat/completions from 127.0.0.1" in found
    assert "context of a request not set" in found  # who set what


def test_the_context_over_time_is_drawn_and_told(status: Status) -> None:
    drawings = [given for given in Html(page(status)).named("svg") if given.get("role") == "img"]

    assert len(drawings) == 3  # of the models with more than one launch
    assert (
        "Context of a request: 32768 for 1 launch, then 131072 for 1 launch, then 32768 for 1 launch, then "
        "65536 for 1 launch, then 32768 for 1 launch, then 4096 for 1 launch. Wanted: 32768."
    ) in said(status, "runs")


def test_a_larger_context_is_drawn_higher_and_a_later_launch_further_right(status: Status) -> None:
    (chat,) = (one for one in status["runners"] if one["model"] == "llama3.1:8b")
    drawn = page({**status, "runners": [chat], "past": []})
    dots = Html(drawn).named("circle")

    heights = [float(one["cy"]) for one in dots]
    contexts = [one["ctx_per_slot"] for one in chat["contexts"]]
    assert sorted(range(6), key=heights.__getitem__) == sorted(range(6), key=lambda n: -contexts[n])
    places = [float(one["cx"].removesuffix("%")) for one in dots]
    assert places == sorted(set(places))
    assert [one["class"] for one in dots] == ["point"] * 5 + ["point default"]


@pytest.mark.parametrize("moment", [None, "2001-01-01T00:00:00Z"])
def test_times_that_cannot_be_are_not_drawn(status: Status, moment: str | None) -> None:
    """A log may say any time: then its launches stand one after the other."""
    (chat,) = (one for one in status["runners"] if one["model"] == "llama3.1:8b")
    chat["contexts"][3]["at"] = moment
    dots = Html(page({**status, "runners": [chat], "past": []})).named("circle")

    places = [float(one["cx"].removesuffix("%")) for one in dots]
    steps = [later - one for one, later in pairwise(places)]
    assert max(steps) - min(steps) < 0.1


def test_what_ran_before_has_its_history(status: Status) -> None:
    assert [one["model"] for one in status["past"]] == ["phi4:14b"]
    assert "phi4:14b last launched" in said(status, "ran")
    assert "What ran before" not in said({**status, "past": []})


# ---- what is read


def test_what_could_not_be_judged_names_the_rule_and_what_is_missing(status: Status) -> None:
    assert "nomic-embed-text : the log does not tell layers on the GPU" in said(status, "unjudged")
    assert "all-on-cpu" in said(status, "unjudged")
    for one in status["runners"]:
        one["unknowns"] = {}
    assert "Every rule could be held against what runs." in said(status, "unjudged")


def test_a_source_says_how_reading_goes(status: Status) -> None:
    assert "server.log" in said(status, "reads")
    assert "✓ read to its end Ollama 0.32.1 its default 4096 tokens for a request last line" in said(
        status, "reads"
    )
    status["sources"][0].update(suppressed_lines=1200, gaps=2, caught_up=False, context_default=None)

    found = said(status, "reads")
    assert "still being read" in found
    assert "journald dropped 1,200 lines" in found
    assert "lines may be missing in 2 places" in found
    assert "its default not told" in found
    assert "read to its end" not in found


def test_several_sources_are_told_apart(status: Status) -> None:
    assert " on gpu1" not in said(status, "runs")
    status["sources"].append({**status["sources"][0], "host": "gpu1"})
    status["runners"].append({**status["runners"][0], "host": "gpu1"})
    status["runners"].append({**status["runners"][0], "host": "gpu1"})  # in another file of that name

    assert "server.log on gpu1" in said(status, "runs")
    assert Html(page(status)).mistakes == []


# ---- foreign words


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
