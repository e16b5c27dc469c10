"""What a launch lacks is told of the right launch, and only where the log proves it."""

from ollama_watch.state.updates import Reported
from tests.support.checked import checked, updates
from tests.support.ollama_log import OllamaLog, blob

REFUSED = "srv    send_error: task id = 7, error: input (3926 tokens) is too large to process. increase the "
ONE_SLOT = '"model architecture does not currently support parallel requests" architecture=qwen3vl'


def told(log: OllamaLog, kind: str) -> list[Reported]:
    return [one for one in updates(str(log)) if isinstance(one, Reported) and one.kind == kind]


def new(**env: object) -> OllamaLog:
    return OllamaLog().server("0.32.1", env, tier=32768)


def test_a_second_try_has_the_reason_that_was_told_before_the_first() -> None:
    log = new(OLLAMA_NUM_PARALLEL=4).warns(ONE_SLOT).launch(ctx=32768).wait(2).runs(ctx=32768)

    (one,) = told(log, "parallel_reduced")
    assert one.fields["why"] == "Ollama gives this architecture one slot"


def test_a_warning_is_about_one_launch_and_its_tries() -> None:
    log = new(OLLAMA_FLASH_ATTENTION="true").warns('"flash attention enabled but not supported by gpu"')
    log.runs(ctx=32768, flags="--flash-attn off").wait(60).runs(ctx=32768, flags="--flash-attn off")

    (one,) = told(log, "environment_without_effect")
    assert one.record is not None
    assert one.record.index == 1


def test_a_file_that_is_no_blob_was_launched_by_no_ollama() -> None:
    command = "/opt/llama-server -m /srv/some.gguf -c 8192 -np 1 --port 41004"
    log = new(OLLAMA_NUM_PARALLEL=4).says(f'"starting llama-server" cmd="{command}"').started()

    assert told(log, "parallel_reduced") == []


def test_what_a_cut_line_lost_is_not_missing() -> None:
    cut = f'"starting llama-server" cmd="/usr/lib/ollama/llama-server --model {blob("a")} --port 4 -c 3'
    log = new(OLLAMA_KV_CACHE_TYPE="q8_0").says(cut).started()

    assert told(log, "environment_without_effect") == []


def test_adapters_that_a_cut_line_still_shows_are_missed() -> None:
    cut = f"llama-server --model {blob('a')} --lora /m/a --port 4 -c 3"
    log = new().says(f'"starting llama-server" cmd="{cut}').started().wait(60).runs(ctx=32768)

    assert [dict(one.fields) for one in told(log, "lora_missing")] == [{"had": 1, "has": 0}]


def test_the_nearest_smaller_context_is_compared() -> None:
    log = new()
    for ctx, layers in ((4096, 29), (16384, 25), (65536, 20)):
        log.launch(ctx=ctx).layers(layers).started().wait(3600)

    assert [one.fields["ctx_smaller"] for one in told(log, "context_spilled")] == [4096, 16384]


def test_an_input_was_refused_by_the_runner_with_that_batch() -> None:
    log = new().runs("chat", ctx=32768).runs("embeds", ctx=8192, flags="--embedding -b 2048 -ub 2048")
    log.runs("other", ctx=4096, flags="--embedding -b 1024 -ub 1024").runs("chat", ctx=32768)
    log.raw(REFUSED + "physical batch size (current batch size: 2048)")

    (one,) = told(log, "input_refused")
    assert one.record is not None
    assert one.record.args.ubatch_size == 2048


def test_without_the_number_it_was_the_newest_that_embeds() -> None:
    log = new().runs("embeds", ctx=8192, flags="--embedding -b 2048 -ub 2048").runs("chat", ctx=32768)
    log.raw(
        "srv    send_error: task id = 7, error: input is too large to process. increase the physical batch"
    )

    (one,) = told(log, "input_refused")
    assert one.record is not None
    assert (one.record.embedding, one.fields["size"]) == (True, "longer than its batch")


def test_an_input_that_was_refused_before_the_log_begins_is_nobodys() -> None:
    (one,) = told(OllamaLog().raw(REFUSED + "physical batch size (current batch size: 512)"), "input_refused")

    assert (one.record, one.fields["size"]) == (None, "of 3926 tokens: its batch takes 512")


def test_of_a_launch_without_flash_attention_and_cache_type_the_first_is_told() -> None:
    """The type needs flash attention: who reads of the type alone would look in the wrong place."""
    asked = {"OLLAMA_FLASH_ATTENTION": "true", "OLLAMA_KV_CACHE_TYPE": "q8_0"}
    log = OllamaLog().server("0.5.7", asked).runs(ctx=8192)

    messages = [one.message for one in checked(str(log)).findings if one.rule == "environment-without-effect"]
    assert len(messages) == 1
    assert "flash attention off although OLLAMA_FLASH_ATTENTION" in messages[0]
