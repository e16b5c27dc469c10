"""Cases of the rules on what else a launch got: layers, flash attention, the cache, profiles."""

from tests.rules.case import Case
from tests.support.ollama_log import OllamaLog

_WARNS, _INFO, _QUIET = ("warning",), ("info",), ()
_ASKS = {"OLLAMA_FLASH_ATTENTION": "true", "OLLAMA_KV_CACHE_TYPE": "q8_0"}
_NO_FLASH = '"flash attention enabled but not supported by gpu"'
_CODER = "registry.ollama.ai/library/qwen2.5-coder:7b"
_NO_CACHE = '"quantized kv cache requested but flash attention disabled" type=q8_0'


def _new(gpu: str = "cuda") -> OllamaLog:
    return OllamaLog().server("0.32.1", tier=4096, gpu=gpu)


def _old(**env: object) -> OllamaLog:
    return OllamaLog().server("0.5.7", env)


def _loads(log: OllamaLog, layers: int, *, ctx: int = 16384, flags: str = "") -> OllamaLog:
    return log.launch(ctx=ctx, flags=flags).layers(layers).started()


def _fails(log: OllamaLog, layers: int) -> OllamaLog:
    return log.launch(ctx=16384).layers(layers).says('"Load failed" error="no memory"')


def _requests(*, num_gpu: int) -> OllamaLog:
    log = OllamaLog().server("0.24.0", tier=4096).requests(num_gpu=num_gpu, gpu_layers=0)
    return log.says('"offloaded 0/29 layers to GPU"').started()


def _coder(
    tag: str = "qwen2.5-coder:7b", *, ctx: int, layers: str, parallel: int = 1, batch: int = 1024
) -> OllamaLog:
    flags = f"-b {batch} -ngl {layers}"
    named = f'"template selection" model=registry.ollama.ai/library/{tag}'
    return _new().launch(ctx=ctx, parallel=parallel, flags=flags).layers(29).started().says(named)


