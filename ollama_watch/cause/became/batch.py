"""The logical batch (reference 1.6, 3, 10.2)."""

from ollama_watch.cause.became.circumstances import Loaded, Outcome
from ollama_watch.cause.releases import Span
from ollama_watch.model import Value
from ollama_watch.parse.version import Version

_DEFAULT = 512
_NOT_ABOVE_CONTEXT = Span("0.11.11")
_EMBEDDING_IS_CONTEXT = Span("0.13.3")  # llama engine
_SERVER = Span("0.30.0")
_EMBEDDING = 2048
_BY_CONTEXT = ((32768, 2048), (4096, 1024))  # of all slots above so many tokens: so large


def batch(value: Value, release: Version, loaded: Loaded) -> Outcome:
    """Return the batch that `value` becomes; None: nobody set one."""
    asked = value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
    if _SERVER.holds(release):
        return _of_server(asked, loaded)
    if _EMBEDDING_IS_CONTEXT.holds(release) and loaded.engine != "ollama-engine":
        if loaded.embedding and loaded.engine:
            return loaded.num_ctx, ("an embedding model's batch is its context",)
        if loaded.embedding is not False:
            return None, ("not known: the context, if it is an embedding model of the llama engine",)
    return _within_context(asked or _DEFAULT, release, loaded)


def _within_context(tokens: int, release: Version, loaded: Loaded) -> Outcome:
    if not _NOT_ABOVE_CONTEXT.holds(release):
        return tokens, ()
    if loaded.num_ctx is None:
        return None, ("not known: not above the context",)
    if tokens <= loaded.num_ctx:
        return tokens, ()
    return loaded.num_ctx, (f"cut to the context of {loaded.num_ctx}",)


def _of_server(asked: int | None, loaded: Loaded) -> Outcome:
    total = None if loaded.num_ctx is None or loaded.parallel is None else loaded.num_ctx * loaded.parallel
    if loaded.embedding is None or total is None:
        if asked and loaded.embedding is False:
            return asked, ()
        return None, ("not known: by the context of all slots, and whether it is an embedding model",)
    if loaded.embedding:
        tokens = min(asked or _EMBEDDING, total)
        return tokens, (f"an embedding model's: {asked or _EMBEDDING}, not above its context",)
    if asked:
        return asked, ()
    tokens = next((size for above, size in _BY_CONTEXT if total > above), _DEFAULT)
    if loaded.library != "cpu":
        return None, (f"automatic: {tokens} for a context of {total}, less where memory is short",)
    return tokens, (f"automatic: {tokens} for a context of {total}",)
