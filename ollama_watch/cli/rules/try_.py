"""`ollama-watchd rules try`: what lines tell, and why each rule fires or not."""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from io import BytesIO
from pathlib import Path

from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.considering import consider
from ollama_watch.app.judging import Judging
from ollama_watch.app.trial import Trial, read_trial
from ollama_watch.app.workshop import unknown_rule
from ollama_watch.cli.paint import Paint, clean, paint_for
from ollama_watch.cli.rules.considered import line, table
from ollama_watch.errors import UserError
from ollama_watch.model import Launch, Line
from ollama_watch.parse.eras import Era
from ollama_watch.parse.events import Access, Event, PromptSize
from ollama_watch.sources.textfile import lines_of, read_lines, standard_input
from ollama_watch.verify.judge import shown
from ollama_watch.verify.rule import Rule

_SHOWN = 12  # understood lines
_TRAFFIC = (Access, PromptSize)  # each request has them
_EXCERPT = 160  # characters of one
_FOLDERS = ("/", "./", "../", "~")
_LOG = re.compile(r"""[^=:"]*\.(?:log|txt|gz|zst|xz|bz2|jsonl?)(?:[.-]\d+)?""")


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("what", metavar="LINE|FILE", help="a log line in quotes, a log file, or - for standard input")
    add("--rule", metavar="ID", help="one rule alone, with each of its conditions")
    add("--line", type=int, metavar="N", help="the launch of that line (default: the last one)")
    add("--rules", action="append", type=Path, default=[], metavar="PATH", help="more rules")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    parser.epilog = "Exit code 1: a rule fires; one that waits or is pending does not yet."


def run(arguments: argparse.Namespace) -> int:
    """Print what the lines tell and what each rule makes of it; return 1 if one fires."""
    config = load_config(arguments.config or default_path(os.environ), arguments.rules)
    rules = [_named(config.rules, arguments.rule)] if arguments.rule else list(config.rules)
    trial = read_trial(_lines(arguments.what), Judging(config))
    launch = _launch(trial, arguments.line)
    considered = list(consider(rules, trial, launch))
    paint = paint_for(sys.stdout)
    print("\n".join((*_understood(trial, paint), *_facts(trial, launch, paint))))
    if not (launch or trial.occurrences):
        return 0
    print()
    for one in considered:
        print("\n".join((line(one, paint), *(table(one, paint) if arguments.rule else ()))))
    return int(any(one.rule.enabled and one.fires for one in considered))


def _named(rules: Sequence[Rule], name: str) -> Rule:
    found = next((rule for rule in rules if rule.id == name), None)
    if found is None:
        raise unknown_rule(name, rules)
    return found


def _lines(what: str) -> Iterator[Line]:
    if what == "-":
        return standard_input()
    if _is_path(what):
        return read_lines(Path(what))
    return lines_of(BytesIO(os.fsencode(what)))


def _is_path(what: str) -> bool:
    """Tell whether a path is meant, there or not; a log line has several words, or `key=value`."""
    if what.startswith(_FOLDERS) or ("/" in what and len(what.split()) == 1) or _LOG.fullmatch(what):
        return True
    try:
        return bool(what) and Path(what).exists()  # nothing at all is no folder
    except (OSError, ValueError):  # too long for a name, or none at all
        return False


def _launch(trial: Trial, number: int | None) -> Launch | None:
    if number is None:
        return trial.launches[-1] if trial.launches else None
    found = next((launch for launch in trial.launches if launch.line == number), None)
    if found is None:
        known = ", ".join(str(launch.line) for launch in trial.launches) or "none"
        raise UserError(f"no launch at line {number}", hint=f"launches are at: {known}")
    return found


def _understood(trial: Trial, paint: Paint) -> Iterator[str]:
    if not trial.understood:
        yield _nothing(trial.lines)
    telling = [one for one in trial.understood if not isinstance(one[1], _TRAFFIC)]
    for number, event in telling[-_SHOWN:] if telling else trial.understood[-1:]:
        yield f"line {number}: {type(event).__name__}  {paint('faint', _fields(event))}"


def _nothing(lines: int) -> str:
    if not lines:
        return "nothing to read: it is empty"
    where = "this line" if lines == 1 else f"these {lines} lines"
    return f"nothing in {where} that tells of a launch or what became of it"


def _fields(event: Event) -> str:
    """Return what an event carries; the arguments of a launch are shown as its facts."""
    values = ((one.name, getattr(event, one.name)) for one in fields(event))
    shown = ((name, value.id if isinstance(value, Era) else value) for name, value in values)
    known = [
        (name, value) for name, value in shown if value not in (None, "", ()) and not is_dataclass(value)
    ]
    text = clean(", ".join(f"{name}: {value}" for name, value in known))
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def _facts(trial: Trial, launch: Launch | None, paint: Paint) -> Iterator[str]:
    if launch is None:
        return
    several = f" (the last of {len(trial.launches)}; --line N for another)" if len(trial.launches) > 1 else ""
    yield f"\n{clean(launch.name)}, launched at line {launch.line}{several}"
    known = [f"{name}: {clean(shown(value))}" for name, value in launch.facts.items() if value is not None]
    yield "  " + paint.wrapped(", ".join(known), 2)
    unknowns = [name for name, value in launch.facts.items() if value is None]
    yield "  " + paint("faint", paint.wrapped(f"unknown: {', '.join(unknowns)}", 2))
