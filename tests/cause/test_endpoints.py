"""Which endpoint is there in which release, and what a request to it can say (reference 11)."""

import pytest

from ollama_watch.cause.endpoints import ENDPOINTS, carries, endpoint
from tests.cause.truth import release

_COMPLETIONS = {
    "stop",
    "num_predict",
    "temperature",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "top_p",
}
# path, last release without it, first with it, first without it again, what it carries
_PATHS = [
    ("/api/generate", None, "0.1.21", None, None),
    ("/api/chat", None, "0.1.21", None, None),
    ("/api/embed", "0.2.5", "0.2.6", None, None),
    ("/api/embeddings", None, "0.1.21", None, None),
    ("/v1/completions", "0.1.48", "0.2.0", None, _COMPLETIONS),
    ("/v1/chat/completions", None, "0.1.24", None, _COMPLETIONS),
    ("/v1/embeddings", "0.2.5", "0.2.6", None, set()),
    ("/v1/responses", "0.13.2", "0.13.3", None, {"temperature", "top_p", "num_predict"}),
    ("/v1/messages", "0.13.5", "0.14.0", None, {"num_predict", "temperature", "top_p", "top_k", "stop"}),
    ("/v1/images/generations", "0.14.2", "0.14.3", "0.32.6", set()),
    ("/v1/images/edits", "0.14.2", "0.14.3", "0.32.6", set()),
    ("/v1/audio/transcriptions", "0.19.0", "0.20.0", None, set()),
]
_OPTIONS = (*sorted(_COMPLETIONS), "top_k", "num_ctx", "num_batch", "num_gpu", "num_thread", "use_mmap")
_ids = [row[0] for row in _PATHS]


@pytest.mark.parametrize(("path", "before", "first", "gone", "says"), _PATHS, ids=_ids)
def test_an_endpoint_is_there_from_its_first_release_on(
    path: str, before: str | None, first: str, gone: str | None, says: set[str] | None
) -> None:
    assert endpoint(path, release(first)) is ENDPOINTS[path]
    assert before is None or endpoint(path, release(before)) is None
    assert gone is None or endpoint(path, release(gone)) is None
    assert gone is None or endpoint(path, release("0.32.5")) is ENDPOINTS[path]
    assert gone is not None or endpoint(path, release("0.32.15")) is ENDPOINTS[path]


@pytest.mark.parametrize(("path", "before", "first", "gone", "says"), _PATHS, ids=_ids)
def test_a_request_carries_what_its_endpoint_copies(
    path: str, before: str | None, first: str, gone: str | None, says: set[str] | None
) -> None:
    for option in _OPTIONS:
        assert carries(path, option, release(first)) == (says is None or option in says)


def test_the_table_has_every_endpoint() -> None:
    assert _ids == list(ENDPOINTS)


def test_an_options_map_does_not_revive_what_is_gone() -> None:
    assert carries("/api/chat", "use_mlock", release("0.6.8")) is True
    assert carries("/api/chat", "use_mlock", release("0.9.6")) is False


@pytest.mark.parametrize(
    ("path", "option", "text", "known"),
    [
        ("/api/tags", "num_ctx", "0.12.6", None),
        ("/v1/responses", "num_ctx", "0.12.6", None),
        ("/api/chat", "ctx_num", "0.12.6", None),
        ("/api/chat", "use_mlock", None, None),
        ("/api/chat", "num_ctx", None, True),
        ("/v1/chat/completions", "num_ctx", None, False),
    ],
)
def test_what_is_not_known_is_none(path: str, option: str, text: str | None, known: bool | None) -> None:  # noqa: FBT001
    assert carries(path, option, release(text) if text else None) is known


def test_v1_sets_what_the_body_leaves_out() -> None:
    assert ENDPOINTS["/v1/completions"].sets == {"temperature": 1.0, "top_p": 1.0}
    assert ENDPOINTS["/v1/completions"].fields["max_tokens"] == "num_predict"
