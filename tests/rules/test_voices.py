"""What people wished a tool had told them, each as a log, and the rule that tells it.

One row a public thread, by the number of the collection that the rules were grown from: A1 to F25 and what
was also seen. Some of it no log can show; those are in NOT_IN_A_LOG with the reason.
"""

from typing import NamedTuple

import pytest

from tests.support.checked import checked
from tests.support.ollama_log import COMMAND_LINE, OllamaLog


class Voice(NamedTuple):
    """One complaint: what the rule's message has to hold, and the log of it."""

    thread: str
    complaint: str
    rule: str
    severity: str
    words: str
    log: OllamaLog
    want: int = 0


def _server(release: str, tier: int | None = None, gpu: str = "cuda", **env: object) -> OllamaLog:
    return OllamaLog().server(release, env, tier=tier, gpu=gpu)


def _cut(limit: int, prompt: int, kept: int) -> str:
    return f'"truncating input prompt" limit={limit} prompt={prompt} keep=4 new={kept}'


def _layers(log: OllamaLog, layers: int, *, ctx: int) -> OllamaLog:
    return log.launch(ctx=ctx).layers(layers).started().wait(3600)


VOICES = (
    Voice("A1", "stuck at 2048, by a variable that does not exist", "context-small", "warning", "2048",
          _server("0.5.12").runs(ctx=8192, parallel=4)),
    Voice("A2", "the model's own num_ctx won", "context-below-wanted", "warning", "16384 (environment)",
          _server("0.7.0", OLLAMA_CONTEXT_LENGTH=16384).runs(ctx=4096)),
    Voice("A3", "the variable never reached the service", "context-at-default", "info", "default of 4096",
          _server("0.15.4", OLLAMA_CONTEXT_LENGTH=4096).runs(ctx=4096)),
    Voice("A4", "a malformed value", "environment-invalid", "warning", "OLLAMA_CONTEXT_LENGTH=16k",
          _server("0.11.3").warns(
              '"invalid environment variable, using default" key=OLLAMA_CONTEXT_LENGTH value=16k default=4096'
          )),
    Voice("A6", "the client's setting did nothing", "context-small", "warning", "2048 tokens",
          _server("0.3.9").runs(ctx=2048)),
    Voice("A7", "the launch never matched the declared value", "context-reverted", "critical", "wanted 32768",
          _server("0.32.1", tier=4096).runs(ctx=4096), 32768),
    Voice("B8", "num_ctx does not apply to /v1", "context-small", "warning", "2048 tokens",
          _server("0.2.8").runs(ctx=8192, parallel=4)),
    Voice("B9", "all runs at 4096, the model could do more", "context-at-default", "info", "4096",
          _server("0.32.1", tier=4096).runs(ctx=4096, trained=131072)),
    Voice("B10", "accepted and ignored: back at the default", "context-reverted", "critical", "wanted 32768",
          _server("0.31.0", tier=4096).runs(ctx=32768).wait(900).runs(ctx=4096)),
    Voice("B11", "only a WARN that nobody reads", "prompt-truncated", "warning", "4263 of 6311 tokens",
          _server("0.5.1").runs(ctx=8192, parallel=4).warns(_cut(2048, 6311, 2048))),
    Voice("B12", "invented answers with status 200", "prompt-truncated", "warning", "longer than 2048",
          _server("0.1.48").runs(ctx=2048).raw("INFO [update_slots] input truncated | n_ctx=2048 n_keep=4")),
    Voice("B13", "cut to half of num_ctx", "prompt-truncated", "warning", "(limit 2050 of its 4096)",
          _server("0.32.1", tier=4096).runs(ctx=4096).warns(_cut(2050, 9000, 2050))),
    Voice("B14", "limit 2048 against tens of thousands", "prompt-truncated", "warning", "of 48602 tokens",
          _server("0.5.7").runs(ctx=8192, parallel=4).warns(_cut(2048, 48602, 2048))),
    Voice("B15", "blame the configuration, not the model", "prompt-truncated", "warning", "(limit 4096)",
          _server("0.24.0", tier=4096).runs(ctx=4096).warns(_cut(4096, 5000, 4096))),
    Voice("C16", "8192 = 2048 × 4 slots", "parallel-splits-context", "info", "8192 is 4 slots of 2048",
          OllamaLog(COMMAND_LINE).runs(ctx=8192, parallel=4)),
    Voice("D18", "the quantized cache was dropped", "kv-cache-type-dropped", "warning", "TYPE is q8_0",
          _server("0.13.1", OLLAMA_FLASH_ATTENTION="true", OLLAMA_KV_CACHE_TYPE="q8_0")
          .warns('"kv cache type not supported by model" type=q8_0').runs(ctx=4096)),
    Voice("D18", "off, while q8_0 stays, then a panic", "kv-cache-needs-flash-attention", "warning", "q8_0",
          _server("0.18.1", tier=4096, OLLAMA_KV_CACHE_TYPE="q8_0").requests(flash="Disabled", cache="q8_0")
          .says('"Load failed" error="do load request: EOF"')),
    Voice("E19", "a driver update left him on the CPU", "gpu-lost", "warning", "before it had cuda",
          _server("0.31.0").server("0.31.0", gpu="cpu")),
    Voice("E20", "0 of N layers; last week N of N", "all-on-cpu", "warning", "CPU alone",
          _layers(_layers(_server("0.5.7"), 29, ctx=8192).server("0.6.0"), 0, ctx=8192)),
    Voice("E20", "fewer layers after an upgrade", "layers-on-cpu", "warning", "20 of 29",
          _layers(_layers(_server("0.5.7"), 29, ctx=8192).server("0.6.0"), 20, ctx=8192)),
    Voice("E21", "the default changed", "default-changed", "info", "32768 tokens, it was 4096",
          _server("0.15.4").server("0.15.5", tier=32768)),
    Voice("E21", "the new default pushes it into RAM", "context-spills", "warning", "it had 29 at 4096",
          _layers(_layers(_server("0.15.4"), 29, ctx=4096).server("0.15.5", tier=32768), 20, ctx=32768)),
    Voice("E22", "the context takes the memory", "context-spills", "info", "it had 29 at 8192",
          _layers(_layers(_server("0.11.11"), 29, ctx=8192), 11, ctx=131072)),
    Voice("F25", "gone after the upgrade", "environment-lost", "warning", "OLLAMA_KEEP_ALIVE=24h0m0s",
          _server("0.5.12", OLLAMA_KEEP_ALIVE="24h0m0s").server("0.5.13", {"OLLAMA_KEEP_ALIVE": "5m0s"})),
    Voice("ipex-llm#13106", "fixed whatever was set", "context-small", "warning", "2048 tokens",
          OllamaLog(COMMAND_LINE).runs(ctx=2048)),
    Voice("ollama#6026", "answers from little", "prompt-truncated", "warning", "longer than 2048",
          _server("0.3.0").runs(ctx=8192, parallel=4).raw("INFO [x] input truncated | n_ctx=2048 n_keep=4")),
    Voice("llm_engineering#80", "the warning is easy to miss", "prompt-truncated", "warning", "of 2100",
          _server("0.5.4").runs(ctx=8192, parallel=4).warns(_cut(2048, 2100, 2048))),
    Voice("llama.cpp#11681", "total divided by slots", "parallel-splits-context", "info", "4 slots of 2048",
          OllamaLog().raw("0.00.215.301 I srv    load_model: initializing, n_slots = 4, n_ctx_slot = 2048, "
                          "kv_unified = 'false'")),
    Voice("ollama#11471", "no support for a recent card", "flash-attention-dropped", "warning", "GPU does",
          _server("0.9.6", OLLAMA_FLASH_ATTENTION="true")
          .warns('"flash attention enabled but not supported by gpu"').runs(ctx=4096)),
    Voice("ollama#18276", "a crash that looks like lack of memory", "load-failed", "warning", "exit status 2",
          _server("0.32.1", tier=4096).launch(ctx=4096).says('"Load failed" error="exit status 2"')),
)  # fmt: skip

