"""`ollama-watchd status`: what the running daemon sees."""

import argparse
import json
import os
from dataclasses import replace
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.httpconfig import Http
from ollama_watch.errors import UserError
from ollama_watch.serve.text import clean, layers, to_json

_PATIENCE = 5.0  # s
_MARKS = {"critical": "✗", "warning": "!", "info": "·"}
_MOST = 16 << 20  # bytes of an answer; a host with a hundred models has some hundred thousand


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the API's own words")
    parser.add_argument("--listen", metavar="ADDR:PORT", help="where the daemon listens")


def run(arguments: argparse.Namespace) -> int:
    http = load_config(default_path(os.environ)).http
    status = _ask(replace(http, listen=arguments.listen or http.listen))
    if arguments.json:
        print(to_json(status, indent=1))
    else:
        print("\n".join(clean(line) for line in lines(status)))
    return 1 if any(alert["state"] == "firing" for alert in status["alerts"]) else 0


def _ask(http: Http) -> dict[str, Any]:
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


def lines(status: dict[str, Any]) -> list[str]:
    """Return what a person wants to know first, first."""
    found = [line for source in status["sources"] for line in _newer(source, status)]
    found += [_source(source) for source in status["sources"]]
    found += [line for alert in status["alerts"] for line in _alert(alert)]
    return found + ([_runner(one) for one in status["runners"]] or ["no runner seen so far"])


def _newer(source: dict[str, Any], status: dict[str, Any]) -> list[str]:
    if not source["newer_than_tested"]:
        return []
    tested = status["tested_ollama_version"]
    return [f"Ollama {clean(source['ollama_version'])} is newer than what we were tested with ({tested})"]


def _source(source: dict[str, Any]) -> str:
    release = f"Ollama {clean(source['ollama_version'])}" if source["ollama_version"] else "Ollama ?"
    state = clean(source["trouble"]) if source["trouble"] else f"{source['lines']:,} lines"
    lost = [f"journald dropped {source['suppressed_lines']:,} lines"] if source["suppressed_lines"] else []
    lost += [f"lines may be missing in {source['gaps']} places"] if source["gaps"] else []
    return " · ".join([clean(source["name"]), release, clean(source["target"]), state, *lost])


def _alert(alert: dict[str, Any]) -> list[str]:
    mark = _MARKS[alert["severity"]]
    found = [f"{mark} {alert['severity']:8}  {alert['rule']}  {clean(alert['summary'])}"]
    found += [f"    why  {clean(cause['text'])}" for cause in alert["causes"][:1]]
    return found + [f"    fix  {clean(fix)}" for fix in alert["fixes"][:1]]


def _runner(one: dict[str, Any]) -> str:
    facts = one["facts"]
    per_slot = "?" if facts["ctx_per_slot"] is None else facts["ctx_per_slot"]
    slots = facts["parallel"] or "?"
    plural = "slot" if slots == 1 else "slots"
    wanted = facts["ctx_wanted"]
    ends = f"wanted {wanted} ({facts['ctx_wanted_from']})" if wanted else ""
    return (
        f"  {clean(one['model']):24} {per_slot:>7} × {slots} {plural:5}  {layers(facts):20}  {ends}".rstrip()
    )
