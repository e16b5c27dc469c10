"""Facts and fields of settled words: what rules may ask for is what logs tell, no more and no less."""

from collections.abc import Iterator

import pytest

from ollama_watch.app.config import Config, Want
from ollama_watch.app.judging import Judging
from ollama_watch.app.trial import read_trial
from ollama_watch.app.workshop import lines, open_workshop
from ollama_watch.model import Facts, Line
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.words import WORDS
from tests.support.golden import LOGS
from tests.verify.ruletext import complaints

RULE = "rules: [{id: r, severity: info, summary: s, when: {%s}, expect: {parallel: 1}}]"


def told() -> Iterator[Facts]:
    """Yield the facts of launches and the fields of events, from the golden logs and the shipped cases."""
    golden: list[tuple[dict[str, int], list[Line]]] = [
        ({}, [Line(text, number, 0.0) for number, text in enumerate(log.splitlines(), 1)])
        for log in LOGS.values()
    ]
    cases = [(case.want, list(lines(case))) for case in open_workshop(None).cases if case.facts is None]
    for want, text in (*golden, *cases):
        trial = read_trial(text, Judging(Config(want=tuple(Want(tag, of) for tag, of in want.items()))))
        yield from (launch.facts for launch in trial.launches)
        yield from (occurrence.fields for occurrence in trial.occurrences)


def test_logs_tell_these_words_and_no_others() -> None:
    seen: dict[str, set[object]] = {name: set() for name in WORDS}
    for facts in told():
        for name in WORDS:
            seen[name].add(facts.get(name))

    seen["ctx_wanted_from"].add("model")  # by the layers of a model, which no log shows
    assert {name: words - {None} for name, words in seen.items()} == {
        name: set(words) for name, words in WORDS.items()
    }


def test_a_field_that_is_settled_in_one_event_is_so_in_all() -> None:
    settled = {field for event in EVENTS.values() for field in event.words}

    assert all(
        field not in event.fields or field in event.words for event in EVENTS.values() for field in settled
    )


@pytest.mark.parametrize(
    "text", ["llama-*", '"!mlx"', '"!= image"', '"== mlx"', "[mlx, image]", '"*"', '"!= source"']
)
def test_words_and_globs_that_match_one_are_read(text: str) -> None:
    assert complaints(RULE % f"engine: {text}") == []


@pytest.mark.parametrize("text", ["vllm", '"!vllm"', '"!= vllm"', "[mlx, vllm]", '"v*"', "mlx-*"])
def test_others_are_refused(text: str) -> None:
    (error,) = complaints(RULE % f"engine: {text}")

    assert error.message.startswith("engine is never ")


def test_open_sets_stay_open() -> None:
    assert complaints(RULE % "library: romc, kv_cache_type: q7") == []
