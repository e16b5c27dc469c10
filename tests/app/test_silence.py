"""What works is not reported. Each false alarm costs the next true one."""

import pytest

from tests.support.checked import checked, found
from tests.support.ollama_log import OllamaLog

CAPPED = '"requested context size too large for model" num_ctx={} n_ctx_train={}'
SET = {"OLLAMA_CONTEXT_LENGTH": 32768}


def healthy(tier: int = 4096) -> OllamaLog:
    """A 0.32 on a card of this tier, as it starts when all is well."""
    return OllamaLog().server("0.32.15", {"OLLAMA_CONTEXT_LENGTH": 0}, tier=tier)


def test_a_fresh_install_gets_one_quiet_note() -> None:
    log = healthy().launch(ctx=4096, flags="--flash-attn auto --context-shift --keep 4")
    log.dump("a", context_length=131072).layers(29).started().started()

    assert found(checked(str(log))) == [("context-at-default", "info")]


def test_a_launch_as_the_variable_asks_is_not_reported() -> None:
    log = OllamaLog().server("0.32.15", SET, tier=4096).launch(ctx=32768).layers(29).started()

    assert found(checked(str(log))) == []


def test_the_variable_is_obeyed_by_older_releases_too() -> None:
    for release in ("0.5.13", "0.11.4", "0.24.0"):
        log = OllamaLog().server(release, SET).launch(ctx=32768).layers(29).started()

        assert found(checked(str(log))) == []


def test_a_large_card_at_its_default_is_not_reported() -> None:
    assert found(checked(str(healthy(tier=32768).launch(ctx=32768).layers(29).started()))) == []


def test_an_embedding_model_at_its_own_limit_is_not_reported() -> None:
    """nomic-embed-text: 2048 is all that it takes, and Ollama says that it capped its default."""
    own = "--embedding -b 2048 -ub 2048"
    log = healthy().warns(CAPPED.format(4096, 2048)).launch("nomic", ctx=2048, flags=own)
    log.dump("nomic", arch="nomic-bert", context_length=2048, pooling_type=1).layers(13, 13).started()

    assert found(checked(str(log))) == []


@pytest.mark.parametrize("release", ["0.3.7", "0.5.7", "0.11.4"])
def test_an_embedding_model_of_older_releases_is_not_reported(release: str) -> None:
    """Their batch is 512 unless somebody asks for another."""
    log = OllamaLog().server(release).launch("nomic", ctx=2048)
    log.dump("nomic", arch="nomic-bert", context_length=2048, pooling_type=1).layers(13, 13).started()

    assert found(checked(str(log))) == []


def test_an_embedding_model_of_256_tokens_is_not_reported() -> None:
    """all-minilm says so nowhere but in its dump."""
    log = OllamaLog().server("0.5.7").launch("minilm", ctx=256)
    log.dump("minilm", arch="bert", context_length=512, pooling_type=1).layers(7, 7).started()

    assert found(checked(str(log))) == []


def test_a_small_model_capped_by_default_is_not_reported() -> None:
    """TinyLlama: trained for 2048, and nobody asked for more."""
    log = healthy().warns(CAPPED.format(4096, 2048)).launch("tiny", ctx=2048).layers(23, 23).started()

    assert found(checked(str(log))) == []


def test_a_variable_that_asks_for_more_than_a_model_was_trained_for_is_not_reported() -> None:
    log = OllamaLog().server("0.32.15", SET, tier=4096).warns(CAPPED.format(32768, 8192))
    log.launch(ctx=8192).layers(29).started()

    assert found(checked(str(log))) == []


def test_one_model_for_two_clients_that_ask_for_more_is_not_reported() -> None:
    log = healthy().launch(ctx=16384).layers(29).started().wait(3600).launch(ctx=32768).layers(29).started()

    assert found(checked(str(log))) == []


def test_the_retry_of_a_load_that_took_too_much_memory_is_not_reported() -> None:
    log = healthy(tier=32768).launch(ctx=32768).wait(3)
    log.warns('"llama-server load failed; reducing automatic context and retrying once" old_num_ctx=32768')
    log.launch(ctx=16384).layers(29).started()

    assert found(checked(str(log))) == []


def test_probes_messages_and_other_programs_are_not_reported() -> None:
    log = healthy().says('"starting runner" cmd="/usr/bin/ollama runner --ollama-engine --port 4"')
    log.says('"error starting llama-server: no such file"', "ERROR").says('"starting ollama engine"')
    log.raw("llama_context: n_ctx_seq (4096) < n_ctx_train (131072) -- the full capacity is not used")
    log.raw("root 12 ollama runner --model /m/blobs/sha256-00 --ctx-size 2048 --port 4")

    report = checked(str(log))
    assert (found(report), report.launches, report.unparsed) == ([], [], [])


