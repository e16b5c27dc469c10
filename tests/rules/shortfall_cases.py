"""Cases of the rules on what a launch got less of than it was asked for or had before."""

from tests.rules.case import Case
from tests.support.ollama_log import OllamaLog, blob

_WARNS, _INFO, _QUIET = ("warning",), ("info",), ()
_FAILED = '"Load failed" error="no memory"'
_TOO_LARGE = (
    "srv    send_error: task id = 7, error: input{} is too large to process. increase the physical batch size"
)
_THREADS = "cmn  common_param: system_info: n_threads = {} (n_threads_batch = {}) / 16 | CPU : SSE3 = 1 |"
_MLOCK = "warning: failed to mlock 4108992512-byte buffer (after previously locking 0 bytes): Out of memory"
_SHORT = '"disabling mmap for llama-server load due to host memory pressure" model=/m/blobs/sha256-00'
_NO_CUDA = '"Invalid OLLAMA_LLM_LIBRARY cuda_v11 - not found"'
_NO_CACHE = '"model does not support caching, disabling parallel processing"'
_FLASH = {"OLLAMA_FLASH_ATTENTION": "true"}
_CACHE = {"OLLAMA_KV_CACHE_TYPE": "q8_0", "OLLAMA_FLASH_ATTENTION": "true"}
_ADAPTER = "--lora /m/blobs/sha256-11"


def _new(release: str = "0.32.1", **env: object) -> OllamaLog:
    return OllamaLog().server(release, env, tier=32768)


def _loads(log: OllamaLog, layers: int, *, ctx: int, flags: str = "") -> OllamaLog:
    return log.launch(ctx=ctx, flags=flags).layers(layers).started().wait(3600)


def _spills(layers: int = 20, *, ctx: int = 65536, flags: str = "", before: int = 29) -> OllamaLog:
    return _loads(_loads(_new(), before, ctx=16384), layers, ctx=ctx, flags=flags)


def _quantized(flash: str, cache: str = "q8_0") -> OllamaLog:
    return _new().launch(
        ctx=32768, flags=f"--cache-type-k {cache} --cache-type-v {cache} --flash-attn {flash}"
    )


def _old_embeds(batch: int, *, ctx: int = 2048, pooling: int = 1) -> OllamaLog:
    log = _new("0.5.7").launch(ctx=ctx, flags=f"--batch-size {batch}")
    return log.dump(arch="qwen2", context_length=8192, pooling_type=pooling).started()


def _four(release: str = "0.32.1", asked: object = 4) -> OllamaLog:
    return _new(release, OLLAMA_NUM_PARALLEL=asked)


def _adapters(first: str, second: str, *, model: str = "a") -> OllamaLog:
    return _new().runs(ctx=32768, flags=first).wait(60).runs(model, ctx=32768, flags=second)


