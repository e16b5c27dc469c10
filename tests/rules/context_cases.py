"""Cases of the rules on the context of a launch. In 0.32 the default is the tier that the server tells."""

from tests.rules.case import Case
from tests.support.ollama_log import COMMAND_LINE, OllamaLog

_WARNS, _QUIET = ("warning",), ()
_INFO = ("info",)


def _new(**env: object) -> OllamaLog:
    return OllamaLog().server("0.32.1", env=env, tier=4096)


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
    Case("context-small", "one token more", _QUIET, _new().runs(ctx=2049)),
    Case("context-at-default", "a fresh install", _INFO, _new().runs(ctx=4096)),
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
    Case("parallel-splits-context", "8192 are two slots", _INFO, _new().runs(ctx=8192, parallel=2)),
    Case("parallel-splits-context", "each slot is large", _QUIET, _new().runs(ctx=16384, parallel=2)),
    Case("parallel-splits-context", "one slot", _QUIET, _new().runs(ctx=4096)),
    Case(
        "context-capped",
        "a request asks for more than trained",
        _INFO,
        _new()
        .warns('"requested context size too large for model" num_ctx=65536 n_ctx_train=8192')
        .runs(ctx=8192),
    ),
    Case(
        "context-capped",
        "the configuration wants more than trained",
        _WARNS,
        _new()
        .warns('"requested context size too large for model" num_ctx=65536 n_ctx_train=8192')
        .runs(ctx=8192),
        {"*": 16384},
    ),
    Case(
        "context-capped",
        "the default was capped",
        _QUIET,
        _new()
        .warns('"requested context size too large for model" num_ctx=4096 n_ctx_train=2048')
        .runs(ctx=2048),
    ),
)
