"""The series that the daemon exports, by the names that a query calls them."""

from collections.abc import Mapping

from ollama_watch.serve.metrics import metrics
from ollama_watch.serve.view import View

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "gauge": ("",),
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
}
NOTHING = View(
    version="0",
    sources=(),
    alerts=(),
    violations={},
    rules=0,
    notifications={},
    reload_successful=True,
    reloaded_at=0.0,
    state_save_failures=0,
)


def exported() -> set[str]:
    return {family.name + suffix for family in metrics(NOTHING) for suffix in _SUFFIXES[family.type]}
