"""The HTTP interface as the configuration wants it: for this machine, unless told otherwise."""

import socket
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from ollama_watch.app.httpconfig import Http
from ollama_watch.errors import UserError
from ollama_watch.serve import tls
from ollama_watch.serve.changes import Changes
from ollama_watch.serve.server import Web, split
from ollama_watch.serve.view import Show
from ollama_watch.serve.web import application


def open_web(http: Http, show: Show, changes: Changes) -> Web:
    """Return what serves `show` and `changes`.

    Raises UserError where it may not, or cannot, listen as it is asked to.
    """
    own = http.tls
    context = tls.server(own.certificate, own.key, own.client_ca) if own else None
    external, host = urlsplit(http.external_url).hostname, split(http.listen)[0]
    # Where it listens at any address, the links of alerts name this machine: see `Here.url`.
    our_name = [socket.gethostname()] if _is(host, "is_unspecified") else []
    names = (*http.allowed_hosts, host, *our_name, *([external] if external else []))
    return Web(_allowed(http), application(show, names, changes), context, changes.close)


def _allowed(http: Http) -> str:
    """Return the address to listen at; beyond this machine only where that is asked for."""
    host, _ = split(http.listen)
    if host == "localhost" or _is(host, "is_loopback") or http.tls or http.allow_cleartext:
        return http.listen
    hint = "listen at 127.0.0.1, or set http.tls, or http.allow_cleartext: true, in the configuration"
    raise UserError(f"{http.listen} can be reached from other machines, in clear text", hint=hint)


def _is(host: str, kind: Literal["is_loopback", "is_unspecified"]) -> bool:
    try:
        return bool(getattr(ip_address(host), kind))
    except ValueError:
        return False
