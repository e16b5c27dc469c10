"""The HTTP interface: read-only, small, and for this machine unless told otherwise."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from ollama_watch.serve.changes import Changes
from ollama_watch.serve.connection import PEER, READER, RENEW
from ollama_watch.serve.page import FILES, POLICY, file
from ollama_watch.serve.peer import holder
from ollama_watch.serve.status import alert, status
from ollama_watch.serve.stream import Streams
from ollama_watch.serve.text import to_json
from ollama_watch.serve.view import Show, View

_TEXT, _JSON, _HTML = "text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8"
_EVENTS = "text/event-stream; charset=utf-8"
_STREAM = "/api/v1/alerts/stream"
_LOCAL = frozenset(("localhost", "localhost.localdomain", ""))

Answer = tuple[str, str, str]  # status line, content type, body


def _alerts(view: View) -> dict[str, object]:
    return {"alerts": [alert(one) for one in view.alerts]}


def _json(found: Any) -> Answer:
    return "200 OK", _JSON, to_json(found)


def _html(found: Any) -> Answer:
    from ollama_watch.serve.page.whole import page  # noqa: PLC0415  # many daemons are never looked at

    return "200 OK", _HTML, page(found)


def _healthy(_: Any) -> Answer:
    return "200 OK", _TEXT, "ollama-watchd is healthy\n"


def _ready(ready: Any) -> Answer:
    if ready:
        return "200 OK", _TEXT, "ollama-watchd is ready\n"
    return "503 Service Unavailable", _TEXT, "still reading what the log holds\n"


# What is looked up while the program stands still, and what is made of it afterwards.
_ROUTES: Mapping[str, tuple[Callable[[View], Any], Callable[[Any], Answer]]] = {
    "/": (status, _html),
    "/api/v1/alerts": (_alerts, _json),
    "/api/v1/status": (status, _json),
    "/-/healthy": (lambda view: None, _healthy),
    "/-/ready": (lambda view: view.ready, _ready),
}


def application(show: Show, allowed_hosts: Sequence[str], changes: Changes) -> WSGIApplication:
    """Return the program's pages; requests for another host's name are refused (DNS rebinding).

    One answer is made at a time: so the program never waits for more than one reader, however many there are.
    """
    turn = Lock()
    streams = Streams(changes)
    metrics: Callable[[str, str], tuple[list[tuple[str, str]], bytes]] | None = None

    def written(environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes]:
        nonlocal metrics
        if metrics is None:
            from ollama_watch.serve.exposition import Exposition  # noqa: PLC0415  # costs a start 20 ms

            metrics = Exposition(show).page
        return metrics(environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_ENCODING", ""))

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if refused := _refused(environ, allowed_hosts):
            return _send(environ, start, refused)
        if path == "/metrics":
            with turn:
                headers, body = written(environ)
            start("200 OK", headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        if path == _STREAM:
            return _stream(environ, start, streams)
        if kind := FILES.get(path.removeprefix("/")):
            return _send(environ, start, ("200 OK", kind, file(path.removeprefix("/"))))
        if path not in _ROUTES:
            known = " ".join(("/metrics", *_ROUTES, _STREAM))
            return _send(environ, start, ("404 Not Found", _TEXT, f"known: {known}\n"))
        with turn:
            answered = _made(path, show)
        return _send(environ, start, answered)

    return answer


def _made(path: str, show: Show) -> Answer:
    look, render = _ROUTES[path]
    with show() as view:
        found = look(view)
    return render(found)


def _stream(environ: WSGIEnvironment, start: StartResponse, streams: Streams) -> Iterable[bytes]:
    """Answer without an end: the reader's thread sends what comes."""
    if environ["REQUEST_METHOD"] == "HEAD":
        start("200 OK", _headers(_EVENTS))
        return []
    last = environ.get("HTTP_LAST_EVENT_ID", "")
    peer = environ.get(PEER)
    who = holder(peer) if peer else None
    stream = streams.open(last, environ.get(READER), environ.get(RENEW, lambda: None), who)
    if stream is None:
        busy = ("503 Service Unavailable", _TEXT, "all places for streams are taken\n")
        return _send(environ, start, busy, ("Retry-After", "15"))
    start("200 OK", _headers(_EVENTS))
    return stream


def _refused(environ: WSGIEnvironment, allowed_hosts: Sequence[str]) -> Answer | None:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return "405 Method Not Allowed", _TEXT, "only GET and HEAD\n"
    if not host_allowed(environ.get("HTTP_HOST", ""), allowed_hosts):
        hint = "add it to http.allowed_hosts in the configuration\n"
        return "403 Forbidden", _TEXT, f"this host name is not served here: {hint}"
    return None


def host_allowed(header: str, allowed_hosts: Sequence[str]) -> bool:
    """Tell whether a Host header names this machine: loopback, an address, or an allowed name."""
    host, colon, port = header.rpartition(":")
    name = host if colon and port.isdigit() else header
    name = name.strip("[]").rstrip(".").lower()
    if name in _LOCAL or name in {host.lower() for host in allowed_hosts}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _headers(kind: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", POLICY if kind == _HTML else "default-src 'none'"),
    ]


def _send(
    environ: WSGIEnvironment, start: StartResponse, answer: Answer, *more: tuple[str, str]
) -> list[bytes]:
    line, kind, text = answer
    body = text.encode("utf-8", "replace")
    headers = [*_headers(kind), ("Content-Length", str(len(body))), *more]
    start(line, headers if line[:3] != "405" else [*headers, ("Allow", "GET, HEAD")])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
