"""`ollama-watchd explain`: why a launch got its arguments, or how a setting is made."""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.explaining import Explained, explain_lines
from ollama_watch.app.judging import Judging
from ollama_watch.app.naming import naming
from ollama_watch.cli import explain_text, explain_ways
from ollama_watch.cli.daemon import ask, reach
from ollama_watch.cli.explain_unit import set_elsewhere
from ollama_watch.cli.explain_wish import wanted
from ollama_watch.cli.inputs import named_log
from ollama_watch.cli.paint import paint_for
from ollama_watch.cli.report_json import finding, timestamp
from ollama_watch.errors import UserError
from ollama_watch.serve.status import environment, prompts, request, settings
from ollama_watch.serve.text import to_json

Explanation = Mapping[str, Any]
_UNIT = "ollama.service"
_SEVERITIES = {"critical": 0, "warning": 1, "info": 2}


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", nargs="?", metavar="MODEL", help="by any of its names (default: all that run)")
    add("--log", metavar="FILE", help="a log instead of the running daemon; - is standard input")
    add("--line", type=int, metavar="N", help="of the log: the launch of that line")
    add("--want", metavar="FACT=VALUE", help="every way to get it, as in context=32768 or flash_attention=on")
    add("--release", metavar="V", help="with --want: of Ollama (default: the one that runs)")
    add("--unit", metavar="UNIT", help=f"hold what it sets against the log (of a daemon: {_UNIT})")
    add("--json", action="store_true", help="for programs")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens")


def run(arguments: argparse.Namespace) -> int:
    """Print one explanation a model, or the ways to get what is wanted."""
    if arguments.line is not None and not arguments.log:
        raise UserError("--line needs --log", hint="explain --log server.log --line 30")
    if arguments.want:
        return _want(arguments)
    unit = arguments.unit or ("" if arguments.log else _UNIT)
    found = [{**one, "set_elsewhere": set_elsewhere(one, unit)} for one in _found(arguments)]
    if arguments.json:
        print(to_json({"schema_version": 1, "explanations": found}, indent=1))
    else:
        paint = paint_for(sys.stdout)
        print("\n\n".join(explain_text.render(one, paint) for one in found))
    return 0


def _want(arguments: argparse.Namespace) -> int:
    fact, value = wanted(arguments.want)
    try:
        about = _found(arguments)[-1]
    except UserError:
        if arguments.model and arguments.log:
            raise
        about = {}  # there is no launch to take release and platform from
    ways = explain_ways.ways(fact, value, about, arguments.release, arguments.model)
    print(to_json(ways, indent=1) if arguments.json else explain_ways.render(ways, paint_for(sys.stdout)))
    return 0


def _found(arguments: argparse.Namespace) -> list[Explanation]:
    """Return the explanations that were asked for, the newest launch of each model."""
    every = _of_log(arguments) if arguments.log else _of_daemon(arguments)
    fitting = [one for one in every if arguments.model in (None, one["model"], *one["models"])]
    if arguments.line is not None:
        fitting = [one for one in fitting if one["line"] == arguments.line]
    if not fitting:
        known = ", ".join(dict.fromkeys(f"{one['model']} (line {one['line']})" for one in every))
        what = f"no launch of {arguments.model!r}" if arguments.model else "no such launch"
        raise UserError(what, hint=f"launched: {known}" if known else "nothing was launched so far")
    return list({one["model"]: one for one in fitting}.values())


def _of_log(arguments: argparse.Namespace) -> list[Explanation]:
    config = load_config(arguments.config or default_path(os.environ))
    names, _ = naming(replace(config.models, ollama_api=False))
    _, lines = named_log(arguments.log)
    return [_explanation(one) for one in explain_lines(lines, arguments.log, Judging(config, names=names))]


def _explanation(one: Explained) -> Explanation:
    launch = one.launch
    return {
        "model": launch.name,
        "models": _tags(launch.facts["model"]),
        "source": launch.source,
        "line": launch.line,
        "time": timestamp(launch.at),
        "platform": launch.platform,
        "request": request(launch.request) if launch.request else None,
        "facts": dict(launch.facts),
        "settings": settings(one.record, launch),
        "environment": environment(one.record),
        "findings": _sorted(finding(found) for found in one.findings),
        "prompts": prompts(one.prompts, launch),
    }


def _of_daemon(arguments: argparse.Namespace) -> list[Explanation]:
    status = ask(reach(arguments.config or default_path(os.environ), arguments.listen))
    return [_of_runner(runner, status["alerts"]) for runner in status["runners"]]


def _of_runner(runner: Mapping[str, Any], alerts: Iterable[Mapping[str, Any]]) -> Explanation:
    own = [one for one in alerts if one["model"] == runner["model"] and one["source"] == runner["source"]]
    return {
        **{key: runner[key] for key in ("model", "source", "line", "platform", "request", "facts")},
        "models": _tags(runner["facts"]["model"]),
        "time": runner["since"],
        "settings": runner["settings"],
        "environment": runner["environment"],
        "findings": _sorted({**one, "message": one["summary"]} for one in own),
        "prompts": runner["prompts"],
    }


def _sorted(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(findings, key=lambda one: _SEVERITIES[one["severity"]])


def _tags(value: object) -> list[str]:
    return [str(tag) for tag in value] if isinstance(value, list | tuple) else []
