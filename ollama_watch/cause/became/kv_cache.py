"""The type of the KV cache: by one variable, up to 0.24 only with flash attention (reference 5)."""

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_SERVER = Span("0.30.0")
_GPTOSS, _GPTOSS_PLAIN = ("gptoss", "gpt-oss"), Span("0.11.5", "0.12.4")
_PLAIN, _QUANTISED = "f16", ("q8_0", "q4_0")


def kv_cache_type(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the type that the cache gets; None: unknown."""
    asked = value.lower() if isinstance(value, str) and value else None
    if asked is None or asked == _PLAIN:
        return _PLAIN, ()
    if _SERVER.holds(release):
        return asked, ("handed to llama-server as it is",)
    if dropped := _dropped(asked, release, loaded):
        return _PLAIN, (f"dropped: {dropped}",)
    plain_if_gptoss = _GPTOSS_PLAIN.holds(release) and loaded.architecture is None
    if loaded.flash_attention is None or plain_if_gptoss:
        return None, ("not known: it needs flash attention, and a model that takes it",)
    return asked, ()


def _dropped(asked: str, release: Version, loaded: Loaded) -> str | None:
    if asked not in _QUANTISED:
        return f"{asked} is no type of this release"
    if _GPTOSS_PLAIN.holds(release) and loaded.architecture in _GPTOSS:
        return f"{loaded.architecture} takes no quantised cache in this release"
    if loaded.flash_attention in ("off", "auto"):
        return f"it needs flash attention, which is {loaded.flash_attention}"
    return None
