"""`ollama-watchd status`: what the running daemon sees."""

import argparse
import os
from typing import Any

from ollama_watch.app.config import default_path
from ollama_watch.cli.daemon import ask, reach
from ollama_watch.serve.text import clean, layers, to_json

_MARKS = {"critical": "✗", "warning": "!", "info": "·"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the API's own words")
    parser.add_argument("--listen", metavar="ADDR:PORT", help="where the daemon listens")


def run(arguments: argparse.Namespace) -> int:
    status = ask(reach(default_path(os.environ), arguments.listen))
    if arguments.json:
        print(to_json(status, indent=1))
    else:
        print("\n".join(clean(line) for line in lines(status)))
    return 1 if any(alert["state"] == "firing" for alert in status["alerts"]) else 0


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
    if alert["count"] > 1 and (worst := alert.get("worst")) and worst["summary"] != alert["summary"]:
        found.append(f"    the worst of {alert['count']:,}: {clean(worst['summary'])}")
    found += [f"    why  {clean(cause['text'])}" for cause in alert["causes"][:1]]
    return found + [f"    fix  {clean(fix)}" for fix in alert["fixes"][:1]]


def _runner(one: dict[str, Any]) -> str:
    facts = one["facts"]
    per_slot = "?" if facts["ctx_per_slot"] is None else facts["ctx_per_slot"]
    slots = facts["parallel"] or "?"
    plural = "slot" if slots == 1 else "slots"
    wanted = facts["ctx_wanted"]
    sizes = one["prompts"]
    parts = [f"wanted {wanted} ({facts['ctx_wanted_from']})"] if wanted else []
    parts += [f"largest prompt {sizes['largest']}, 95 % ≤ {sizes['p95']}"] if sizes else []
    ends = " · ".join(parts)
    return (
        f"  {clean(one['model']):24} {per_slot:>7} × {slots} {plural:5}  {layers(facts):20}  {ends}".rstrip()
    )
