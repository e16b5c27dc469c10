"""The daemon finds out what models are called, below the models directory that a launch names."""

import json
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.daemon import append, daemon
from tests.support.ggufhead import Gguf
from tests.support.logs import START, launch
from tests.support.models import Models
from tests.support.wait import until


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


def _launched(models: Models, digest: str, **more: int) -> str:
    found = launch(digest=digest, started=True, **more)
    return found.replace("/usr/share/ollama/.ollama/models", str(models.directory))


def test_a_launch_is_called_by_its_tag(models: Models, log: Path) -> None:
    weights = models.blob(Gguf().head(Gguf().llama(trained=32768)))
    models.tag("qwen3:8b", weights)
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    with daemon(["--file", str(log)]) as running:
        (alert,) = until(lambda: running.firing("context-small"))
        (runner,) = running.json("/api/v1/status")["runners"]
        assert alert["models"] == ["qwen3:8b"]
        assert "qwen3:8b" in alert["summary"]
        assert (runner["model"], runner["facts"]["ctx_trained"]) == ("qwen3:8b", 32768)
        assert (
            running.metric('ollama_watch_runner_context_tokens{model="qwen3:8b",source="server.log"}') == 2048
        )


def test_what_the_models_own_layer_wants_is_wanted(models: Models, log: Path) -> None:
    weights = models.blob(b"weights")
    models.tag("qwen3:8b", weights, {"num_ctx": 16384})
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    with daemon(["--file", str(log)]) as running:
        (alert,) = until(lambda: running.firing("context-reverted"))
        assert alert["summary"] == "qwen3:8b runs with 2048 tokens, wanted 16384 (model)"


def test_tags_that_disagree_want_nothing_until_one_is_proven(models: Models, log: Path) -> None:
    weights = models.blob(b"weights")
    models.tag("qwen3:8b", weights, {"num_ctx": 16384})
    models.tag("small:latest", weights, {"num_ctx": 2048})
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    with daemon(["--file", str(log)]) as running:
        (alert,) = until(lambda: running.firing("context-small"))
        assert alert["models"] == ["qwen3:8b", "small"]
        assert running.firing("context-reverted") == []
        assert any("tags over the same weights" in cause["text"] for cause in alert["causes"])


def test_a_model_that_takes_no_more_is_left_alone(models: Models, log: Path) -> None:
    weights = models.blob(Gguf().head(Gguf().llama(trained=2048)))
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.json("/api/v1/status")["runners"])
        assert running.firing("context-small") == []


def test_a_name_that_comes_later_is_taken_in(models: Models, log: Path) -> None:
    weights = models.blob(b"weights")
    models.tag("other:1b", models.blob(b"other"))
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    with daemon(["--file", str(log)]) as running:
        (before,) = until(lambda: running.firing("context-small"))
        models.tag("qwen3:8b", weights)
        (after,) = until(
            lambda: [one for one in running.firing("context-small") if one["models"] == ["qwen3:8b"]], 30
        )
        assert after["id"] == before["id"]


def test_check_names_models_too(models: Models, log: Path) -> None:
    weights = models.blob(b"weights")
    models.tag("qwen3:8b", weights)
    append(log, *START, _launched(models, weights, ctx_size=8192, parallel=4))

    (found,) = json.loads(run("check", "--format", "json", log).stdout)["launches"]
    assert found["facts"]["model"] == ["qwen3:8b"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("auto", "names come from Ollama's API or not at all"),
        ("off", "models are called by their digests"),
    ],
)
def test_what_follows_from_a_directory_that_is_not_there(
    models: Models, log: Path, asked: str, told: str
) -> None:
    config = log.with_name("config.yaml")
    config.write_text(f"models: {{ollama_api: '{asked}'}}\n")
    append(log, *START, _launched(models, "5b" * 32, ctx_size=8192, parallel=4))

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: f"there is no {models.directory}/manifests here: {told}" in running.said)
