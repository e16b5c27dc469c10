"""Stories of flash attention, cache types, layers and options."""

from tests.cause.telling import NOTHING, Story, Tag, Tale
from tests.support.ollama_log import OllamaLog, blob

FA, KV = "OLLAMA_FLASH_ATTENTION", "OLLAMA_KV_CACHE_TYPE"
_NEEDS = '"quantized kv cache requested but flash attention disabled" type=q8_0'
_MUST = '"OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE" type=q8_0'
_BY_GPU = '"flash attention enabled but not supported by gpu"'
_BY_MODEL = '"flash attention enabled but not supported by model"'


def warned(release: str, *warnings: str, gpu: str = "cuda", **env: object) -> OllamaLog:
    log = Tale().server(release, dict(env), gpu=gpu)
    for one in warnings:
        log.warns(one)
    return log.runs(ctx=8192)


def automatic(*warnings: str) -> OllamaLog:
    log = Tale().server("0.24.0", {FA: "false", KV: "q8_0"})
    for one in warnings:
        log.warns(one)
    return log.requests(flash="Auto").started()


def hand_in(release: str, *flags: str, gpu: str = "cuda", **env: object) -> OllamaLog:
    return Tale().server(release, dict(env), gpu=gpu).runs(ctx=8192, flags=" ".join(flags))


def layers(*launches: tuple[int, int], release: str = "0.32.1", flags: str = "") -> OllamaLog:
    """Launch with (context, layers on the GPU) each, a while between them."""
    log = Tale().server(release, {})
    for ctx, count in launches:
        log.wait(60).launch(ctx=ctx, flags=flags).layers(count).started()
    return log


def all_on_cpu(offload: str = "", **env: object) -> OllamaLog:
    log = Tale().server("0.5.7", dict(env))
    if offload:
        log.says(offload)
    return log.launch(ctx=8192).layers(0).started()


def two_starts(release: str, **env: object) -> OllamaLog:
    hidden = dict.fromkeys(env, "")
    log = Tale().server(release, hidden).later(hours=1)
    return log.server(release, dict(env), gpu="cpu").runs(ctx=8192)


def invalid(option: str, release: str = "0.12.6") -> OllamaLog:
    return Tale().server(release, {}).warns(f'"invalid option provided" option={option}').runs(ctx=8192)


def adapters(named: str = "") -> OllamaLog:
    log = (
        Tale()
        .server("0.32.1", {})
        .load_by(ctx=8192, flags=f"--lora {blob('lora')}", tag=named and "tuned:1b")
    )
    return log.load_by(ctx=8192, tag=named)


_STARTING = "starting llama-server"

