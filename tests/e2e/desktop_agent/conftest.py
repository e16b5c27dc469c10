"""A daemon with models that have names, for the agent to follow."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("jeepney")

from tests.support.daemon import Daemon, append
from tests.support.logs import START, launch
from tests.support.models import Models
from tests.support.session import watching

_BLOBS = "/usr/share/ollama/.ollama/models"


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Named before anything is launched: names that are learnt late are shown late."""
    found = Models(tmp_path / "models")
    for name in ("qwen2.5-coder:7b", "qwen3:8b", "gemma3:4b", "llama3.2:3b"):
        found.tag(name, found.blob(name.encode()))
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    append(path, *START)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "ollama-watchd" / "config.yaml"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.fixture
def running(log: Path, config: Path, tmp_path: Path) -> Iterator[Daemon]:
    with watching(log, config, tmp_path) as running:
        yield running


@pytest.fixture
def launched(log: Path, models: Models) -> Callable[..., None]:
    """Let a model be launched by its name."""

    def launched(name: str, ctx_size: int, parallel: int = 1, port: int = 40001) -> None:
        weights = models.blob(name.encode())
        line = launch(ctx_size=ctx_size, parallel=parallel, digest=weights, port=port, started=True)
        append(log, line.replace(_BLOBS, str(models.directory)))

    return launched
