"""What loader dumps told about model blobs. A dump names its blob; where it stands says nothing."""

from collections import OrderedDict
from dataclasses import dataclass, field

from ollama_watch.parse import events as ev
from ollama_watch.state.replacing import replace

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


@dataclass(slots=True)
class Blobs:
    """Blobs by digest, the least recently read forgotten first."""

    known: OrderedDict[str, Blob] = field(default_factory=OrderedDict)
    open: str | None = None  # whose dump is being printed

    def __getitem__(self, digest: str | None) -> Blob:
        return self.known.get(digest or "", Blob())

    def take(self, event: ev.Dump | ev.Metadata) -> str | None:
        """Take in a line of a dump; return the digest of the blob that it told something new about."""
        if isinstance(event, ev.Dump):
            self.open = event.digest or ""
            self.known.setdefault(self.open, Blob())
            self.known.move_to_end(self.open)
            if len(self.known) > _MOST:
                self.known.popitem(last=False)
            return None
        if self.open is None or self.open not in self.known:
            return None
        self.known[self.open] = _with(self.known[self.open], event)
        return self.open

    def architecture(self, digest: str, name: str) -> None:
        """Remember what the new engine said of the blob that it opened."""
        self.known[digest] = replace(self[digest], architecture=name)


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
