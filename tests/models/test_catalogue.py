"""What is read when: on the first question, after a change, and never for each line."""

import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ollama_watch.models.catalogue import Catalogue
from ollama_watch.models.place import directory_of
from tests.support.ggufhead import Gguf
from tests.support.models import Models, as_nobody, layer
from tests.support.wait import until

WEIGHTS, OTHER = "ab" * 32, "cd" * 32
NEW = Gguf()


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def models(tmp_path: Path) -> Models:
    models = Models(tmp_path / "models")
    models.tag("a:latest", WEIGHTS, {"num_ctx": 4096})
    return models


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(models: Models, clock: Clock) -> Catalogue:
    return Catalogue(models.directory, clock=clock)


def _names(catalogue: Catalogue, digest: str = WEIGHTS) -> list[str] | None:
    tags = catalogue.tags(digest)
    return None if tags is None else [tag.name for tag in tags]


def test_nothing_is_read_before_somebody_asks(catalogue: Catalogue, opened: Counter[str]) -> None:
    assert catalogue.look() == 0
    assert not opened

    assert _names(catalogue) == ["a"]
    assert catalogue.look() == 1


def test_ten_thousand_questions_read_each_file_once(
    catalogue: Catalogue, clock: Clock, opened: Counter[str]
) -> None:
    """Half of them for a blob that is not there, over a quarter of an hour."""
    for _ in range(5000):
        clock.now += 0.2
        assert _names(catalogue) == ["a"]
        assert _names(catalogue, OTHER) == []
        catalogue.look()

    assert set(opened.values()) == {1}
    assert catalogue.look() == 1