_PARALLEL = (
    Case("parallel-below-asked", "one of four", _INFO, _four().runs(ctx=32768)),
    Case("parallel-below-asked", "no embedding model", _INFO, _four().runs(ctx=32768, trained=131072)),
    Case("parallel-below-asked", "three of four", _INFO, _four().runs(ctx=98304, parallel=3)),
    Case("parallel-below-asked", "four of four", _QUIET, _four().runs(ctx=131072, parallel=4)),
    Case("parallel-below-asked", "as many as Ollama likes", _QUIET, _four("0.5.7", 0).runs(ctx=8192)),
    Case("parallel-below-asked", "the start line is not in the log", _QUIET, OllamaLog().runs(ctx=32768)),
    Case("parallel-below-asked", "an embedding model", _QUIET, _four().runs(ctx=32768, flags="--embedding")),
    Case("parallel-below-asked", "failed to start", _QUIET, _four().launch(ctx=32768).says(_FAILED)),
    Case(
        "parallel-below-asked",
        "the runner itself falls back to one",
        _INFO,
        _four("0.24.0").launch(ctx=131072, parallel=4).warns(_NO_CACHE).started(),
    ),
)
_EFFECT = (
    Case("environment-without-effect", "flash attention is off", _WARNS,
         _new(**_FLASH).runs(ctx=32768, flags="--flash-attn off")),
    Case("environment-without-effect", "flash attention is on", _QUIET,
         _new(**_FLASH).runs(ctx=32768, flags="--flash-attn on")),
    Case("environment-without-effect", "nobody asked for flash attention", _QUIET,
         _new(OLLAMA_FLASH_ATTENTION="false").runs(ctx=32768, flags="--flash-attn off")),
    Case("environment-without-effect", "a warning told of it, which is another rule's", _QUIET,
         _new("0.5.7", **_FLASH).warns('"flash attention enabled but not supported by gpu"').runs(ctx=8192)),
    Case("environment-without-effect", "a warning told of it before the first try", _QUIET,
         _new("0.5.8", **_FLASH).warns('"flash attention enabled but not supported by gpu"').launch(ctx=8192)
         .runs(ctx=8192)),
    Case("environment-without-effect", "dropped in silence, which is another rule's", _QUIET,
         _new("0.4.7", **_FLASH).runs(ctx=8192)),
    Case("environment-without-effect", "failed to start", _QUIET,
         _new(**_FLASH).launch(ctx=32768, flags="--flash-attn off").says(_FAILED)),
    Case("environment-without-effect", "the cache is f16", _WARNS,
         _new(**_CACHE).runs(ctx=32768, flags="--flash-attn on")),
    Case("environment-without-effect", "the cache is as asked for", _QUIET,
         _new(**_CACHE).runs(ctx=32768, flags="--flash-attn on --cache-type-k q8_0")),
    Case("environment-without-effect", "f16 was asked for", _QUIET,
         _new(OLLAMA_KV_CACHE_TYPE="f16").runs(ctx=32768)),
    Case("environment-without-effect", "no such library", _WARNS,
         _new("0.5.7").says(_NO_CUDA).runs(ctx=8192)),
    Case("kv-cache-needs-flash-attention", "off", _WARNS, _quantized("off").started()),
    Case("kv-cache-needs-flash-attention", "off, and no load", _WARNS, _quantized("off").says(_FAILED)),
    Case("kv-cache-needs-flash-attention", "auto became off", _WARNS,
         _quantized("auto").raw("llama_context: Flash Attention was auto, set to disabled").started()),
    Case("kv-cache-needs-flash-attention", "auto", _QUIET, _quantized("auto").started()),
    Case("kv-cache-needs-flash-attention", "on", _QUIET, _quantized("on").started()),
    Case("kv-cache-needs-flash-attention", "another type", _WARNS, _quantized("off", "iq4_nl").started()),
    Case("kv-cache-needs-flash-attention", "f16 needs none", _QUIET, _quantized("off", "f16").started()),
    Case("kv-cache-needs-flash-attention", "in a load request", _WARNS,
         OllamaLog().server("0.20.0").requests(flash="Disabled", cache="q8_0").started()),
)  # fmt: skip
_MEMORY = (
    Case("context-spills", "a context that somebody asked for", _INFO, _spills()),
    Case("context-spills", "Ollama's default", _WARNS, _spills(ctx=32768)),
    Case("context-spills", "as many as at the smaller one", _QUIET, _spills(layers=20, before=20)),
    Case("context-spills", "one fewer", _INFO, _spills(layers=28)),
    Case("context-spills", "a smaller context, which is another rule's", _QUIET, _spills(ctx=8192)),
    Case("context-spills", "the same context, which is another rule's", _QUIET, _spills(ctx=16384)),
    Case("context-spills", "the layers were asked for", _QUIET, _spills(flags="-ngl 20")),
    Case("context-spills", "another model", _QUIET,
         _loads(_new(), 29, ctx=16384).launch("b", ctx=65536).layers(20).started()),
    Case("context-spills", "the GPU is gone, which is another rule's", _QUIET,
         _loads(_loads(_new(), 29, ctx=16384).server("0.32.1", gpu="cpu"), 0, ctx=65536)),
    Case("mlock-failed", "asked for, and not allowed", _WARNS,
         _new("0.5.7").launch(ctx=8192, flags="--mlock").raw(_MLOCK).raw(_MLOCK).started()),
    Case("mlock-failed", "asked for, and done", _QUIET, _new("0.5.7").runs(ctx=8192, flags="--mlock")),
    Case("mmap-off", "for want of memory", _INFO,
         _new().says(_SHORT).runs(ctx=32768, flags="--load-mode none")),
    Case("mmap-off", "as ever on a CPU", _QUIET,
         _new().says('"disabling mmap for llama-server load by default" model=/m reason=cpu')
         .runs(ctx=32768, flags="--load-mode none")),
    Case("threads-above-cores", "two a core", _WARNS,
         _new().launch(ctx=32768, flags="-t 32").raw(_THREADS.format(32, 32)).started()),
    Case("threads-above-cores", "one more", _WARNS,
         _new().launch(ctx=32768).raw(_THREADS.format(17, 17)).started()),
    Case("threads-above-cores", "one a core", _QUIET,
         _new().launch(ctx=32768).raw(_THREADS.format(16, 16)).started()),
    Case("lora-missing", "the last launch had one", _INFO, _adapters(_ADAPTER, "")),
    Case("lora-missing", "one of two", _INFO, _adapters(f"{_ADAPTER} {_ADAPTER}2", _ADAPTER)),
    Case("lora-missing", "it still has one", _QUIET, _adapters(_ADAPTER, _ADAPTER)),
    Case("lora-missing", "another one", _QUIET, _adapters(_ADAPTER, "--lora /m/blobs/sha256-22")),
    Case("lora-missing", "it never had one", _QUIET, _adapters("", "")),
    Case("lora-missing", "it has one now", _QUIET, _adapters("", _ADAPTER)),
    Case("lora-missing", "other weights", _QUIET, _adapters(_ADAPTER, "", model="b")),
    Case("lora-missing", "the line was cut", _QUIET,
         _new().runs(ctx=32768, flags=_ADAPTER)
         .says(f'"starting llama-server" cmd="/usr/lib/ollama/llama-server --model {blob("a")} --port 4 -c 3')
         .started()),
)  # fmt: skip
_EMBEDDING = (
    Case("embedding-batch", "a batch of 512 for 2048", _INFO, _old_embeds(512)),
    Case("embedding-batch", "one token less", _INFO, _old_embeds(2047)),
    Case("embedding-batch", "as large as the context", _QUIET, _old_embeds(2048)),
    Case("embedding-batch", "no embedding model", _QUIET, _old_embeds(512, pooling=0)),
    Case("embedding-batch", "the new engine sets it by itself", _QUIET,
         OllamaLog().server("0.13.5").requests(ctx=8192).dump(arch="bert", context_length=8192).started()),
    Case("embedding-input-refused", "longer than its batch", _WARNS,
         _new().runs(ctx=8192, flags="--embedding").raw(_TOO_LARGE.format(" (3926 tokens)"))),
    Case("embedding-input-refused", "older builds tell no number", _WARNS,
         _new().runs(ctx=8192, flags="--embedding").raw(_TOO_LARGE.format(""))),
    Case("embedding-input-refused", "none was refused", _QUIET, _new().runs(ctx=8192, flags="--embedding")),
)  # fmt: skip
SHORTFALL = (*_PARALLEL, *_EFFECT, *_MEMORY, *_EMBEDDING)