STORIES = (
    Story(
        of="flash-dropped-by-gpu", release="0.5.7", log=warned("0.5.7", _BY_GPU, **{FA: "true"}),
        rule="flash-attention-dropped", says="the GPU does not support it", confidence="certain",
        evidence=("not supported by gpu",),
    ),
    Story(
        of="flash-dropped-by-model", release="0.12.6", log=warned("0.12.6", _BY_MODEL, **{FA: "true"}),
        rule="flash-attention-dropped", says="the model does not support it", confidence="certain",
        evidence=("not supported by model",),
    ),
    Story(
        of="flash-dropped-on-cpu", release="0.11.4", rule="flash-attention-dropped",
        log=warned("0.11.4", _BY_GPU, gpu="cpu", **{FA: "true"}), says="runs on the CPU",
        confidence="certain",
        evidence=("not supported by gpu",), silent=("the GPU does not",),
    ),
    Story(  # this release says nothing: one of three reasons
        of="flash-dropped-in-silence", release="0.3.4", log=warned("0.3.4", **{FA: "true"}),
        rule="flash-attention-dropped", says="drops it without a word", confidence="likely",
        evidence=("starting llama server", f"{FA}:true"),
    ),
    Story(
        of="cache-dropped-with-flash", release="0.12.6", rule="kv-cache-type-dropped",
        log=warned("0.12.6", _BY_MODEL, _NEEDS, **{FA: "true", KV: "q8_0"}),
        says="flash attention was dropped for this launch", confidence="certain",
        evidence=("not supported by model", "quantized kv cache"), fix=(f"{KV}=f16",),
    ),
    Story(
        of="cache-without-flash", release="0.12.6", rule="kv-cache-type-dropped",
        log=warned("0.12.6", _NEEDS, **{FA: "false", KV: "q8_0"}), says="flash attention is off",
        confidence="certain", evidence=("quantized kv cache", "starting runner", f"{KV}:q8_0"),
        fix=(f"{FA}=1",),
    ),
    Story(
        of="cache-without-flash-on-cpu", release="0.5.7", rule="kv-cache-type-dropped",
        log=warned("0.5.7", _NEEDS, gpu="cpu", **{FA: "false", KV: "q8_0"}), says="flash attention is off",
        confidence="certain", fix=(f"{KV}=f16",), silent=(f"{FA}=1",),
    ),
    Story(
        of="cache-with-automatic-flash", release="0.24.0", log=automatic(_MUST), rule="kv-cache-type-dropped",
        says="leaves flash attention to llama.cpp", confidence="certain",
        evidence=("must be enabled", f"{FA}:false"), fix=(f"{FA}=1",),
    ),
    Story(
        of="cache-of-no-type", release="0.24.0", rule="kv-cache-type-dropped",
        log=automatic('"unsupported OLLAMA_KV_CACHE_TYPE" type=q5_1'), says="q5_1 is no type of cache",
        confidence="certain", evidence=("unsupported",), fix=('"OLLAMA_KV_CACHE_TYPE=q8_0"',),
    ),
    Story(
        of="cache-needs-flash", release="0.32.1", rule="kv-cache-needs-flash-attention",
        log=hand_in("0.32.1", "--flash-attn off --cache-type-k q8_0 --cache-type-v q8_0", **{FA: "false"}),
        says="set to 0, or there is a GPU that cannot do it", confidence="likely",
        evidence=(_STARTING, f"{FA}:false"), fix=(f"{FA}=1",),
    ),
    Story(
        of="without-effect", release="0.32.1", rule="environment-without-effect",
        log=hand_in("0.32.1", "--flash-attn off", **{FA: "true"}), says=NOTHING,
    ),
    Story(
        of="library-that-is-none", release="0.5.7", rule="environment-without-effect",
        log=Tale().server("0.5.7",
        {}).says('"Invalid OLLAMA_LLM_LIBRARY cuda_v99 - not found"').runs(ctx=8192),
        says="no library cuda_v99", confidence="certain", evidence=("Invalid OLLAMA_LLM_LIBRARY",),
    ),
    Story(
        of="layers-asked-for", release="0.32.1", log=layers((8192, 20), flags="-ngl 20"),
        rule="layers-on-cpu",
        says="num_gpu 20 was asked for", confidence="certain", evidence=(_STARTING,),
    ),
    Story(
        of="layers-want-memory", release="0.32.1", log=layers((8192, 20), flags="-ngl 999"),
        rule="layers-on-cpu", says="take more than the GPU has free", confidence="likely",
        evidence=(_STARTING,), silent=("was asked for",),
    ),
    Story(
        of="layers-lost", release="0.12.6", log=layers((8192, 29), (8192, 20), release="0.12.6"),
        rule="layers-on-cpu", says="something else takes the memory", confidence="likely",
    ),
    *(
        Story(
            of="context-spills", release=release, log=layers((8192, 29), (65536, 20), release=release),
            rule="context-spills", says="65536 tokens take memory that layers had at 8192",
            confidence="likely", evidence=("starting", "starting"),
            fix=("PARAMETER num_ctx 8192",), silent=silent,
        )
        for release, silent in (("0.4.7", (KV,)), ("0.12.6", ()), ("0.32.1", (FA,)))
    ),
    Story(
        of="all-on-cpu", release="0.5.7", log=all_on_cpu(), rule="all-on-cpu", says=NOTHING,
    ),
    Story(
        of="all-on-cpu-as-planned", release="0.5.7", rule="all-on-cpu",
        log=all_on_cpu('"offload to cpu" layers.requested=-1 layers.model=29 layers.offload=0'),
        says="Ollama planned it for the CPU", confidence="likely",
    ),
    Story(
        of="all-on-cpu-by-variable", release="0.5.7", log=all_on_cpu(OLLAMA_LLM_LIBRARY="cpu_avx2"),
        rule="all-on-cpu", says="OLLAMA_LLM_LIBRARY is cpu_avx2", confidence="certain",
        evidence=("OLLAMA_LLM_LIBRARY:cpu_avx2",),
    ),
    Story(of="gpu-gone", release="0.12.6", log=two_starts("0.12.6"), rule="gpu-lost", says=NOTHING),
    *(
        Story(
            of="gpu-hidden", release="0.12.6", log=two_starts("0.12.6", CUDA_VISIBLE_DEVICES=value),
            rule="gpu-lost", says=f"CUDA_VISIBLE_DEVICES is {value} at this start", confidence=confidence,
            evidence=(f"CUDA_VISIBLE_DEVICES:{value}", "CUDA_VISIBLE_DEVICES:]"),
        )
        for value, confidence in (("-1", "certain"), ("7", "likely"))
    ),
    Story(
        of="option-misspelt", release="0.12.6", log=invalid("ctx_num"), rule="invalid-option",
        says="did you mean num_ctx?", confidence="likely", evidence=("option=ctx_num",),
        fix=("num_ctx instead",),
    ),
    Story(
        of="option-gone", release="0.12.6", log=invalid("use_mlock"), rule="invalid-option",
        says="use_mlock is gone since 0.7.0", confidence="certain", evidence=("option=use_mlock",),
        fix=("take it out",),
    ),
    Story(
        of="option-of-nobody", release="0.12.6", log=invalid("frobnicate"), rule="invalid-option",
        says=NOTHING,
    ),
    Story(
        of="adapter-of-another-tag", release="0.32.1", log=adapters("plain:1b"), rule="lora-missing",
        tags=(Tag(name="plain:1b"), Tag(name="tuned:1b", adapter=True)),
        says="plain:1b has no adapter of its own; tuned:1b has", confidence="likely",
        evidence=(_STARTING, _STARTING),
    ),
    Story(of="adapter-gone", release="0.32.1", log=adapters(), rule="lora-missing", says=NOTHING),
    Story(
        of="too-many-threads", release="0.32.1", rule="threads-above-cores",
        log=Tale().server("0.32.1", {}).launch(ctx=8192, flags="-t 64")
        .raw("system_info: n_threads = 64 (n_threads_batch = 64) / 8 | CPU : SSE3 = 1").started(),
        says="num_thread 64 was asked for", confidence="certain", evidence=("-t 64",),
    ),
)  # fmt: skip
