"""Why a launch has less than was asked for: flash attention, cache type, slots and more (reference 5, 6)."""

from collections.abc import Iterator

from ollama_watch.cause.known import Known, lines
from ollama_watch.cause.releases import Span
from ollama_watch.model import Cause
from ollama_watch.parse import events as ev

FLASH, CACHE = "OLLAMA_FLASH_ATTENTION", "OLLAMA_KV_CACHE_TYPE"
CACHE_TYPES = ("f16", "q8_0", "q4_0")
_NEEDS_FLASH = "until 0.24 a quantized cache needs flash attention"
GPUS_ONLY = Span(until="0.11.5")
_PARTIAL = Span("0.3.1", "0.3.7")
_GPTOSS, _PLAIN_GPTOSS = ("gptoss", "gpt-oss"), Span("0.11.0", "0.12.4")
_OLD_CARDS = Span("0.20.4", "0.30.0")


def flash(known: Known) -> Iterator[Cause]:
    why, launch = known.fields.get("why"), known.launch
    if not why:
        return
    if known.fields.get("by") == "release":
        yield Cause(str(why), "likely", lines(known.line, *known.start(FLASH)))
        return
    on_cpu = known.life.gpus == () or bool(launch and launch.facts["library"] == "cpu")
    if known.fields.get("by") == "gpu" and on_cpu and GPUS_ONLY.holds(known.release):
        why = "it runs on the CPU, which has no flash attention until 0.11.4"
    yield Cause(str(why), "certain", lines(known.line))


def cache(known: Known) -> Iterator[Cause]:
    """A type that is dropped with a warning: what each of the warnings needs, the launch shows."""
    launch, kind = known.launch, known.fields.get("type")
    if launch is None:
        return
    asked, became = launch.facts["flash_attention"], launch.facts["flash_attention_effective"]
    if kind not in CACHE_TYPES:
        text = f"{kind} is no type of cache that Ollama takes: {', '.join(CACHE_TYPES)}"
        yield Cause(text, "certain", lines(known.line))
    elif dropped := known.warned(ev.FlashDropped):
        text = f"flash attention was dropped for this launch, and {_NEEDS_FLASH}"
        yield Cause(text, "certain", lines(*dropped, known.line))
    elif asked == "auto":
        text = f"without {FLASH}=1 this release leaves flash attention to llama.cpp, and gives no such cache"
        yield Cause(text, "certain", lines(known.line, *known.start(FLASH)))
    elif became == "off":
        text = f"flash attention is off for this launch, and {_NEEDS_FLASH}"
        yield Cause(text, "certain", lines(known.line, *known.stated, *known.start(FLASH)))
    elif became == "on":
        yield Cause(f"the model does not take a cache of type {kind}", "likely", lines(known.line))


def cache_needs_flash(known: Known) -> Iterator[Cause]:
    launch = known.launch
    if launch is None:
        return
    if launch.facts["flash_attention"] == "auto":
        text = "llama.cpp was to decide, and switched flash attention off for this model or GPU"
        yield Cause(text, "certain", (launch.line,))
    elif launch.era == "llama-server":
        text = f"{FLASH} is set to 0, or there is a GPU that cannot do it: else it would be on or auto"
        yield Cause(text, "likely", lines(launch.line, *known.start(FLASH)))


def without_effect(known: Known) -> Iterator[Cause]:
    name, record = known.fields.get("variable"), known.record
    architecture = record.blob.architecture if record else None
    if name == "OLLAMA_LLM_LIBRARY":
        text = f"this installation has no library {known.fields.get('value')}"
        yield Cause(text, "certain", lines(known.line))
    elif name == FLASH and architecture == "gemma4" and _OLD_CARDS.holds(known.release):
        text = "this release leaves it out for gemma4 on NVIDIA cards before Turing, without a word at INFO"
        yield Cause(text, "possible", lines(known.line))
    elif name == CACHE and architecture in _GPTOSS and _PLAIN_GPTOSS.holds(known.release):
        text = f"{architecture} takes no quantized cache in this release"
        yield Cause(text, "likely", lines(known.line))


def slots(known: Known) -> Iterator[Cause]:
    record, why = known.record, known.fields.get("why")
    if record and record.one_slot:
        yield Cause(str(why), "certain", lines(*known.warned(ev.OneSlot), known.line))
    elif _PARTIAL.holds(known.release) and known.life.gpus != ():
        text = "0.3.1 to 0.3.6 give one slot where not all layers fit on the GPU"
        yield Cause(text, "possible", lines(known.line))


def capped(known: Known) -> Iterator[Cause]:
    requested, trained = known.fields.get("requested"), known.fields.get("trained")
    text = f"the model was trained for {trained} tokens, and Ollama gives no model more than that"
    yield Cause(text, "certain", lines(known.line))
    if requested is not None and known.record and known.record.num_ctx == requested:
        yield Cause(f"the model's own num_ctx asks for {requested}", "likely")


def adapters(known: Known) -> Iterator[Cause]:
    """Another tag of the same weights may have none: so it is, where the manifests say so."""
    record = known.record
    if record is None:
        return
    own = [one for one in record.names if one.tag in known.tags]
    others = [one.tag for one in record.names if one.tag not in known.tags and one.adapters]
    before = {tag for one in record.earlier for tag in one.tags} - set(known.tags)
    evidence = lines(*(one.line for one in record.earlier[-1:]), known.line)
    if own and others and not any(one.adapters for one in own):
        who = ", ".join(one.tag for one in own)
        text = f"{who} has no adapter of its own; {', '.join(others)} has, over the same weights"
        yield Cause(text, "likely", evidence)
    elif before and known.tags:
        text = f"another tag over the same weights was launched before: {', '.join(sorted(before))}"
        yield Cause(text, "likely", evidence)