LAUNCH = (
    Case("all-on-cpu", "no layer though a GPU is listed", _WARNS, _loads(_new(), 0)),
    Case("all-on-cpu", "no GPU is listed", _QUIET, _loads(_new(gpu="cpu"), 0)),
    Case("all-on-cpu", "one layer is on it", _QUIET, _loads(_new(), 1)),
    Case("all-on-cpu", "failed to start", _QUIET, _fails(_new(), 0)),
    Case("all-on-cpu", "in the command-line era", _WARNS, _loads(_old(), 0)),
    Case("all-on-cpu", "a layer was asked for", _WARNS, _loads(_new(), 0, flags="-ngl 1")),
    Case("all-on-cpu", "no layer fits, 0.11.5 to 0.24", _WARNS, _requests(num_gpu=-1)),
    Case("all-on-cpu", "asked for, 0.11.5 to 0.24", _QUIET, _requests(num_gpu=0)),
    Case("all-on-cpu", "an MLX runner, and another's line", _QUIET, _new().mlx("a").layers(0).started()),
    Case("all-on-cpu", "asked for", _QUIET, _new().launch(ctx=16384, flags="-ngl 0").layers(0).started()),
    Case("layers-on-cpu", "a part is on the CPU", _INFO, _loads(_new(), 20)),
    Case(
        "layers-on-cpu",
        "fewer than last time at this context",
        ("warning",),
        _loads(_loads(_new(), 29).wait(60), 20),
    ),
    Case(
        "layers-on-cpu",
        "fewer than last time, at a larger context",
        _INFO,
        _loads(_loads(_new(), 29).wait(60), 20, ctx=32768),
    ),
    Case("layers-on-cpu", "all are on the GPU", _QUIET, _loads(_new(), 29)),
    Case("layers-on-cpu", "all but one", _INFO, _loads(_new(), 28)),
    Case("layers-on-cpu", "one", _INFO, _loads(_new(), 1)),
    Case("layers-on-cpu", "none, which is another rule's", _QUIET, _loads(_new(), 0)),
    Case("layers-on-cpu", "failed to start", _QUIET, _fails(_new(), 20)),
    Case("layers-on-cpu", "as many as last time", (*_INFO, *_INFO), _loads(_loads(_new(), 20).wait(60), 20)),
    Case("layers-on-cpu", "one fewer", (*_INFO, *_WARNS), _loads(_loads(_new(), 20).wait(60), 19)),
    Case("flash-attention-dropped", "asked for", _WARNS, _old(**_ASKS).warns(_NO_FLASH).runs(ctx=16384)),
    Case("flash-attention-dropped", "a model's own default", _QUIET, _old().warns(_NO_FLASH).runs(ctx=16384)),
    Case(
        "flash-attention-dropped",
        "in silence, up to 0.4.7",
        _WARNS,
        OllamaLog().server("0.4.7", _ASKS).runs(ctx=16384),
    ),
    Case(
        "flash-attention-dropped",
        "not dropped, up to 0.4.7",
        _QUIET,
        OllamaLog().server("0.4.7", _ASKS).runs(ctx=16384, flags="--flash-attn"),
    ),
    Case("kv-cache-type-dropped", "asked for", _WARNS, _old(**_ASKS).warns(_NO_CACHE).runs(ctx=16384)),
    Case(
        "kv-cache-type-dropped",
        "nothing was asked for",
        _QUIET,
        _old(OLLAMA_KV_CACHE_TYPE="").warns('"kv cache type not supported by model" type=""').runs(ctx=16384),
    ),
    Case(
        "kv-cache-type-dropped",
        "the start line shows that nothing was asked for",
        _QUIET,
        _old(OLLAMA_KV_CACHE_TYPE="").warns(_NO_CACHE).runs(ctx=16384),
    ),
    Case("qwen-coder-completion", "too small for it", _WARNS, _coder(ctx=4096, layers="29")),
    Case("qwen-coder-completion", "a part on the CPU", _WARNS, _coder(ctx=8192, layers="20")),
    Case("qwen-coder-completion", "one token is missing", _WARNS, _coder(ctx=8191, layers="29")),
    Case("qwen-coder-completion", "one token more", _QUIET, _coder(ctx=8193, layers="29")),
    Case("qwen-coder-completion", "all but one layer", _WARNS, _coder(ctx=8192, layers="28")),
    Case("qwen-coder-completion", "two slots", _WARNS, _coder(ctx=16384, layers="29", parallel=2)),
    Case("qwen-coder-completion", "a smaller batch", _WARNS, _coder(ctx=8192, layers="29", batch=1023)),
    Case("qwen-coder-completion", "a larger batch", _WARNS, _coder(ctx=8192, layers="29", batch=1025)),
    Case("qwen-coder-completion", "another model", _QUIET, _coder("llama3.2:3b", ctx=4096, layers="29")),
    Case(
        "qwen-coder-completion",
        "failed to start",
        _QUIET,
        _new()
        .warns(f'"model is missing tokenizer.chat_template" model={_CODER}')
        .launch(ctx=4096)
        .says('"Load failed" error="no memory"'),
    ),
    Case("qwen-coder-completion", "as it should be", _QUIET, _coder(ctx=8192, layers="29")),
    Case("qwen-coder-completion", "all layers as 999", _QUIET, _coder(ctx=8192, layers="999")),
    Case(
        "flash-attention-on-rocm",
        "on",
        _WARNS,
        _new(gpu="ROCm").runs(ctx=16384, flags="--flash-attn on"),
    ),
    Case(
        "flash-attention-on-rocm",
        "auto became on",
        _WARNS,
        _new(gpu="ROCm")
        .launch(ctx=16384, flags="--flash-attn auto")
        .raw("llama_context: Flash Attention was auto, set to enabled")
        .started(),
    ),
    Case(
        "flash-attention-on-rocm", "off", _QUIET, _new(gpu="ROCm").runs(ctx=16384, flags="--flash-attn off")
    ),
    Case("flash-attention-on-rocm", "on CUDA", _QUIET, _new().runs(ctx=16384, flags="--flash-attn on")),
    Case(
        "flash-attention-on-rocm",
        "its cache needs it",
        _QUIET,
        _new(gpu="ROCm").runs(ctx=16384, flags="--flash-attn on --cache-type-k q8_0"),
    ),
    Case(
        "flash-attention-on-rocm",
        "an f16 cache does not",
        _WARNS,
        _new(gpu="ROCm").runs(ctx=16384, flags="--flash-attn on --cache-type-k f16"),
    ),
    Case(
        "flash-attention-on-rocm",
        "failed to start",
        _QUIET,
        _new(gpu="ROCm").launch(ctx=16384, flags="--flash-attn on").says('"Load failed" error="no memory"'),
    ),
)
