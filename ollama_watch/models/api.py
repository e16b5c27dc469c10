"""The same facts from a running Ollama, where its models directory cannot be read. This machine's only.

Ollama writes an access line for each request into the log that we read. `/api/show` loads nothing.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import IO, Any
from urllib.parse import urlsplit

from ollama_watch.models.header import Header, from_keys
from ollama_watch.models.regular import Refused, document
from ollama_watch.models.tag import Tag, hexadecimal, options_shown, spoken
from ollama_watch.parse.argv import digest

_PORT = 11434
_TIMEOUT = 2.0  # s without a byte
_PATIENCE = 30.0  # s for all requests of one asking
_LARGEST = 4 << 20  # bytes of an answer; licences and lists of tensors are in it
_MOST = 5_000  # models
_HERE = {"": "127.0.0.1", "localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # asked
_HEAD = ("FROM", "ADAPTER", "#", "")  # what stands before the template in a Modelfile that Ollama wrote


@dataclass(frozen=True, slots=True)
class Shown:
    """What Ollama tells of one of its models."""

    tag: Tag
    header: Header | None


def address(ollama_host: str) -> str | None:
    """Return host and port to ask, for what `OLLAMA_HOST` says; None if that is not this machine."""
    text = ollama_host.strip().strip("\"'")
    scheme, parted, rest = text.rpartition("://")
    if parted and scheme != "http":
        return None
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = _HERE.get(host, host)
    try:
        there = ip_address(host)
    except ValueError:
        return None
    if not there.is_loopback or "%" in host:
        return None
    name = f"[{there}]" if there.version == 6 else str(there)  # noqa: PLR2004  # IPv6
    return f"{name}:{port or (80 if parted else _PORT)}"


class Api:
    """One Ollama. Remembers what it was told, by the digest of the manifest. For one thread."""

    def __init__(self, ollama_host: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._address = address(ollama_host)
        self._clock = clock
        self._shown: dict[tuple[str, str], Shown | None] = {}

    def models(self) -> tuple[Shown, ...] | None:
        """Return all models that have a blob, or None if that could not be learnt to the end.

        Waits for the network, some milliseconds for each new model and 30 s at most.
        """
        end = self._clock() + _PATIENCE
        try:
            listed = _listed(self._ask("tags", None, end))
            self._shown = {key: shown for key, shown in self._shown.items() if key in listed}
            for key in listed:
                if key not in self._shown:
                    self._shown[key] = _shown(*key, self._ask("show", key[0], end))
        except (OSError, http.client.HTTPException, ValueError, Refused):
            return None
        return tuple(shown for shown in self._shown.values() if shown)

    def _ask(self, what: str, model: str | None, end: float) -> Mapping[str, Any]:
        if self._address is None:
            raise Refused("not this machine")
        body = json.dumps({"model": model, "name": model}).encode() if model else None  # old ones read `name`
        with _opened(f"http://{self._address}/api/{what}", body) as response:
            answer = document(self._read(response, end))
        if not isinstance(answer, dict):
            raise Refused("no object")
        return answer

    def _read(self, response: IO[bytes], end: float) -> bytes:
        data = bytearray()
        while part := response.read1(1 << 16):  # type: ignore[attr-defined]  # of http.client's
            data += part
            if len(data) > _LARGEST or self._clock() > end:
                raise Refused("too much, or too slow")
        return bytes(data)


def _opened(url: str, body: bytes | None) -> Any:
    """Send a request; return the response, an open one."""
    from urllib.request import (  # noqa: PLC0415  # mostly nobody has to be asked, and it costs a start
        HTTPRedirectHandler,
        ProxyHandler,
        Request,
        build_opener,
    )

    class NoRedirect(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:  # could lead to another machine
            return None

    headers = {"Content-Type": "application/json", "User-Agent": "ollama-watchd"}
    request = Request(url, data=body, headers=headers)  # noqa: S310  # http, as above
    return build_opener(ProxyHandler({}), NoRedirect).open(request, timeout=_TIMEOUT)


def _listed(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and manifest's digest of each model that `/api/tags` lists; raises Refused."""
    models = answer.get("models") or []
    if not isinstance(models, list) or len(models) > _MOST:
        raise Refused("no list of models")
    found = [(one.get("name"), one.get("digest")) for one in models if isinstance(one, dict)]
    return [
        (name, known)
        for name, told in found
        if isinstance(name, str) and spoken(name) and (known := hexadecimal(f"sha256:{told}"))
    ]


def _shown(name: str, manifest_digest: str, answer: Mapping[str, Any]) -> Shown | None:
    """Return what `/api/show` says of a model, or None if it has no blob."""
    modelfile, parameters = answer.get("modelfile"), answer.get("parameters")
    blobs = _blobs(modelfile if isinstance(modelfile, str) else "")
    short = spoken(name)
    if not blobs.get("FROM") or short is None:
        return None
    weights, *projectors = blobs["FROM"]
    keys = answer.get("model_info")
    tag = Tag(
        name=short,
        digest=weights,
        manifest_digest=manifest_digest,
        projectors=tuple(projectors),
        adapters=tuple(blobs.get("ADAPTER", ())),
        params=options_shown(parameters if isinstance(parameters, str) else ""),
    )
    return Shown(tag, from_keys(keys, None) if isinstance(keys, dict) else None)


def _blobs(modelfile: str) -> dict[str, list[str]]:
    """Return the digests of the paths after FROM and ADAPTER, up to the first other command."""
    found: dict[str, list[str]] = {}
    for line in modelfile.splitlines():
        word, _, path = line.partition(" ")
        if word not in _HEAD:
            break
        if known := digest(path.strip().strip('"')):
            found.setdefault(word, []).append(known)
    return found
