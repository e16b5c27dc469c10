"""Cases of the rules on numbers of the log that mislead: a total of slots, a wish that was capped."""

from tests.rules.case import Case
from tests.support.ollama_log import OllamaLog

_WARNS, _INFO, _QUIET = ("warning",), ("info",), ()
_CAPPED = '"requested context size too large for model" num_ctx={} n_ctx_train={}'


def _new() -> OllamaLog:
    return OllamaLog().server("0.32.1", tier=4096)


def _capped(asked: int, trained: int) -> OllamaLog:
    return _new().warns(_CAPPED.format(asked, trained)).runs(ctx=trained)


NUMBER = (
    Case("parallel-splits-context", "8192 are two slots", _INFO, _new().runs(ctx=8192, parallel=2)),
    Case("parallel-splits-context", "each slot is large", _QUIET, _new().runs(ctx=16384, parallel=2)),
    Case(
        "parallel-splits-context",
        "one slot that gets a quarter, 0.1.34 to 0.1.48",
        _QUIET,
        OllamaLog().server("0.1.40", {"OLLAMA_NUM_PARALLEL": 4}).runs(ctx=8192, flags="--mmproj /m/p"),
    ),
    Case(
        "parallel-splits-context", "trained for less", _QUIET, _new().runs(ctx=8192, parallel=2, trained=2048)
    ),
    Case("parallel-splits-context", "one slot", _QUIET, _new().runs(ctx=4096)),
    Case("parallel-splits-context", "one small slot", _QUIET, _new().runs(ctx=4100, parallel=1)),
    Case("parallel-splits-context", "4096 looks small anyway", _QUIET, _new().runs(ctx=4096, parallel=2)),
    Case("parallel-splits-context", "4097 are two slots", _INFO, _new().runs(ctx=4097, parallel=2)),
    Case("parallel-splits-context", "two of 4097", _QUIET, _new().runs(ctx=8194, parallel=2)),
    Case(
        "parallel-splits-context",
        "failed to start",
        _QUIET,
        _new().launch(ctx=8192, parallel=2).says('"Load failed" error="no memory"'),
    ),
    Case(
        "parallel-splits-context",
        "takes no more",
        _QUIET,
        _new().runs(ctx=8192, parallel=2, trained=4096),
    ),
    Case(
        "parallel-splits-context",
        "takes one token more",
        _INFO,
        _new().runs(ctx=8192, parallel=2, trained=4097),
    ),
    Case(
        "parallel-splits-context",
        "an embedding model",
        _QUIET,
        _new().runs(ctx=8192, parallel=2, flags="--embedding"),
    ),
    Case(
        "context-capped",
        "a request asks for more than trained",
        _INFO,
        _capped(65536, 8192),
    ),
    Case(
        "context-capped",
        "the configuration wants more than trained",
        _WARNS,
        _capped(65536, 8192),
        {"*": 16384},
    ),
    Case(
        "context-capped",
        "the configuration wants as much as it was trained for",
        _INFO,
        _capped(65536, 8192),
        {"*": 8192},
    ),
    Case(
        "context-capped",
        "the configuration wants one token more",
        _WARNS,
        _capped(65536, 8192),
        {"*": 8193},
    ),
    Case(
        "context-capped",
        "the default was capped",
        _QUIET,
        _capped(4096, 2048),
    ),
)
