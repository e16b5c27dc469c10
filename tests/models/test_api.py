"""Names from Ollama's API: real requests to a server that answers as Ollama does."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.models import api as module
from ollama_watch.models.api import Api, address
from ollama_watch.models.header import Header
from ollama_watch.models.tag import Tag
from tests.support.ollama_api import OllamaApi

WEIGHTS, MANIFEST = "ab" * 32, "12" * 32
INFO = {
    "general.architecture": "qwen3",
    "qwen3.context_length": 40960,
    "qwen3.block_count": 2,
    "qwen3.embedding_length": 64,
    "qwen3.attention.head_count": 2,
    "qwen3.attention.key_length": 128,
    "qwen3.attention.head_count_kv": 1,
    "qwen3.pooling_type": 3,
    "tokenizer.ggml.tokens": None,
}


@pytest.fixture
def ollama() -> Iterator[OllamaApi]:
    with OllamaApi() as ollama:
        yield ollama


def test_a_model_with_all_that_is_told_of_it(ollama: OllamaApi) -> None:
    blob = "FROM /m/blobs/sha256-{}\nADAPTER /m/blobs/sha256-{}\n".format("cd" * 32, "ef" * 32)
    ollama.add("qwen3:latest", WEIGHTS, MANIFEST, "num_ctx      1500", blob, INFO)

    found = Api(ollama.address).models()

    assert found is not None
    assert found[0].tag == Tag(
        name="qwen3",
        digest=WEIGHTS,
        manifest_digest=MANIFEST,
        projectors=("cd" * 32,),
        adapters=("ef" * 32,),
        params={"num_ctx": 1500},
    )
    assert found[0].header == Header(
        architecture="qwen3",
        context_length=40960,
        pooling_type=3,
        block_count=2,
        head_count_kv=(1, 1),
        key_length=128,
        value_length=32,
        ordinary=True,
    )


def test_heads_of_each_layer_are_not_told_and_not_guessed(ollama: OllamaApi) -> None:
    ollama.add("q:1b", WEIGHTS, MANIFEST, info={**INFO, "qwen3.attention.head_count_kv": []})

    (found,) = Api(ollama.address).models() or ()

    assert found.header is not None
    assert found.header.head_count_kv is None


def test_a_model_is_asked_for_again_only_with_another_manifest(ollama: OllamaApi) -> None:
    ollama.add("a:latest", WEIGHTS, MANIFEST)
    ollama.add("b:latest", WEIGHTS, "34" * 32)
    api = Api(ollama.address)
    api.models()
    ollama.listed[1]["digest"] = "56" * 32

    assert len(api.models() or ()) == 2
    assert ollama.asked == {"tags": 2, "show a:latest": 1, "show b:latest": 2}


def test_a_model_of_the_cloud_has_no_blob(ollama: OllamaApi) -> None:
    ollama.add("cloud:latest", "", MANIFEST)
    ollama.add("a:latest", WEIGHTS, MANIFEST)

    assert [one.tag.name for one in Api(ollama.address).models() or ()] == ["a"]


def test_no_models_are_no_trouble(ollama: OllamaApi) -> None:
    ollama.answers["/api/tags"] = {"models": None}

    assert Api(ollama.address).models() == ()


def test_half_of_an_answer_is_none(ollama: OllamaApi) -> None:
    """A blob whose second tag is missing would be named for certain, and wrongly."""
    ollama.add("a:latest", WEIGHTS, MANIFEST)
    ollama.add("b:latest", WEIGHTS, "34" * 32)
    del ollama.shown["b:latest"]

    assert Api(ollama.address).models() is None


@pytest.mark.parametrize("path", ["/api/tags", "/api/show"])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="not found"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"{}".ljust((4 << 20) + 1), id="huge"),
    ],
)
def test_an_answer_that_is_none(ollama: OllamaApi, path: str, answer: object) -> None:
    ollama.add("a:latest", WEIGHTS, MANIFEST)
    ollama.answers[path] = answer

    assert Api(ollama.address).models() is None


@pytest.mark.parametrize("models", [7, {"a": 1}, [1, None, {"name": 3, "digest": []}], [{"name": "../x"}]])
def test_a_list_of_other_things_names_nothing(ollama: OllamaApi, models: object) -> None:
    ollama.answers["/api/tags"] = {"models": models}

    assert not Api(ollama.address).models()


@pytest.mark.parametrize(
    "shown", [{}, {"modelfile": 7}, {"modelfile": "FROM /etc/passwd"}, {"modelfile": "\n"}]
)
def test_a_model_described_otherwise_has_no_blob(ollama: OllamaApi, shown: object) -> None:
    ollama.add("a:latest", WEIGHTS, MANIFEST)
    ollama.answers["/api/show"] = shown

    assert Api(ollama.address).models() == ()


def test_a_redirection_is_not_followed(ollama: OllamaApi) -> None:
    with OllamaApi() as other:
        ollama.answers["/api/tags"] = f"http://{other.address}/api/tags"

        assert Api(ollama.address).models() is None
        assert not other.asked


def test_a_proxy_is_not_asked(ollama: OllamaApi) -> None:
    script = "import sys; from ollama_watch.models.api import Api; print(Api(sys.argv[1]).models())"
    done = subprocess.run(
        [sys.executable, "-c", script, ollama.address],
        env={"http_proxy": "http://127.0.0.1:9"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )

    assert done.stdout == b"()\n", done.stderr


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert Api(f"127.0.0.1:{port}").models() is None


def test_one_who_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert Api(f"127.0.0.1:{server.getsockname()[1]}").models() is None


def test_one_who_answers_too_slowly_is_left(ollama: OllamaApi) -> None:
    """Each look at the clock finds it a minute later."""
    minutes = iter(range(0, 6000, 60))

    assert Api(ollama.address, lambda: float(next(minutes))).models() is None


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("", "127.0.0.1:11434"),
        ("127.0.0.1", "127.0.0.1:11434"),
        ("http://127.0.0.1:11434", "127.0.0.1:11434"),
        ("http://127.0.0.1", "127.0.0.1:80"),
        ("0.0.0.0", "127.0.0.1:11434"),
        ("0.0.0.0:8080", "127.0.0.1:8080"),
        (":8080", "127.0.0.1:8080"),
        ("localhost:8080/path", "127.0.0.1:8080"),
        ("127.8.8.8", "127.8.8.8:11434"),
        ("[::1]:8080", "[::1]:8080"),
        ("[::]", "[::1]:11434"),
        (' "127.0.0.1:1" ', "127.0.0.1:1"),
    ],
)
def test_an_address_of_this_machine(said: str, asked: str) -> None:
    assert address(said) == asked


@pytest.mark.parametrize(
    "said",
    [
        "192.168.1.5",
        "http://10.0.0.1:11434",
        "ollama.example",
        "https://127.0.0.1",
        "unix:///run/ollama",
        "127.0.0.1@ollama.example",
        "ollama.example#@127.0.0.1",
        "127.0.0.1.ollama.example",
        "[fe80::1]",
        "127.0.0.1:x",
        "127.0.0.1:99999",
        "[::1",
        "127.0.0.1\r\nX: y",
    ],
)
def test_another_address_is_not_asked(said: str) -> None:
    assert address(said) is None
    assert Api(said).models() is None
