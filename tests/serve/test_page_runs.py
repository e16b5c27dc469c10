"""The status page: what runs, what it had before, what is read and what cannot be judged."""

from itertools import pairwise
from typing import Any

import pytest

from ollama_watch.serve.page.whole import page
from tests.support.html import Html, said

Status = dict[str, Any]


def test_a_runner_shows_what_it_got_beside_what_is_wanted(status: Status) -> None:
    found = said(page(status), "runs")

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
    ) in said(page(status), "runs")


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
    assert "phi4:14b last launched" in said(page(status), "ran")
    assert "What ran before" not in said(page({**status, "past": []}))


def test_many_runners_are_a_line_each_the_worst_first(status: Status) -> None:
    well, below = status["runners"][1], status["runners"][0]
    for one, wanted in ((well, 4096), (below, 32768)):
        one["facts"].update(ctx_per_slot=4096, ctx_wanted=wanted, ctx_wanted_from="config")
    status["runners"] = [{**well, "model": f"m{number}"} for number in range(6)]
    assert not Html(page(status)).named("details")[0]["id"].endswith("-all")
    status["runners"].append({**below, "model": "worst"})
    found = page(status)

    assert "What runs worst 4096 tokens · ✗ below 32768 4096 tokens for a" in said(found, "runs")
    assert "m0 4096 tokens · ✓ at least 4096 4096 tokens for a request" in said(found, "runs")
    assert found.count('class="card short"') == 7
    assert Html(found).mistakes == []


def test_many_models_that_ran_before_are_a_line_each(status: Status) -> None:
    (past,) = status["past"]
    status["past"] = [{**past, "model": f"m{number}"} for number in range(7)]

    assert page(status).count('class="card short"') == 7
    assert Html(page(status)).mistakes == []


# ---- what is read


def test_what_could_not_be_judged_names_the_rule_and_what_is_missing(status: Status) -> None:
    assert "nomic-embed-text : the log does not tell layers on the GPU" in said(page(status), "unjudged")
    assert "all-on-cpu" in said(page(status), "unjudged")
    for one in status["runners"]:
        one["unknowns"] = {}
    assert "Every rule could be held against what runs." in said(page(status), "unjudged")


def test_a_source_says_how_reading_goes(status: Status) -> None:
    assert "server.log" in said(page(status), "reads")
    health = "✓ read to its end Ollama 0.32.1 its default 4096 tokens for a request last line"
    assert health in said(page(status), "reads")
    status["sources"][0].update(suppressed_lines=1200, gaps=2, caught_up=False, context_default=None)

    found = said(page(status), "reads")
    assert "still being read" in found
    assert "journald dropped 1,200 lines" in found
    assert "lines may be missing in 2 places" in found
    assert "its default not told" in found
    assert "read to its end" not in found


def test_several_sources_are_told_apart(status: Status) -> None:
    assert " on gpu1" not in said(page(status), "runs")
    status["sources"].append({**status["sources"][0], "host": "gpu1"})
    status["runners"].append({**status["runners"][0], "host": "gpu1"})
    status["runners"].append({**status["runners"][0], "host": "gpu1"})  # in another file of that name

    assert "server.log on gpu1" in said(page(status), "runs")
    assert Html(page(status)).mistakes == []
