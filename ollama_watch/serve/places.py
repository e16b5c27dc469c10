"""The labels that say where something comes from: the source, and its host where journals are collected."""

from collections.abc import Iterable

from ollama_watch.serve.families import Labels
from ollama_watch.serve.view import SourceView


class Places:
    """Names and values of those labels, the same for all series of a page."""

    def __init__(self, sources: Iterable[SourceView]) -> None:
        self._hosts = any(source.host is not None for source in sources)

    @property
    def names(self) -> Labels:
        return ("host", "source") if self._hosts else ("source",)

    def of(self, source: SourceView) -> Labels:
        return self.label(source.host, source.label)

    def label(self, host: str | None, source: str) -> Labels:
        """Return the values; this host's name is empty beside others, which Prometheus takes for no label."""
        return (host or "", source) if self._hosts else (source,)
