"""Cases of the rules on the context of a launch. In 0.32 the default is the tier that the server tells."""

from tests.rules.case import Case
from tests.support.ollama_log import COMMAND_LINE, OllamaLog

_WARNS, _QUIET = ("warning",), ()
_INFO = ("info",)


def _new(**env: object) -> OllamaLog:
    return OllamaLog().server("0.32.1", env=env, tier=4096)


def _tier(tokens: int) -> OllamaLog:
    return OllamaLog().server("0.32.1", tier=tokens)


def _old(release: str) -> OllamaLog:
    return OllamaLog().server(release)


def _usual() -> OllamaLog:
    """A model that had 16384 for long enough."""
    return _new().runs(ctx=16384).wait(900)


def _failed(log: OllamaLog, ctx: int, *, parallel: int = 1) -> OllamaLog:
    return log.launch(ctx=ctx, parallel=parallel).says('"Load failed" error="no memory"')


def _embeds(log: OllamaLog, *, ctx: int, parallel: int = 1) -> OllamaLog:
    return log.runs(ctx=ctx, parallel=parallel, flags="--embedding")


CONTEXT = (
    Case(
        "context-reverted",
        "the variable is gone after a restart",
        ("critical",),
        _new(OLLAMA_CONTEXT_LENGTH=32768)
        .runs(ctx=32768)
        .wait(900)
        .server("0.32.1", tier=4096)
        .runs(ctx=4096),
    ),
    Case(
        "context-reverted", "a wish in the configuration", ("critical",), _new().runs(ctx=4096), {"*": 8192}
    ),
    Case("context-reverted", "a wish that is met", _QUIET, _new().runs(ctx=8192), {"*": 8192}),
    Case("context-reverted", "a default that is enough", _QUIET, _new().runs(ctx=4096), {"*": 4096}),
    Case("context-reverted", "more than is wanted", _QUIET, _new().runs(ctx=4096), {"*": 2048}),
    Case("context-reverted", "no embedding model", ("critical",), _usual().runs(ctx=4096, trained=131072)),
    Case("context-reverted", "one token is missing", ("critical",), _new().runs(ctx=4096), {"*": 4097}),
    Case("context-reverted", "nobody wants anything", _QUIET, _new().runs(ctx=4096)),
    Case("context-reverted", "less than wanted, and no default", _QUIET, _new().runs(ctx=4097), {"*": 8192}),
    Case("context-reverted", "failed to start", _QUIET, _failed(_new(), 4096), {"*": 8192}),
    Case("context-reverted", "takes no more", _QUIET, _new().runs(ctx=4096, trained=4096), {"*": 8192}),
    Case(
        "context-reverted",
        "takes one token more",
        ("critical",),
        _new().runs(ctx=4096, trained=4097),
        {"*": 8192},
    ),
    Case("context-reverted", "an embedding model, by its history", _QUIET, _embeds(_usual(), ctx=4096)),
    Case(
        "context-reverted",
        "an embedding model, by the configuration",
        ("critical",),
        _embeds(_new(), ctx=4096),
        {"*": 8192},
    ),
    Case(
        "context-below-wanted",
        "a request asks for less than the variable",
        _WARNS,
        _new(OLLAMA_CONTEXT_LENGTH=32768).runs(ctx=8192),
    ),
    Case(
        "context-below-wanted",
        "the default, which is another rule's",
        _QUIET,
        _new().runs(ctx=4096),
        {"*": 8192},
    ),
    Case("context-below-wanted", "just as much", _QUIET, _new().runs(ctx=8192), {"*": 8192}),
    Case("context-below-wanted", "more than is wanted", _QUIET, _new().runs(ctx=9000), {"*": 8192}),
    Case(
        "context-below-wanted",
        "no embedding model",
        _WARNS,
        _new(OLLAMA_CONTEXT_LENGTH=32768).runs(ctx=8192, trained=131072),
    ),
    Case("context-below-wanted", "one token is missing", _WARNS, _new().runs(ctx=8191), {"*": 8192}),
    Case("context-below-wanted", "less than its history", _QUIET, _usual().runs(ctx=8192)),
    Case("context-below-wanted", "failed to start", _QUIET, _failed(_new(), 8191), {"*": 8192}),
    Case("context-below-wanted", "takes no more", _QUIET, _new().runs(ctx=1000, trained=1000), {"*": 8192}),
    Case("context-below-wanted", "takes one more", _WARNS, _new().runs(ctx=1000, trained=1001), {"*": 8192}),
    Case(
        "context-below-wanted",
        "an embedding model below the variable",
        _QUIET,
        _embeds(_new(OLLAMA_CONTEXT_LENGTH=32768), ctx=8192),
    ),
    Case(
        "context-below-wanted",
        "an embedding model below the configuration",
        _WARNS,
        _embeds(_new(), ctx=2000),
        {"*": 8192},
    ),
    Case("context-changed", "failed to start", _QUIET, _failed(_usual(), 8192)),
    Case("context-changed", "takes no more", _QUIET, _usual().runs(ctx=8192, trained=8192)),
    Case("context-changed", "takes one token more", _INFO, _usual().runs(ctx=8192, trained=8193)),
    Case("context-changed", "an embedding model", _QUIET, _embeds(_usual(), ctx=8192)),
    Case("context-changed", "just as much", _QUIET, _usual().runs(ctx=16384)),
    Case("context-changed", "one token less", _INFO, _usual().runs(ctx=16383)),
    Case("context-changed", "back at the default", _QUIET, _usual().runs(ctx=4096)),
    Case("context-changed", "less than the configuration", _QUIET, _usual().runs(ctx=8192), {"*": 12000}),
    Case(
        "context-changed",
        "less than it used to have, and no default",
        _INFO,
        _new().runs(ctx=16384).wait(900).runs(ctx=8192),
    ),
    Case(
        "context-changed",
        "more than it used to have",
        _QUIET,
        _new().runs(ctx=16384).wait(900).runs(ctx=32768),
    ),
    Case(
        "context-small",
        "2048 hidden in a total, version unknown",
        _WARNS,
        OllamaLog(COMMAND_LINE).runs(ctx=8192, parallel=4),
    ),
    Case("context-small", "a model that takes no more", _QUIET, _new().runs(ctx=2048, trained=2048)),
    Case("context-small", "takes one token more", _WARNS, _new().runs(ctx=2048, trained=2049)),
    Case("context-small", "trained for less", _QUIET, _new().runs(ctx=2048, trained=1024)),
    Case("context-small", "2048", _WARNS, _new().runs(ctx=2048)),
    Case("context-small", "one token more", _QUIET, _new().runs(ctx=2049)),
    Case("context-small", "just what is wanted", _QUIET, _new().runs(ctx=2048), {"*": 2048}),
    Case("context-small", "failed to start", _QUIET, _failed(_new(), 2048)),
    Case("context-small", "an embedding model", _QUIET, _embeds(_new(), ctx=2048)),
    Case("context-at-default", "a fresh install", _INFO, _new().runs(ctx=4096)),
    Case("context-at-default", "what is wanted", _QUIET, _new().runs(ctx=4096), {"*": 4096}),
    Case("context-at-default", "the default of 2048", _QUIET, _old("0.6.6").runs(ctx=2048)),
    Case("context-at-default", "a tier of 2049", _INFO, _tier(2049).runs(ctx=2049)),
    Case("context-at-default", "a tier of 4097", _QUIET, _tier(4097).runs(ctx=4097)),
    Case("context-at-default", "failed to start", _QUIET, _failed(_new(), 4096)),
    Case("context-at-default", "takes no more", _QUIET, _new().runs(ctx=4096, trained=4096)),
    Case("context-at-default", "trained for less", _QUIET, _new().runs(ctx=4096, trained=2048)),
    Case("context-at-default", "takes one token more", _INFO, _new().runs(ctx=4096, trained=4097)),
    Case("context-at-default", "an embedding model", _QUIET, _embeds(_new(), ctx=4096)),
    Case(
        "context-at-default",
        "a larger tier is enough",
        _QUIET,
        OllamaLog().server("0.32.1", tier=32768).runs(ctx=32768),
    ),
    Case(
        "context-at-default",
        "4096 that somebody asked for",
        _QUIET,
        OllamaLog().server("0.32.1", tier=32768).runs(ctx=4096),
    ),
)
