"""Why a model is not on the GPU as it should be, or not loaded at all."""

from collections.abc import Iterator
from typing import Literal

from ollama_watch.cause.known import Known, lines
from ollama_watch.model import Cause
from ollama_watch.state.record import Record

Confidence = Literal["certain", "likely", "possible"]
_GIB = 1 << 30
_HIDE_GPUS = (
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "GGML_VK_VISIBLE_DEVICES",
    "OLLAMA_LLM_LIBRARY",
)
_FAILURES: tuple[tuple[str, str, Confidence], ...] = (  # words of the error, what they mean, how sure that is
    ("out of memory", "there was not enough memory for its weights and its context", "certain"),
    ("out-of-memory", "there was not enough memory for its weights and its context", "certain"),
    ("more system memory", "there was not enough memory for its weights and its context", "certain"),
    ("unknown model architecture", "this release does not know the model's architecture", "certain"),
    ("corrupted or incomplete", "the model's file is damaged or was not loaded to its end", "certain"),
    ("unable to load model", "its file is damaged, or of a kind that this release does not know", "likely"),
    ("timed out waiting", "it did not get on with loading for as long as the server waits", "certain"),
    ("signal: killed", "the system killed its runner, which it mostly does for want of memory", "possible"),
    ("exit status 127", "a library that its runner needs is missing", "likely"),
    ("invalid argument", "its llama-server is of another build than this Ollama", "likely"),
)


def partly(known: Known) -> Iterator[Cause]:
    """Some layers are on the CPU."""
    launch, record = known.launch, known.record
    if launch is None or record is None:
        return
    got, asked, before = launch.facts["layers_offloaded"], record.num_gpu, record.layers_previous
    if asked is not None and isinstance(got, int) and asked <= got:
        yield Cause(f"num_gpu {asked} was asked for", "certain", (launch.line,))
        return
    if before is not None and isinstance(got, int) and got < before:
        text = f"it had {before} at the same context: something else takes the memory that they had"
        yield Cause(text, "likely", (launch.line,))
    needs = f"its weights and a context of {launch.facts['ctx_size']} tokens{_cache(record, record.ctx_size)}"
    yield Cause(f"{needs} take more than the GPU has free", "likely", (launch.line,))


def wholly(known: Known) -> Iterator[Cause]:
    """No layer is on the GPU, and the log seldom says why."""
    launch, life = known.launch, known.life
    if launch is None:
        return
    library = life.variable("OLLAMA_LLM_LIBRARY") or ""
    if library.startswith("cpu"):
        yield Cause(f"OLLAMA_LLM_LIBRARY is {library}", "certain", known.start("OLLAMA_LLM_LIBRARY"))
    elif known.record and known.record.library == "cpu":
        text = "Ollama planned it for the CPU: what is free on the GPU holds no part of it"
        yield Cause(text, "likely", (launch.line,))


def spilled(known: Known) -> Iterator[Cause]:
    launch, record, smaller = known.launch, known.record, known.fields.get("ctx_smaller")
    if launch is None or record is None or not isinstance(smaller, int) or record.ctx_per_slot is None:
        return
    more = (record.ctx_per_slot - smaller) * (record.parallel or 1)
    text = f"{record.ctx_per_slot} tokens take memory that layers had at {smaller}{_cache(record, more)}"
    before = [one.line for one in record.earlier if one.per_slot == smaller]
    yield Cause(text, "likely", lines(*before[-1:], launch.line))
    if launch.facts["ctx_is_default"] and record.server.default_before == smaller:
        text = f"the default context became {record.ctx_per_slot}, nobody asked for it"
        yield Cause(text, "likely", lines(record.server.announced_line, record.server.line))


def _cache(record: Record, tokens: int | None) -> str:
    return f" ({record.kv_bytes * tokens / _GIB:.1f} GiB of cache)" if record.kv_bytes and tokens else ""


def gpu_lost(known: Known) -> Iterator[Cause]:
    """A variable that hides GPUs is seen in the start line; a driver that is gone is not."""
    life = known.life
    now, before = life.env or {}, life.env_before or {}
    for name in _HIDE_GPUS:
        value = now.get(name)
        if value and value != before.get(name, ""):
            sure = value == "-1" or value.startswith("cpu")
            text = f"{name} is {value} at this start, and was {before.get(name) or 'not set'} before"
            evidence = lines(*known.start(name), life.env_before_line)
            yield Cause(text, "certain" if sure else "likely", evidence)
    if life.version_text and life.version_before and life.version_text != life.version_before:
        text = f"Ollama {life.version_before} became {life.version_text} with it"
        yield Cause(text, "possible", lines(life.line))


def not_loaded(known: Known) -> Iterator[Cause]:
    error = str(known.fields.get("error", "")).lower()
    for words, text, confidence in _FAILURES:
        if words in error:
            yield Cause(text, confidence, lines(known.line))
            return
