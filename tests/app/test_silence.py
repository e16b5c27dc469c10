"""What works is not reported. Each false alarm costs the next true one."""

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
    log = healthy().warns(CAPPED.format(4096, 2048)).launch("nomic", ctx=2048, flags="--embedding")
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
