"""The API in place of a directory that cannot be read: asked by another thread, seldom, never waited for."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.models.api import Api
from ollama_watch.models.catalogue import Catalogue
from tests.support.models import Models
from tests.support.ollama_api import OllamaApi

WEIGHTS, MANIFEST = "ab" * 32, "12" * 32
NOWHERE = Path("/nonexistent/models")
INFO = {"general.architecture": "qwen3", "qwen3.context_length": 40960}


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ollama() -> Iterator[OllamaApi]:
    with OllamaApi() as ollama:
        ollama.add("b:latest", WEIGHTS, MANIFEST, "num_ctx 1500")
        ollama.add("a:latest", WEIGHTS, "34" * 32, info=INFO)
        yield ollama


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(ollama: OllamaApi, clock: Clock) -> Catalogue:
    return Catalogue(api=Api(ollama.address), clock=clock)


def _names(catalogue: Catalogue, digest: str = WEIGHTS) -> list[str] | None:
    tags = catalogue.tags(digest, NOWHERE)
    return None if tags is None else [tag.name for tag in tags]


def test_what_the_api_said_is_there_for_the_next_question(catalogue: Catalogue) -> None:
    assert _names(catalogue) is None
    before = catalogue.look()

    assert catalogue.ask()

    assert catalogue.look() == before + 1
    assert _names(catalogue) == ["a", "b"]
    assert _names(catalogue, "ff" * 32) == []
    header = catalogue.header(WEIGHTS, NOWHERE)
    assert header is not None
    assert header.context_length == 40960


def test_nobody_is_asked_who_need_not_be(ollama: OllamaApi, tmp_path: Path) -> None:
    models = Models(tmp_path)
    models.tag("a:latest", WEIGHTS)
    catalogue = Catalogue(models.directory, Api(ollama.address))
    assert catalogue.tags(WEIGHTS)
    assert catalogue.tags("ff" * 32) == ()

    assert not catalogue.ask()
    assert not ollama.asked


def test_it_is_asked_once_a_minute_and_only_if_somebody_wants_to_know(
    catalogue: Catalogue, ollama: OllamaApi, clock: Clock
) -> None:
    assert not catalogue.ask()
    for _ in range(600):
        _names(catalogue)
        catalogue.ask()
        clock.now += 1
    assert ollama.asked["tags"] == 10

    clock.now += 600
    catalogue.ask()  # of the last question
    clock.now += 600
    assert not catalogue.ask()
    assert ollama.asked == {"tags": 11, "show a:latest": 1, "show b:latest": 1}


def test_the_loop_goes_on_while_the_api_waits(catalogue: Catalogue, ollama: OllamaApi) -> None:
    _names(catalogue)
    ollama.gate.clear()
    worker = threading.Thread(target=catalogue.ask)
    worker.start()

    assert [_names(catalogue) for _ in range(100)] == [None] * 100

    ollama.gate.set()
    worker.join(10)
    assert _names(catalogue) == ["a", "b"]


def test_an_answer_that_fails_leaves_the_last_one(
    catalogue: Catalogue, ollama: OllamaApi, clock: Clock
) -> None:
    _names(catalogue)
    catalogue.ask()
    before = catalogue.look()
    ollama.answers["/api/tags"] = None
    clock.now += 60
    _names(catalogue)

    assert catalogue.ask()

    assert _names(catalogue) == ["a", "b"]
    assert catalogue.look() == before


def test_the_same_answer_is_no_news(catalogue: Catalogue, clock: Clock) -> None:
    _names(catalogue)
    catalogue.ask()
    before = catalogue.look()
    clock.now += 60
    _names(catalogue)
    catalogue.ask()

    assert catalogue.look() == before


def test_without_an_api_nobody_is_asked() -> None:
    catalogue = Catalogue()

    assert _names(catalogue) is None
    assert not catalogue.ask()
