"""Which models only embed: by their dump, or by the flag where the flag means it."""

import pytest

from tests.support.checked import facts
from tests.support.ollama_log import OllamaLog


def server(release: str = "0.24.0") -> OllamaLog:
    return OllamaLog().server(release)


@pytest.mark.parametrize("arch", ["bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "gemma-embedding"])
def test_some_architectures_only_embed(arch: str) -> None:
    assert facts(str(server().launch(ctx=512).dump(arch=arch, context_length=512)))["embedding"] is True


def test_a_pooling_type_tells_it_of_any_architecture() -> None:
    log = server().launch(ctx=512).dump(arch="qwen3", context_length=512, pooling_type=3)

    assert facts(str(log))["embedding"] is True


def test_no_pooling_is_told_as_0() -> None:
    log = server().launch(ctx=512).dump(arch="qwen3", context_length=512, pooling_type=0)

    assert facts(str(log))["embedding"] is False


def test_a_whole_dump_without_a_pooling_type_is_of_no_embedding_model() -> None:
    assert facts(str(server().launch(ctx=512).dump(context_length=512)))["embedding"] is False


def test_without_a_dump_it_is_not_known() -> None:
    assert facts(str(server().launch(ctx=512)))["embedding"] is None


def test_the_new_engine_tells_its_architecture_instead() -> None:
    log = server().launch(ctx=512, flags="--ollama-engine").says('"" architecture=nomic-bert file_type=F16')

    assert facts(str(log))["embedding"] is True


@pytest.mark.parametrize(
    ("release", "means"), [("0.1.32", None), ("0.4.0", None), ("0.30.0", True), ("0.32.15", True)]
)
def test_the_flag_means_it_from_0_30_on(release: str, *, means: bool | None) -> None:
    """Up to 0.4.0 it stands on every launch line."""
    assert facts(str(server(release).launch(ctx=512, flags="--embedding")))["embedding"] is means
