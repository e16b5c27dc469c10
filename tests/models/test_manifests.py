"""Names, digests and params layers, read as Ollama wrote them."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from ollama_watch.models.manifests import names
from ollama_watch.models.tag import Tag, options_shown, spoken
from tests.support.models import Models, layer

WEIGHTS = "ab" * 32


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models")


def test_a_manifest_gives_all_that_it_names(models: Models) -> None:
    params = {"num_ctx": 1500, "temperature": 0.7, "stop": ["<|im_end|>", "\n"], "use_mmap": False}
    more = [layer("projector", "cd" * 32), layer("adapter", "ef" * 32)]
    path = models.tag("ll1500:latest", WEIGHTS, params, more)

    assert names(models.directory).tags == (
        Tag(
            name="ll1500",
            digest=WEIGHTS,
            manifest_digest=hashlib.sha256(path.read_bytes()).hexdigest(),
            projectors=("cd" * 32,),
            adapters=("ef" * 32,),
            params={"num_ctx": 1500, "temperature": 0.7, "stop": ("<|im_end|>", "\n"), "use_mmap": False},
        ),
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("qwen3:8b", "qwen3:8b"),
        ("qwen3:latest", "qwen3"),
        ("ann/coder:latest", "ann/coder"),
        ("hf.co/bartowski/Qwen-GGUF:Q4_K_M", "hf.co/bartowski/Qwen-GGUF:Q4_K_M"),
        ("localhost:5000/ann/coder:latest", "localhost:5000/ann/coder"),
    ],
)
def test_a_name_is_what_people_write(models: Models, written: str, said: str) -> None:
    models.tag(written, WEIGHTS)

    assert [tag.name for tag in names(models.directory).tags] == [said]
    assert spoken(written) == said


def test_two_tags_over_one_blob_keep_their_own_layers(models: Models) -> None:
    models.tag("ll:latest", WEIGHTS)
    models.tag("ll1500:latest", WEIGHTS, {"num_ctx": 1500})

    found = {tag.name: (tag.digest, tag.params) for tag in names(models.directory).tags}

    assert found == {"ll": (WEIGHTS, {}), "ll1500": (WEIGHTS, {"num_ctx": 1500})}


def test_a_params_layer_that_is_gone_is_unknown_and_not_empty(models: Models) -> None:
    models.tag("ll:latest", WEIGHTS, {"num_ctx": 1500})
    models.path(hashlib.sha256(json.dumps({"num_ctx": 1500}).encode()).hexdigest()).unlink()

    found = names(models.directory)

    assert [tag.params for tag in found.tags] == [None]
    assert found.trouble is None


def test_a_model_without_a_blob_has_no_tag(models: Models) -> None:
    models.write("mlx:latest", json.dumps({"layers": [layer("tensor", WEIGHTS)]}).encode())

    assert names(models.directory).tags == ()


def test_each_file_is_opened_once(models: Models, opened: Counter[str]) -> None:
    """Forty tags that share one params layer: forty manifests and one layer."""
    for number in range(40):
        models.tag(f"m{number}:latest", f"{number:064x}", {"num_ctx": 4096})
    opened.clear()

    found = names(models.directory)

    assert len(found.tags) == 40
    assert len(opened) == 41
    assert set(opened.values()) == {1}


def test_params_as_the_api_shows_them_are_those_of_the_layer() -> None:
    shown = (
        'stop                           "<|im_start|>"\n'
        'stop                           "a\\"b\\n"\n'
        "num_ctx                        1.048576e+06\n"
        "temperature                    0.7\n"
        "use_mmap                       false\n"
        "odd                            <nil>"
    )

    assert options_shown(shown) == {
        "stop": ("<|im_start|>", 'a"b\n'),
        "num_ctx": 1048576,
        "temperature": 0.7,
        "use_mmap": False,
    }
    assert options_shown(shown)["use_mmap"] is False
