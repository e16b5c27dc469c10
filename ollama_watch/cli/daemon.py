"""Asking the running daemon."""

import json
import sys
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from ollama_watch.app.config import load_http
from ollama_watch.app.httpconfig import Http
from ollama_watch.errors import UserError

_PATIENCE = 5.0  # s
_MOST = 16 << 20  # bytes of an answer; a host with a hundred models has some hundred thousand


def reach(config: Path | None, listen: str | None) -> Http:
    """Return how to reach the daemon that runs, by `http` of the configuration or, before that, by `listen`.

    Whatever else is wrong there: the daemon goes on with what it read before. Where `http` itself cannot be
    told it is looked for at the default address, and that is said. Raises UserError if the file is not there.
    """
    try:
        http = load_http(config)
    except UserError as error:
        if config and not config.exists():
            raise
        http = Http()
        print(f"ollama-watchd: {error}\nasking at {listen or http.listen} all the same", file=sys.stderr)
    return replace(http, listen=listen or http.listen)


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
