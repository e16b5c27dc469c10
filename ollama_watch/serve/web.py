"""The HTTP interface: read-only, small, and for this machine unless told otherwise."""

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app

from ollama_watch.serve.metrics import WatchCollector
from ollama_watch.serve.page import page
from ollama_watch.serve.status import alert, status
from ollama_watch.serve.view import Show, View

_TEXT, _JSON, _HTML = "text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8"
_LOCAL = frozenset(("localhost", "localhost.localdomain", ""))

Answer = tuple[str, str, str]  # status line, content type, body


def _alerts(view: View) -> Answer:
    return "200 OK", _JSON, json.dumps({"alerts": [alert(one) for one in view.alerts]})


def _status(view: View) -> Answer:
    return "200 OK", _JSON, json.dumps(status(view))


def _healthy(view: View) -> Answer:
    return "200 OK", _TEXT, "ollama-watchd is healthy\n"


def _ready(view: View) -> Answer:
    if view.ready:
        return "200 OK", _TEXT, "ollama-watchd is ready\n"
    return "503 Service Unavailable", _TEXT, "still reading what the log holds\n"


def _index(view: View) -> Answer:
    return "200 OK", _HTML, page(status(view))


_ROUTES: Mapping[str, Callable[[View], Answer]] = {
    "/": _index,
    "/api/v1/alerts": _alerts,
    "/api/v1/status": _status,
    "/-/healthy": _healthy,
    "/-/ready": _ready,
}


def application(show: Show, allowed_hosts: Sequence[str]) -> WSGIApplication:
    """Return the program's pages; requests for another host's name are refused (DNS rebinding)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(WatchCollector(show))
    metrics: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if refused := _refused(environ, allowed_hosts):
            return _send(environ, start, refused)
        if path == "/metrics":
            return metrics(environ, start)
        route = _ROUTES.get(path)
        if route is None:
            return _send(environ, start, ("404 Not Found", _TEXT, f"known: /metrics {' '.join(_ROUTES)}\n"))
        with show() as view:
            found = route(view)
        return _send(environ, start, found)

    return answer


def _refused(environ: WSGIEnvironment, allowed_hosts: Sequence[str]) -> Answer | None:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return "405 Method Not Allowed", _TEXT, "only GET and HEAD\n"
    if not host_allowed(environ.get("HTTP_HOST", ""), allowed_hosts):
        hint = "add it to http.allowed_hosts in the configuration\n"
        return "403 Forbidden", _TEXT, f"this host name is not served here: {hint}"
    return None


def host_allowed(header: str, allowed_hosts: Sequence[str]) -> bool:
    """Tell whether a Host header names this machine: loopback, an address, or an allowed name."""
    name = header.rpartition(":")[0] if header.rpartition(":")[2].isdigit() else header
    name = name.strip("[]").rstrip(".").lower()
    if name in _LOCAL or name in {host.lower() for host in allowed_hosts}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _send(environ: WSGIEnvironment, start: StartResponse, answer: Answer) -> list[bytes]:
    line, kind, text = answer
    body = text.encode()
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ]
    start(line, headers if line[:3] != "405" else [*headers, ("Allow", "GET, HEAD")])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
