"""Which launch is meant: of a log, or of the running daemon."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ollama_watch.app.config import load_config
from ollama_watch.app.judging import Judging
from ollama_watch.app.trial import read_trial
from ollama_watch.cli.daemon import ask
from ollama_watch.errors import UserError
from ollama_watch.model import Facts
from ollama_watch.models.tag import spoken
from ollama_watch.sources.textfile import read_lines

ANY = "*"  # the only model there is


@dataclass(frozen=True, slots=True)
class Launched:
    """One launch."""

    name: str  # what people call its model
    facts: Facts

    @property
    def tags(self) -> tuple[str, ...]:
        known = self.facts.get("model")
        return tuple(str(tag) for tag in known) if isinstance(known, tuple) else ()


def logged(log: Path, line: int | None, config: Path | None) -> list[Launched]:
    """Return the launches of a log, or the one at a line of it, without those that failed."""
    trial = read_trial(read_lines(log), Judging(load_config(config)))
    kept = [one for one in trial.launches if one.superseded_by is None and not one.failed]
    found = [one for one in kept if line in (None, one.line)]
    if line is not None and not found:
        known = ", ".join(str(one.line) for one in kept) or "none"
        failed = any(one.line == line for one in trial.launches)
        message = f"the launch at line {line} failed" if failed else f"no launch at line {line}"
        raise UserError(message, hint=f"launches are at: {known}")
    return [Launched(one.name, one.facts) for one in found]


def running(listen: str | None, config: Path | None) -> list[Launched]:
    """Return the launches that the running daemon sees."""
    http = load_config(config).http
    status = ask(replace(http, listen=listen or http.listen))
    return [Launched(runner["model"], _facts(runner["facts"])) for runner in status["runners"]]


def _facts(told: dict[str, Any]) -> Facts:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def chosen(launches: Sequence[Launched], wanted: str) -> tuple[Launched, tuple[str, ...]]:
    """Return the last launch of a model, and the tag by which it was asked for.

    The model is named by any of its tags, with `:latest` or the registry or without, or by what it is called.
    """
    models = {one.name: one for one in launches}
    asked = {wanted, spoken(wanted)}
    fitting = [one for one in models.values() if wanted == ANY or asked & {one.name, *one.tags}]
    if len(fitting) == 1:
        return fitting[0], tuple(tag for tag in fitting[0].tags if tag in asked)
    known = ", ".join(models) or "none"
    if fitting:
        raise UserError("which model?", hint=f"name one after --from-launch: {known}")
    raise UserError(f"no launch of {wanted!r}" if models else "no launch", hint=f"launched: {known}")
