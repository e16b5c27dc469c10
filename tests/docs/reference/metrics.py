"""packaging/reference/metrics.md: every family of the metrics page."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from ollama_watch.model import SEVERITIES
from ollama_watch.serve.metrics import metrics
from tests.docs.reference.markdown import code, codes, page, table
from tests.packaging.exported import NOTHING

# What a label may be where it is one of few words; a metric's own label before the one of that name.
WORDS: Mapping[str, tuple[str, ...]] = {
    "severity": SEVERITIES,
    "reason": ("first", "context", "options", "restart", "crash", "unknown"),
    "direction": ("up", "down", "default"),
    "outcome": ("sent", "failed", "dropped"),
}
_HEAD = """\
The page is `/metrics`. What is unknown has no series: it is never 0.

- `source` is the configured name of a log, `model` the tag where the log names it, else `sha256:` and 12
  digits.
- After a hundred models of a source there are no further series; `ollama_watch_models_without_series_total`
  counts them.
- Of a histogram there are `_bucket`, `_sum` and `_count`.
- A series of a runner goes away when its end is known. An unload cannot be seen in Ollama's log: what is
  shown may be gone already."""
_LABELS = "## Words\n\nLabels that can only be one of few words."
_NEVER = "Never a label: a port, a process id, a path, a whole digest, a message."


def text() -> str:
    rows = table(("Metric", "Type", "Labels", "Meaning"), map(_row, families()))
    words = table(("Label", "Words"), ((code(label), codes(found)) for label, found in WORDS.items()))
    return page("Metrics", _HEAD, rows, _LABELS, words, _NEVER)


def families() -> Iterator[Metric]:
    """Yield them as they are before anything was seen."""
    yield from sorted(metrics(NOTHING), key=lambda family: family.name)


def name(family: Metric) -> str:
    """Return a family's name as the page shows it: there a counter ends in _total."""
    return f"{family.name}_total" if family.type == "counter" else family.name


def labels(family: Any) -> Iterable[str]:
    found: Iterable[str] = family._labelnames  # noqa: SLF001  # the library tells them nowhere else
    return found


def _row(family: Metric) -> tuple[str, ...]:
    return code(name(family)), family.type, codes(labels(family)), family.documentation
