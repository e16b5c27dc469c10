"""Which files the configuration may be in: those that are not there yet count too."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ollama_watch.app.config import MACHINES, configured_rules, default_path, own_path
from ollama_watch.errors import UserError

_BESIDE = ("want.d", "rules.d")


def config_files(
    named: Path | None, rule_paths: Sequence[Path], environ: Mapping[str, str]
) -> tuple[Path, ...]:
    """Return every file and folder that decides what is in force, or would if it were there.

    `named`: the configuration of the command line; None: the usual places, of which one outranks the other.
    """
    places = (named,) if named else (own_path(environ), MACHINES)
    beside = (place.parent / folder for place in places for folder in _BESIDE)
    return tuple(dict.fromkeys((*places, *beside, *_rules(named or default_path(environ)), *rule_paths)))


def _rules(path: Path | None) -> tuple[Path, ...]:
    try:
        return configured_rules(path).paths
    except UserError:  # it cannot be read: whoever loads it tells
        return ()
