"""Flash attention: asked for, on by the model's architecture, or dropped (reference 5)."""

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span, at
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_FORCED = Span("0.11.8", "0.12.4")
_GPTOSS = ("gptoss", "gpt-oss")
_AUTO_IN_LLAMA_ENGINE = Span("0.13.4")
_SERVER = Span("0.30.0")
_ON = (  # new engine, and any before 0.13.4; from this release on, each list adds to those before
    ("0.11.8", "gptoss gpt-oss"),
    ("0.12.4", "qwen3 qwen3moe"),
    ("0.12.6", "gemma3"),
    ("0.12.8", "qwen3vl qwen3vlmoe"),
    ("0.13.2", "mistral3"),
    ("0.13.4", "olmo3"),
    ("0.13.5", "bert"),
    ("0.14.3", "glm4moelite lfm2"),
    ("0.15.5", "glmocr qwen3next"),
    ("0.17.1", "lfm2moe nemotron_h nemotron_h_moe qwen35 qwen35moe"),
    ("0.20.4", "gemma4"),
    ("0.22.0", "nemotron_h_omni"),
)
_NOT_BY_MODEL = (
    ("gptoss", Span("0.11.2", "0.11.5")),
    ("gemma2", Span("0.11.11")),
    ("grok", Span("0.19.0")),
)
_BY_GPU = {  # libraries that take it; any other does not
    "cuda": (Span(),),
    "metal": (Span(),),
    "rocm": (Span("0.5.0"),),
    "cpu": (Span("0.11.5"),),
    "vulkan": (Span("0.12.6", "0.12.7"), Span("0.12.10")),
}
_MODEL_MATTERS = Span("0.5.0")
_PARTIAL_DROPS = Span(until="0.1.40")


def flash_attention(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return on, off or auto for what the server made of OLLAMA_FLASH_ATTENTION; None: it is unset."""
    asked = value if isinstance(value, bool) else None
    if _SERVER.holds(release):
        return _of_server(asked, loaded)
    if _FORCED.holds(release) and loaded.architecture in _GPTOSS:
        return "on", ("the architecture wants flash attention, whatever the variable says",)
    if _FORCED.holds(release) and loaded.architecture is None and not asked:
        return None, ("not known: on, if the architecture is gptoss",)
    if asked is False:
        return "off", ()
    return _if_supported(release, loaded, ()) if asked else _unset(release, loaded)


def _of_server(asked: bool | None, loaded: Loaded) -> Outcome:  # noqa: FBT001  # three values, not a switch
    if asked is not None:
        return ("on" if asked else "off"), ()
    if loaded.flash_supported is False:
        return "off", ("a GPU does not support it",)
    return "auto", ("llama-server decides",)


def _unset(release: Version, loaded: Loaded) -> Outcome:
    if _AUTO_IN_LLAMA_ENGINE.holds(release) and loaded.engine != "ollama-engine":
        known = loaded.engine == "llama-runner"
        return ("auto", ("llama.cpp decides",)) if known else (None, ("not known: by the engine",))
    listed = {name for since, names in _ON if release >= at(since) for name in names.split()}
    if listed and loaded.architecture is None:
        return None, ("not known: on for some architectures",)
    if loaded.architecture not in listed:
        return "off", ()
    return _if_supported(release, loaded, (f"on by itself for {loaded.architecture}",))


def _if_supported(release: Version, loaded: Loaded, steps: tuple[str, ...]) -> Outcome:
    supported, why = _supported(release, loaded)
    if supported is None:
        return None, (*steps, f"not known: {why}")
    return ("on" if supported else "off"), (steps if supported else (*steps, f"dropped: {why}"))


def _supported(release: Version, loaded: Loaded) -> tuple[bool | None, str]:
    if loaded.flash_supported is not None:
        return loaded.flash_supported, "the log says that it is not supported"
    if loaded.library is None:
        return None, "whether the GPU supports it"
    if not any(span.holds(release) for span in _BY_GPU.get(loaded.library.lower(), ())):
        return False, f"{loaded.library} does not support it in this release"
    if _PARTIAL_DROPS.holds(release) and not loaded.fits:
        return loaded.fits, "on partial offload"
    return _supported_by_model(release, loaded) if _MODEL_MATTERS.holds(release) else (True, "")


def _supported_by_model(release: Version, loaded: Loaded) -> tuple[bool | None, str]:
    if loaded.embedding:
        return False, "an embedding model does not support it"
    barred = [name for name, span in _NOT_BY_MODEL if span.holds(release)]
    if loaded.architecture in barred:
        return False, f"{loaded.architecture} does not support it in this release"
    if loaded.embedding is None or (barred and loaded.architecture is None):
        return None, "whether the model supports it"
    return True, ""
