"""What a launch got less of than it was asked for or had before, told when it has started.

Each holds the launch against the server's own start line or against the model's launch before it.
"""

from collections.abc import Callable, Iterator, Mapping

from ollama_watch.model import Value
from ollama_watch.parse.version import version
from ollama_watch.state.record import Record
from ollama_watch.state.subject import Subject
from ollama_watch.state.updates import Reported

Fields = Mapping[str, Value]
_ONE_SLOT = {
    "projector": "models with a projector get one slot in this release",
    "architecture": "Ollama gives this architecture one slot",
    "cache": "this model does not support the cache that slots need",
    None: "the log does not say why",
}
_WARNS = version("0.5.0-rc0")  # before, flash attention is dropped in silence: `state.reports.at_launch`
_BATCH = 512  # tokens
_QUANTIZED = ("q", "iq")
_PLAIN = ("", "f16", None)  # of a KV cache


def reports(record: Record, before: Subject) -> Iterator[Reported]:
    """Yield what a launch that ended lacks; `before`: the model as it was remembered until then."""
    if record.era.arguments not in ("argv", "load") or record.builtin == ():
        return  # names no arguments, or no Ollama launched it
    for kind, read in _KINDS if record.started else _KINDS_OF_ANY:
        for fields in read(record, before):
            yield Reported(kind, record.at, record.line, record.cursor, record, "", fields)


def _parallel(record: Record, before: Subject) -> Iterator[Fields]:
    asked = record.server.number_of("OLLAMA_NUM_PARALLEL")
    slots = 1 if record.one_slot == "cache" else record.parallel
    if asked and slots and slots < asked:
        yield {"asked": asked, "slots": slots, "why": _ONE_SLOT[record.one_slot]}


def _without_effect(record: Record, before: Subject) -> Iterator[Fields]:
    """The start line shows a variable as set, the launch has something else, and no warning told of it.

    Without flash attention the cache is no news: it needs it.
    """
    server, asked = record.server, record.request or record.args
    flash, cache = "OLLAMA_FLASH_ATTENTION", server.variable("OLLAMA_KV_CACHE_TYPE")
    silent = server.version and _WARNS and server.version < _WARNS
    if record.args.cut or record.withheld or silent:
        return
    if server.switched_on(flash) and record.flash_attention == "off":
        yield {"variable": flash, "value": server.variable(flash), "got": "flash attention off"}
    elif cache not in _PLAIN and asked.kv_cache_type in _PLAIN:
        yield {"variable": "OLLAMA_KV_CACHE_TYPE", "value": cache, "got": "an f16 KV cache"}


def _spilled(record: Record, before: Subject) -> Iterator[Fields]:
    """A larger context of the same model took the place of layers; not where the layers were asked for."""
    layers, size = record.layers, record.ctx_per_slot
    if layers is None or size is None or record.num_gpu is not None or record.server.gpus == ():
        return
    fitting = [(ctx, count) for ctx, count in before.layers if ctx < size and count > layers.layers]
    if fitting:
        ctx, count = max(fitting)
        yield {"ctx_smaller": ctx, "layers_smaller": count}


def _lora(record: Record, before: Subject) -> Iterator[Fields]:
    """A cut line may have lost its adapters. Another tag of the same weights may have none."""
    last = before.last
    if last is None or record.args.cut:
        return
    missing = len(_adapters(last)) - len(_adapters(record))
    if missing > 0:
        yield {"had": len(_adapters(last)), "has": len(_adapters(record))}


def _adapters(record: Record) -> tuple[str, ...]:
    return (record.request.lora if record.request else record.args.lora) or ()


def _embedding_batch(record: Record, before: Subject) -> Iterator[Fields]:
    """The new engine sets the batch to the context by itself (reference 3).

    Up to 0.24 the batch that nobody asked for is 512, and Ollama's own runner takes an input in several.
    """
    batch, size = (record.request or record.args).batch_size, record.ctx_per_slot
    if record.engine == "ollama-engine" or (record.engine == "llama-runner" and batch == _BATCH):
        return
    if record.embedding and batch and size and batch < size:
        yield {}


def _cache_needs_flash(record: Record, before: Subject) -> Iterator[Fields]:
    cache = (record.request or record.args).kv_cache_type or ""
    if cache.startswith(_QUANTIZED) and (record.flash or record.flash_attention) == "off":
        yield {"type": cache}


def _threads(record: Record, before: Subject) -> Iterator[Fields]:
    told = record.threads
    if told and told.used > told.cores:
        yield {"used": told.used, "cores": told.cores}


_Kinds = tuple[tuple[str, Callable[[Record, Subject], Iterator[Fields]]], ...]
_KINDS_OF_ANY: _Kinds = (("kv_cache_needs_flash", _cache_needs_flash),)  # what fails is told of too
_KINDS: _Kinds = (
    *_KINDS_OF_ANY,
    ("parallel_reduced", _parallel),
    ("environment_without_effect", _without_effect),
    ("context_spilled", _spilled),
    ("embedding_batch", _embedding_batch),
    ("lora_missing", _lora),
    ("threads_above_cores", _threads),
)
