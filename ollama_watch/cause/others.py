"""Why other rules than those on the context are broken: one function a rule, for what the log proves."""

from collections.abc import Callable, Iterator, Mapping

from ollama_watch.cause.known import Known
from ollama_watch.model import Cause

_NEEDS_FLASH_UNTIL = "until 0.24 a quantized cache needs flash attention"  # reference 5


def causes(known: Known) -> Iterator[Cause]:
    """Yield what explains a finding of a rule that is not on the context."""
    find = _BY_RULE.get(known.rule)
    if find:
        yield from find(known)


def _disagreeing(known: Known) -> Iterator[Cause]:
    """Clients, or tags, that want different contexts of one model."""
    launch, record = known.launch, known.record
    if launch is None or record is None:
        return
    asked = {one.per_slot: one.endpoint for one in record.earlier if one.per_slot and one.endpoint}
    now = launch.facts["ctx_per_slot"]
    if launch.request and isinstance(now, int):
        asked[now] = launch.request.endpoint
    lines = (*(one.line for one in record.earlier), launch.line)
    names = sorted({tag for one in record.earlier for tag in one.tags} | set(record.tags))
    if len(names) > 1:
        yield Cause(
            f"{', '.join(names)} are tags over the same weights, with contexts of their own", "likely", lines
        )
    if len(asked) > 1:
        text = ", ".join(f"{tokens} by {endpoint}" for tokens, endpoint in sorted(asked.items()))
        yield Cause(f"its requests get different contexts: {text}", "likely", lines)


def _flash_dropped(known: Known) -> Iterator[Cause]:
    if why := known.fields.get("why"):
        yield Cause(str(why), "certain", (known.launch.line,) if known.launch else ())


def _cache_dropped(known: Known) -> Iterator[Cause]:
    launch = known.launch
    if launch and launch.facts["flash_attention_effective"] == "off":
        text = f"flash attention is off for this launch, and {_NEEDS_FLASH_UNTIL}"
        yield Cause(text, "certain", (launch.line,))


def _environment_lost(known: Known) -> Iterator[Cause]:
    if known.fields.get("upgraded"):
        yield Cause("the release changed with it: an installer writes the unit anew", "likely")
    else:
        yield Cause("the unit, or whatever starts the server, was changed", "possible")


def _no_memory(known: Known) -> Iterator[Cause]:
    error = str(known.fields.get("error", "")).lower()
    if "out of memory" in error or "out-of-memory" in error or "more system memory" in error:
        yield Cause("there was not enough memory for its weights and its context", "certain")


def _default_changed(known: Known) -> Iterator[Cause]:
    if why := known.fields.get("why"):
        yield Cause(str(why), "certain")


_BY_RULE: Mapping[str, Callable[[Known], Iterator[Cause]]] = {
    "thrashing": _disagreeing,
    "flash-attention-dropped": _flash_dropped,
    "kv-cache-type-dropped": _cache_dropped,
    "environment-lost": _environment_lost,
    "load-failed": _no_memory,
    "default-changed": _default_changed,
}
