"""The text of the metrics page: `prometheus_client` writes it, a family at a time; kept while it is true.

What a family is made of is compared, so nothing has to tell that it changed; a page of a hundred models costs
a comparison instead of two thousand lines.
"""

import gzip
from collections.abc import Callable
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder, gzip_accepted

from ollama_watch.serve.families import Family
from ollama_watch.serve.metrics import families
from ollama_watch.serve.view import Show

_END = b"# EOF\n"  # of a page of OpenMetrics; none of it is a series
_LEVEL = 1  # of compression: a twentieth of the page, in a third of the time that the default takes

Write = Callable[[Any], bytes]


class Exposition:
    """Writes pages for one reader at a time."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._kind = ""  # of what is kept: two readers mostly ask for the same
        self._kept: dict[Family, bytes] = {}  # of the last page

    def page(self, accept: str, encoding: str) -> tuple[list[tuple[str, str]], bytes]:
        """Return headers and body; the program stands still until its numbers are taken, no longer."""
        with self._show() as view:
            found = list(families(view))
        write, kind = choose_encoder(accept)
        body = self._written(found, write, kind)
        if gzip_accepted(encoding):
            return [("Content-Type", kind), ("Content-Encoding", "gzip")], gzip.compress(body, _LEVEL)
        return [("Content-Type", kind)], body

    def _written(self, found: list[Family], write: Write, kind: str) -> bytes:
        kept = self._kept if kind == self._kind else {}
        self._kind = kind
        self._kept = {one: kept.get(one) or write(_Alone(one)) for one in found}
        end = _END if any(text.endswith(_END) for text in self._kept.values()) else b""
        return b"".join(text.removesuffix(_END) for text in self._kept.values()) + end


class _Alone:
    """A family as the only one of a registry."""

    def __init__(self, family: Family) -> None:
        self._family = family

    def collect(self) -> list[Metric]:
        return [self._family.metric()]
