"""Asking the running daemon."""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from ollama_watch.app.httpconfig import Http
from ollama_watch.errors import UserError

_PATIENCE = 5.0  # s
_MOST = 16 << 20  # bytes of an answer; a host with a hundred models has some hundred thousand


def ask(http: Http) -> dict[str, Any]:
    """Return `/api/v1/status` of the daemon that listens there; raises UserError if none answers."""
    listen = http.listen
    url = f"{'https' if http.tls else 'http'}://{listen}/api/v1/status"
    # A proxy of the environment knows nothing of this machine.
    opener = build_opener(ProxyHandler({}), *_tls(http))
    try:
        with opener.open(url, timeout=_PATIENCE) as answer:
            found = json.loads(answer.read(_MOST))
    except (URLError, OSError, HTTPException, ValueError) as error:
        hint = "start it: sudo systemctl start ollama-watchd, or ollama-watchd run"
        raise UserError(f"no ollama-watchd answers at {listen}: {_why(error)}", hint=hint) from error
    if not isinstance(found, dict) or "runners" not in found:
        raise UserError(f"what answers at {listen} is no ollama-watchd")
    return found


def _tls(http: Http) -> list[HTTPSHandler]:
    if http.tls is None:
        return []
    from ollama_watch.serve import tls  # noqa: PLC0415  # not needed in clear text

    return [HTTPSHandler(context=tls.client(http.tls.certificate, http.tls.key, http.tls.client_ca))]


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)