FLASH = '"flash attention enabled but not supported by {}"'
RESTARTED: dict[str, object] = {"OLLAMA_NUM_PARALLEL": 0, "OLLAMA_KEEP_ALIVE": "5m0s"}


def old(release: str = "0.5.7", **env: object) -> OllamaLog:
    return OllamaLog().server(release, env)


def small(log: OllamaLog, *, ctx: int, flags: str = "") -> OllamaLog:
    return log.launch(ctx=ctx, flags=flags).layers(29).started()


HEALTHY = (
    ("vision models have no less than 2048", small(healthy(), ctx=2048, flags="--mmproj /m/p")),
    ("a projector goes to the CPU after a first try", small(
        healthy().launch(ctx=4096, flags="--mmproj /m/p").warns(
            '"llama-server startup failed with projector GPU offload; retrying with projector CPU offload"'
        ), ctx=4096, flags="--mmproj /m/p --no-mmproj-offload")),
    ("a small model is capped, and the next library is tried", small(
        old("0.11.4").warns(CAPPED.format(4096, 2048)).launch(ctx=2048).wait(5), ctx=2048)),
    ("the next library is tried", small(
        old().launch(ctx=16384).warns('"unable to start runner with compatible gpu" error=exit'), ctx=16384)),
    ("OOM: the context steps down once", small(
        healthy(32768).launch(ctx=32768).warns(
            '"llama-server load failed; reducing automatic context and retrying once" old_num_ctx=32768'
        ), ctx=4096)),
    ("OOM: everything else is evicted", small(
        healthy(32768).launch(ctx=32768).warns(
            '"llama-server load failed; evicting all other models and retrying once" error=oom'
        ), ctx=32768)),
    ("no cache type was asked for", small(
        old(OLLAMA_KV_CACHE_TYPE="").warns('"kv cache type not supported by model" type=""'), ctx=16384)),
    ("flash attention that nobody asked for, by the model", small(
        old("0.13.5", OLLAMA_FLASH_ATTENTION="false").warns(FLASH.format("model")), ctx=16384)),
    ("flash attention that nobody asked for, by the GPU", small(
        old("0.12.4").warns(FLASH.format("gpu")), ctx=16384)),
    ("probes at the start and in between", small(
        old("0.24.0").says('"starting runner" cmd="/usr/bin/ollama runner --ollama-engine --port 4"')
        .says('"starting ollama engine"').says('"Server listening on 127.0.0.1:4"'), ctx=16384)),
    ("DEBUG tells of messages that were dropped", small(healthy(), ctx=16384).says(
        '"truncating input messages which exceed context length" truncated=2', "DEBUG")),
    ("a model that gets one slot, as ever", small(
        old(OLLAMA_NUM_PARALLEL=4).warns('"mllama doesn\'t support parallel requests yet"'), ctx=16384)),
    ("weights that are not mapped on a CPU", small(healthy().says(
        '"disabling mmap for llama-server load by default" model=/m reason=cpu'), ctx=4096)),
    ("a larger default after an upgrade", small(old("0.15.4").server("0.15.5", tier=32768), ctx=32768)),
    ("a restart with the settings as they were", small(
        OllamaLog().server("0.5.7", RESTARTED).wait(60).server("0.5.7", RESTARTED), ctx=16384)),
    ("a variable that somebody took away", small(
        old(OLLAMA_KEEP_ALIVE="24h0m0s").wait(60).server("0.5.7", RESTARTED), ctx=16384)),
    ("two tags over the same weights, one with an adapter", small(
        small(healthy(), ctx=16384, flags="--lora /m/blobs/sha256-11"), ctx=16384)),
    ("options of another server", small(healthy(), ctx=16384).warns(
        '"invalid option provided" option=max_tokens')),
    ("options of an older release", small(healthy(), ctx=16384).warns(
        '"invalid option provided" option=use_mlock')),
    ("an embedding model with a small batch", small(old(), ctx=2048).dump(
        arch="nomic-bert", context_length=2048, pooling_type=1)),
    ("some layers that somebody left to the CPU", healthy().launch(
        ctx=16384, flags="-ngl 20").layers(20).started()),
    ("a larger context that takes the room of layers", small(healthy(), ctx=8192).wait(900).launch(
        ctx=65536).layers(20).started()),
    ("an answer without a GPU in a machine without one", OllamaLog().server(
        "0.32.15", gpu="cpu", tier=4096).launch(ctx=16384).layers(0).started()),
)  # fmt: skip


@pytest.mark.parametrize(("why", "log"), HEALTHY, ids=[why for why, _ in HEALTHY])
def test_what_a_healthy_server_prints_is_no_more_than_a_note(why: str, log: OllamaLog) -> None:
    assert [one for one in found(checked(str(log))) if one[1] != "info"] == []
