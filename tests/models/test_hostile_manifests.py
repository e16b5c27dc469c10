"""What somebody put below a models directory to hurt: passed over, and the honest tag beside it is read."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ollama_watch.models import manifests
from ollama_watch.models.manifests import names
from ollama_watch.models.tag import hexadecimal, spoken
from tests.support.models import Models, as_nobody, layer

WEIGHTS = "ab" * 32
HONEST = "honest:latest"


@pytest.fixture
def models(tmp_path: Path) -> Models:
    models = Models(tmp_path / "models")
    models.tag(HONEST, WEIGHTS, {"num_ctx": 4096})
    return models


def _only_the_honest(models: Models) -> bool:
    found = names(models.directory)
    return [(tag.name, tag.params) for tag in found.tags] == [("honest", {"num_ctx": 4096})]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe{", id="no text"),
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'{"layers":' * 20_000, id="deep objects"),
        pytest.param(b'{"layers": [NaN]}', id="no number"),
        pytest.param(b"1" * 100_000, id="long number"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b'{"layers": {}}', id="no list"),
        pytest.param(b'{"layers": [1, null, [], "x", {}]}', id="no layers"),
        pytest.param(b'{"layers": [{"mediaType": ["x"], "digest": {}}]}', id="wrong types"),
        pytest.param(json.dumps({"layers": [layer("model", "../" * 30)]}).encode(), id="path"),
        pytest.param(json.dumps({"layers": [layer("model", "AB" * 32)]}).encode(), id="capitals"),
        pytest.param(json.dumps({"layers": [layer("model", WEIGHTS)]}).encode().ljust(300_000), id="huge"),
    ],
)
def test_a_manifest_that_is_none_is_passed_over(models: Models, data: bytes) -> None:
    models.write("evil:latest", data)

    assert _only_the_honest(models)


def _fifo(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, outside: Path) -> None:
    path.mkdir()


def _device(path: Path, outside: Path) -> None:
    path.symlink_to("/dev/zero")


def _out(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def _itself(path: Path, outside: Path) -> None:
    path.symlink_to(path)


def _nowhere(path: Path, outside: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [_fifo, _folder, _device, _out, _itself, _nowhere])
def test_what_is_no_file_of_the_tree_is_not_read(
    models: Models, make: Callable[[Path, Path], None], tmp_path: Path, opened: Counter[str]
) -> None:
    """A FIFO nobody writes to would make us wait for ever, a device never end; some do things when opened."""
    outside = tmp_path / "outside"
    outside.write_bytes(models.manifest(HONEST).read_bytes())
    path = models.manifest("evil:latest")
    path.parent.mkdir(parents=True)
    make(path, outside)

    assert _only_the_honest(models)
    assert names(models.directory).trouble is None
    assert not opened[str(path)]


@pytest.mark.parametrize("make", [_fifo, _folder, _device, _out, _itself, _nowhere])
def test_a_params_layer_that_is_no_file_of_the_tree_is_unknown(
    models: Models, make: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text('{"num_ctx": 1}')
    models.tag("evil:latest", WEIGHTS, more=[layer("params", "cd" * 32)])
    make(models.path("cd" * 32), outside)

    assert {tag.name: tag.params for tag in names(models.directory).tags}["evil"] is None


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_folder_that_is_a_link_out_of_the_tree_is_not_entered(
    models: Models, tmp_path: Path, depth: int
) -> None:
    other = Models(tmp_path / "other")
    path = other.tag("evil:latest", WEIGHTS)
    inside = models.directory / "manifests" / Path(*("registry.ollama.ai", "library", "evil")[:depth])
    inside.mkdir(parents=True, exist_ok=True)
    (inside / "link").symlink_to(path.parents[3 - depth], target_is_directory=True)

    assert _only_the_honest(models)


def test_circles_of_links_end(models: Models) -> None:
    top = models.directory / "manifests"
    for folder in (top, top / "registry.ollama.ai", top / "registry.ollama.ai" / "library"):
        for number in range(12):
            (folder / f"loop{number}").symlink_to(top, target_is_directory=True)

    found = names(models.directory)

    assert [tag.name for tag in found.tags] == ["honest"]


def test_more_names_than_anybody_has_are_told(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_MOST_MANIFESTS", 5)
    for number in range(9):
        models.tag(f"m{number}:latest", WEIGHTS)

    found = names(models.directory)

    assert len(found.tags) == 5
    assert found.trouble is not None
    assert "more than 5 names" in found.trouble.text


def test_a_link_inside_the_tree_is_a_name(models: Models) -> None:
    (models.manifest(HONEST).with_name("other")).symlink_to("latest")

    assert [tag.name for tag in names(models.directory).tags] == ["honest", "honest:other"]


@pytest.mark.parametrize(
    "name", ["\x1b[2J", "a\nb", "a b", "-x", "a:b", "\udcff", "ü", ".DS_Store", "x" * 200]
)
def test_a_name_that_ollama_would_not_take_is_none(models: Models, name: str) -> None:
    path = models.manifest(HONEST).with_name(name)
    os.link(models.manifest(HONEST), path)

    kept = {tag.name for tag in names(models.directory).tags}

    assert kept == {"honest", f"honest:{name}"} if name == "x" * 200 else kept == {"honest"}


@pytest.mark.parametrize("name", ["", ":", "/", "a//b", "../b", "a/../b:c", "a:b\n", "b:", "a\0b"])
def test_what_is_no_name_is_not_spoken(name: str) -> None:
    assert spoken(name) is None


@pytest.mark.parametrize(
    "digest", ["../../etc/passwd", "sha256:../etc/passwd", "sha256:" + "a" * 64 + "\n", 7]
)
def test_what_is_no_digest_makes_no_path(digest: object) -> None:
    assert hexadecimal(digest) is None


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"{", b"[" * 60_000, b"{}".ljust(70_000)])
def test_a_params_layer_of_another_shape_is_unknown(models: Models, data: bytes) -> None:
    models.tag("evil:latest", WEIGHTS, more=[layer("params", models.blob(data))])

    assert {tag.name: tag.params for tag in names(models.directory).tags}["evil"] is None


def test_of_a_params_layer_only_options_are_kept(models: Models) -> None:
    said = (
        '{"num_ctx": 1e999, "num_gpu": 7, "num_batch": NaN, "a b": 1, "x": {"y": 1}, "none": null,'
        ' "half": "\\ud800", "big": 99999999999999999999, "long": "'
        + "x" * 2000
        + '", "stop": [["x"], 1, "s"]}'
    )
    models.tag("evil:latest", WEIGHTS, more=[layer("params", models.blob(said.encode()))])

    found = {tag.name: tag.params for tag in names(models.directory).tags}["evil"]
    assert found == {"num_gpu": 7, "stop": (1, "s")}


def test_a_layer_that_may_not_be_read_is_trouble_and_its_params_unknown(open_path: Path) -> None:
    models = Models(open_path / "models")
    models.tag("ll:latest", WEIGHTS, {"num_ctx": 1})
    blob = models.path(hashlib.sha256(b'{"num_ctx": 1}').hexdigest())
    blob.chmod(0)

    with as_nobody():
        found = names(models.directory)

    assert [(tag.name, tag.params) for tag in found.tags] == [("ll", None)]
    assert found.trouble is not None
    assert found.trouble.path == str(blob)
