"""The `http` part of the configuration."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from ollama_watch.app.credentials import located
from ollama_watch.verify.yamlfile import Document, positions

_KEYS = ("listen", "allowed_hosts", "allow_cleartext", "tls", "external_url")


@dataclass(frozen=True, slots=True)
class Tls:
    """Paths of PEM files."""

    certificate: Path
    key: Path
    client_ca: Path | None = None  # who signs the clients that are let in; None: all are


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    listen: str = "127.0.0.1:10434"
    allowed_hosts: tuple[str, ...] = ()
    allow_cleartext: bool = False
    tls: Tls | None = None
    external_url: str = ""  # of the status page, as others reach it, with a / at its end; "": not said


def http(document: Document, node: yaml.Node | None, beside: Path) -> Http:
    """Return what `node` says; paths that are not absolute begin at `beside`."""
    keys = positions(document.mapping(node, _KEYS))
    hosts = document.sequence(keys["allowed_hosts"]) if "allowed_hosts" in keys else ()
    return Http(
        listen=document.text(keys["listen"]) if "listen" in keys else Http().listen,
        allowed_hosts=tuple(document.text(host) for host in hosts),
        allow_cleartext="allow_cleartext" in keys and document.truth(keys["allow_cleartext"]),
        tls=_tls(document, keys.get("tls"), beside),
        external_url=_external_url(document, keys.get("external_url")),
    )


def _external_url(document: Document, node: yaml.Node | None) -> str:
    if node is None or document.is_null(node):
        return ""
    url = document.text(node)
    if not _is_page(url):
        what = "expected the address under which others reach the status page, without a password or a query"
        document.complain(node, what, "write https://gpu1.example:10434/")
    return f"{url.rstrip('/')}/"


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and not any(char in " @?#" for char in url)
    return bool(known) and plain


def _tls(document: Document, node: yaml.Node | None, beside: Path) -> Tls | None:
    if node is None or document.is_null(node):
        return None
    words = ("certificate", "key", "client_ca")
    keys = positions(document.mapping(node, words, words[:2]))
    given = {name: value for name, value in keys.items() if not document.is_null(value)}
    paths = {name: located(document.text(value), beside) for name, value in given.items()}
    if not {"certificate", "key"} <= set(paths):
        if {"certificate", "key"} <= set(keys):
            document.complain(node, "TLS needs the files of a certificate and its key")
        return None
    return Tls(**paths)
