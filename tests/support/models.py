"""A models directory as Ollama writes it: manifests that name blobs by their digests."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TYPE = "application/vnd.ollama.image"
_NOBODY = 65534


class Models:
    """One such directory; it is made with its first tag."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def blob(self, data: bytes) -> str:
        """Write a blob; return its 64 hex digits."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return digest

    def path(self, digest: str) -> Path:
        return self.directory / "blobs" / f"sha256-{digest}"

    def manifest(self, name: str) -> Path:
        """Return where the manifest of `[[host/]namespace/]model:tag` is."""
        path, _, tag = name.rpartition(":")
        parts = path.split("/")
        host, namespace, model = [*("registry.ollama.ai", "library")[: 3 - len(parts)], *parts]
        return self.directory / "manifests" / host / namespace / model / tag

    def tag(
        self, name: str, digest: str, params: object = None, more: Sequence[Mapping[str, object]] = ()
    ) -> Path:
        """Write the manifest of a model with these weights, and its params layer; return its path."""
        layers = [layer("model", digest), layer("template", self.blob(b"{{ .Prompt }}")), *more]
        if params is not None:
            layers.append(layer("params", self.blob(json.dumps(params).encode())))
        return self.write(name, json.dumps({"schemaVersion": 2, "layers": layers}).encode())

    def write(self, name: str, data: bytes) -> Path:
        """Write any bytes where the manifest of `name` belongs."""
        path = self.manifest(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


def layer(kind: str, digest: str) -> dict[str, object]:
    return {"mediaType": f"{_TYPE}.{kind}", "digest": f"sha256:{digest}", "size": 1}


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Run as a user without rights, as the daemon does."""
    if os.geteuid():
        yield  # the rights of a file hold for its owner too
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
