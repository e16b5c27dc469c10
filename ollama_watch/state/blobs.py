"""What loader dumps told about model blobs. A dump names its blob; where it stands says nothing."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from ollama_watch.parse import events as ev

_MOST = 1000  # blobs remembered; a machine has tens
# Architectures that only embed (reference 5 and 10.4); others say so by a pooling type.
_EMBEDDERS = frozenset(
    (
        "bert",
        "nomic-bert",
        "nomic-bert-moe",
        "jina-bert-v2",
        "jina-bert-v3",
        "modern-bert",
        "neo-bert",
        "gemma-embedding",
    )
)


@dataclass(frozen=True, slots=True)
class Blob:
    """What is known of a model's weights."""

    architecture: str | None = None
    ctx_trained: int | None = None
    pooling: bool | None = None

    @property
    def embedding(self) -> bool | None:
        if self.architecture in _EMBEDDERS or self.pooling:
            return True
        return False if self.ctx_trained is not None else None  # a whole dump names the pooling, if any


class Blobs:
    """Blobs by digest, the least recently read forgotten first."""

    def __init__(self) -> None:
        self._blobs: OrderedDict[str, Blob] = OrderedDict()
        self._open: str | None = None  # whose dump is being printed

    def __getitem__(self, digest: str | None) -> Blob:
        return self._blobs.get(digest or "", Blob())

    def take(self, event: ev.Dump | ev.Metadata) -> str | None:
        """Take in a line of a dump; return the digest of the blob that it told something new about."""
        if isinstance(event, ev.Dump):
            self._open = event.digest or ""
            self._blobs.setdefault(self._open, Blob())
            self._blobs.move_to_end(self._open)
            if len(self._blobs) > _MOST:
                self._blobs.popitem(last=False)
            return None
        if self._open is None or self._open not in self._blobs:
            return None
        self._blobs[self._open] = _with(self._blobs[self._open], event)
        return self._open

    def architecture(self, digest: str, name: str) -> None:
        """Remember what the new engine said of the blob that it opened."""
        self._blobs[digest] = replace(self[digest], architecture=name)


def _with(blob: Blob, event: ev.Metadata) -> Blob:
    match event.key, event.value:
        case "architecture", str(name):
            return replace(blob, architecture=name)
        case "context_length", int(tokens):
            return replace(blob, ctx_trained=tokens)
        case "pooling_type", int(kind):
            return replace(blob, pooling=kind > 0)
        case _:
            return blob