NOT_IN_A_LOG = {
    "A5": "8192 × 5 slots is more than was asked for and harms nobody; the report's launch line says it",
    "continue#2809": "as A5",
    "D17": "a variable in .bashrc never reaches the server: the start line shows it as not set",
    "E23": "the server prints the variables that it knows; a misspelt one is in no line",
    "F24": "an edited file that is not in force leaves no trace; the unit has to be asked",
    "ollama#3736": "fewer layers than in 0.1.31, whose launches cannot be read",
    "ollama#14259": "logged at DEBUG alone: dropped messages, shifted windows",
    "ollama#8335": "how a service gets its variables is told by its service manager alone",
}


@pytest.mark.parametrize("voice", VOICES, ids=[f"{v.thread}: {v.complaint}" for v in VOICES])
def test_what_somebody_wished_to_be_told_is_told(voice: Voice) -> None:
    report = checked(str(voice.log), want={"*": voice.want} if voice.want else None)

    told = [found.message for found in report.findings if (found.rule, found.severity) == voice[2:4]]
    assert any(voice.words in message for message in told), report.findings


def test_every_voice_is_heard() -> None:
    heard = {voice.thread[1:] for voice in VOICES} | {thread[1:] for thread in NOT_IN_A_LOG}

    assert {str(number) for number in range(1, 26)} - heard == set()


def test_a_total_that_is_larger_than_what_was_asked_for_is_split_in_the_facts() -> None:
    log = _server("0.11.4", OLLAMA_NUM_PARALLEL=5, OLLAMA_CONTEXT_LENGTH=2048).runs(ctx=40960, parallel=5)

    report = checked(str(log))
    facts = report.launches[0].facts
    assert (facts["ctx_size"], facts["parallel"], facts["ctx_per_slot"]) == (40960, 5, 8192)
    assert report.findings == []
