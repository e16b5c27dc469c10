"""Which field of which endpoint becomes which option (reference 11); none of /v1 ever carried `num_ctx`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ollama_watch.cause import options
from ollama_watch.cause.releases import Span
from ollama_watch.parse.version import Version

_ALWAYS = Span()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path that makes a model load."""

    path: str
    methods: tuple[str, ...] = ("POST",)
    span: Span = _ALWAYS
    carries_runner_options: bool = False  # takes the whole `options` map
    fields: Mapping[str, str] = field(default_factory=dict)  # field of the body → option that it becomes
    sets: Mapping[str, float] = field(
        default_factory=dict
    )  # options that it sets though the body says nothing


_COMPLETIONS = {
    "stop": "stop",
    "max_tokens": "num_predict",
    "temperature": "temperature",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "top_p": "top_p",
}
_RESPONSES = {"temperature": "temperature", "top_p": "top_p", "max_output_tokens": "num_predict"}
_MESSAGES = {
    "max_tokens": "num_predict",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop_sequences": "stop",
}
_ONE = {"temperature": 1.0, "top_p": 1.0}
_IMAGES = Span("0.14.3", "0.32.6")

_ROWS = (
    Endpoint(path="/api/generate", carries_runner_options=True),
    Endpoint(path="/api/chat", carries_runner_options=True),
    Endpoint(path="/api/embed", span=Span("0.2.6"), carries_runner_options=True),
    Endpoint(path="/api/embeddings", carries_runner_options=True),
    Endpoint(path="/v1/completions", span=Span("0.2.0"), fields=_COMPLETIONS, sets=_ONE),
    Endpoint(path="/v1/chat/completions", fields=_COMPLETIONS, sets=_ONE),
    Endpoint(path="/v1/embeddings", span=Span("0.2.6")),
    Endpoint(path="/v1/responses", span=Span("0.13.3"), fields=_RESPONSES, sets={"temperature": 1.0}),
    Endpoint(path="/v1/messages", span=Span("0.14.0"), fields=_MESSAGES),
    Endpoint(path="/v1/images/generations", span=_IMAGES),
    Endpoint(path="/v1/images/edits", span=_IMAGES),
    Endpoint(path="/v1/audio/transcriptions", span=Span("0.20.0"), sets={"temperature": 0.0}),
)
ENDPOINTS: Mapping[str, Endpoint] = {row.path: row for row in _ROWS}


def endpoint(path: str, release: Version | None) -> Endpoint | None:
    """Return what `release` serves at `path`, or None. Of an unknown release: what any serves there."""
    found = ENDPOINTS.get(path)
    return None if found is None or found.span.holds(release) is False else found


def carries(path: str, option: str, release: Version | None) -> bool | None:
    """Tell whether a request to `path` can say `option`; None: an endpoint, option or release not known here.

    An `options` map may hold anything, but a name that its release does not know has no effect there.
    """
    found = endpoint(path, release)
    if found is None:
        return None
    if found.carries_runner_options:
        return options.known(option, release)
    return option in found.fields.values()


@lru_cache(256)
def carrying(option: str, release: Version | None) -> tuple[str, ...]:
    """Return the paths by which `release` takes `option`, the commonest first."""
    return tuple(path for path in ENDPOINTS if carries(path, option, release))