def test_questions_between_two_looks_touch_no_file(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(catalogue)

    def touched(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(os, "stat", touched)
    monkeypatch.setattr(os, "scandir", touched)
    assert _names(catalogue) == ["a"]
    assert _names(catalogue, OTHER) == []
    catalogue.look()


def _new_tag(models: Models) -> None:
    models.tag("b:latest", WEIGHTS)


def _gone(models: Models) -> None:
    models.manifest("a:latest").unlink()


def _written_over(models: Models) -> None:
    """As `ollama create` does it: no folder changes."""
    models.tag("a:latest", OTHER)


def _replaced(models: Models) -> None:
    other = models.tag("b:latest", OTHER)
    other.replace(models.manifest("a:latest"))


@pytest.mark.parametrize(
    ("change", "names"),
    [(_new_tag, ["a", "b"]), (_gone, []), (_written_over, []), (_replaced, [])],
)
def test_a_change_is_seen_at_the_next_look(
    catalogue: Catalogue, models: Models, clock: Clock, change: Callable[[Models], None], names: list[str]
) -> None:
    before = (_names(catalogue), catalogue.look())
    change(models)
    clock.now += 0.5
    assert (_names(catalogue), catalogue.look()) == before

    clock.now += 10

    assert catalogue.look() == before[1] + 1
    assert _names(catalogue) == names


def test_a_hint_is_taken_at_once(catalogue: Catalogue, models: Models) -> None:
    _names(catalogue)
    models.tag("b:latest", WEIGHTS)
    catalogue.changed()

    assert _names(catalogue) == ["a", "b"]


def test_a_model_that_came_a_second_ago_is_found(catalogue: Catalogue, models: Models, clock: Clock) -> None:
    _names(catalogue)
    models.tag("new:latest", OTHER)
    clock.now += 1

    assert _names(catalogue, OTHER) == ["new"]


def test_a_params_layer_that_was_missing_is_read_when_it_is_there(
    catalogue: Catalogue, models: Models, clock: Clock
) -> None:
    digest = models.blob(b'{"num_ctx": 7}')
    models.path(digest).unlink()
    models.tag("a:latest", WEIGHTS, more=[layer("params", digest)])
    assert [tag.params for tag in catalogue.tags(WEIGHTS) or ()] == [None]

    models.blob(b'{"num_ctx": 7}')
    clock.now += 10

    assert [tag.params for tag in catalogue.tags(WEIGHTS) or ()] == [{"num_ctx": 7}]


def test_a_header_is_read_once_and_again_when_the_file_is_another(
    catalogue: Catalogue, models: Models, opened: Counter[str]
) -> None:
    digest = models.blob(NEW.head(NEW.llama()))
    path = str(models.path(digest))
    for _ in range(100):
        header = catalogue.header(digest)
        assert header is not None
        assert header.context_length == 8192
    assert opened[path] == 1

    Path(path).write_bytes(NEW.head(NEW.llama(trained=512)) + b"longer")

    header = catalogue.header(digest)
    assert header is not None
    assert header.context_length == 512


def test_what_is_no_header_is_remembered_too(
    catalogue: Catalogue, models: Models, opened: Counter[str]
) -> None:
    digest = models.blob(b"no model")

    assert [catalogue.header(digest) for _ in range(100)] == [None] * 100
    assert opened[str(models.path(digest))] == 1


def test_of_headers_only_the_latest_are_kept(models: Models, opened: Counter[str]) -> None:
    catalogue = Catalogue(models.directory)
    digests = [models.blob(NEW.head(NEW.llama(trained=number))) for number in range(1, 130)]
    for digest in (*digests, digests[-1], digests[0]):
        assert catalogue.header(digest)

    assert opened[str(models.path(digests[-1]))] == 1
    assert opened[str(models.path(digests[0]))] == 2


@pytest.mark.parametrize("digest", ["", "..", "../../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_what_is_no_digest_has_no_name_and_no_header(
    catalogue: Catalogue, opened: Counter[str], digest: str
) -> None:
    assert catalogue.header(digest) is None
    assert not opened
    assert catalogue.tags(digest) == ()


def test_a_path_is_no_digest(catalogue: Catalogue, models: Models) -> None:
    folder = models.directory / "blobs" / "sha256-x"
    folder.mkdir()
    (folder / "y").write_bytes(NEW.head(NEW.llama()))

    assert catalogue.header("x/y") is None


def test_two_servers_name_the_same_blob_each_in_its_own_way(models: Models, tmp_path: Path) -> None:
    other = Models(tmp_path / "other")
    other.tag("b:latest", WEIGHTS)
    other.tag("c:latest", OTHER)
    catalogue = Catalogue()

    def at(one: Models) -> list[str]:
        launched = directory_of(f"{one.directory}/blobs/sha256-{WEIGHTS}")
        return [tag.name for tag in catalogue.tags(WEIGHTS, launched) or ()]

    assert (at(models), at(other)) == (["a"], ["b"])
    assert _names(catalogue, OTHER) == ["c"]


def test_directories_are_not_kept_for_ever(tmp_path: Path) -> None:
    """Paths come from the log. What was put away still counts as read."""
    catalogue = Catalogue()
    for number in range(40):
        catalogue.tags(WEIGHTS, tmp_path / str(number))

    assert len(catalogue.troubles) == 16
    assert catalogue.look() == 40


def test_the_configured_directory_goes_before_that_of_a_launch(models: Models) -> None:
    """In a container the path of the launch line is another."""
    catalogue = Catalogue(models.directory)

    assert [tag.name for tag in catalogue.tags(WEIGHTS, Path("/root/.ollama/models")) or ()] == ["a"]


def test_a_directory_that_is_not_there_is_told_and_found_when_it_comes(tmp_path: Path, clock: Clock) -> None:
    models = Models(tmp_path / "later")
    catalogue = Catalogue(models.directory, clock=clock)
    assert _names(catalogue) is None
    (trouble,) = catalogue.troubles
    assert "there is no" in trouble.text

    models.tag("a:latest", WEIGHTS)
    clock.now += 10

    assert _names(catalogue) == ["a"]
    assert catalogue.troubles == ()


def test_a_directory_that_may_not_be_read_is_told_and_found_when_it_may(
    open_path: Path, clock: Clock
) -> None:
    models = Models(open_path / "closed" / "models")
    models.tag("a:latest", WEIGHTS)
    catalogue = Catalogue(models.directory, clock=clock)
    (open_path / "closed").chmod(0)
    with as_nobody():
        assert _names(catalogue) is None
        assert catalogue.header(WEIGHTS) is None
        (trouble,) = catalogue.troubles
    assert "Permission denied" in trouble.text
    assert trouble.path == str(models.directory / "manifests")
    assert f"BindReadOnlyPaths={models.directory}:/run/ollama-models" in trouble.mend

    (open_path / "closed").chmod(0o755)
    clock.now += 10
    with as_nobody():
        assert _names(catalogue) == ["a"]
    assert catalogue.troubles == ()


def test_reading_while_tags_are_replaced_gives_old_or_new_and_never_half(models: Models) -> None:
    """Each state of the tag says of itself which blob and context belong together."""
    states = [f"{number:064x}" for number in range(1, 9)]
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            for number, digest in enumerate(states, 1):
                params = models.blob(json.dumps({"num_ctx": number}).encode())
                layers = [layer("model", digest), layer("params", params)]
                models.write("a:latest", json.dumps({"layers": layers}).encode())

    writer = threading.Thread(target=rewrite)
    writer.start()
    clock = Clock()
    catalogue = Catalogue(models.directory, clock=clock)
    seen: set[str] = set()

    def five_were_read() -> bool:
        clock.now += 10
        for number, digest in enumerate(states, 1):
            for tag in catalogue.tags(digest) or ():
                assert tag.params in ({"num_ctx": number}, None)
                seen.add(digest)
        return len(seen) >= 5

    try:
        until(five_were_read)
    finally:
        stop.set()
        writer.join(10)

    models.tag("a:latest", WEIGHTS)
    clock.now += 10
    assert _names(catalogue) == ["a"]
