"""`ollama-watchd doctor`: one line a check, and how to mend what is not well."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ollama_watch.app.config import default_path
from ollama_watch.app.doctor import Check, Place, examine, look
from ollama_watch.app.doctor.write import user_path, write_sources
from ollama_watch.app.homes import own_home
from ollama_watch.cli.daemon import ask
from ollama_watch.cli.paint import Paint, clean, paint_for
from ollama_watch.cli.progress import watched
from ollama_watch.serve.text import to_json

_MARKS = {True: ("ok", "ok"), False: ("not ok", "critical"), None: ("—", "faint")}  # word, colour
_NAME = 9  # column where names begin
_TEXT = 28  # and texts
_EPILOG = """Exit code: 0 nothing is wrong, 1 something is, 2 a mistake in the call.
Some things only root may see: sudo ollama-watchd doctor."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of the usual places")
    parser.add_argument("--write", action="store_true", help="save the found logs as `sources:`")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the report; return 1 if something is not ok."""
    path = arguments.config or default_path(os.environ)
    place = Place(home=own_home(os.environ), environ=os.environ, config=path)
    seen = look(place, ask, lambda lines, name, total: watched(lines, name, total, sys.stderr))
    checks = examine(seen)
    target = path or user_path(os.environ)
    wrote = write_sources(seen, target) if arguments.write else None
    if arguments.json:
        print(_json(checks, target if wrote else None))
    else:
        print(render(checks, paint_for(sys.stdout)))
        if wrote:
            print(f"\nwritten to {clean(str(target))}:\n{_indented(wrote)}")
    return int(any(check.ok is False for check in checks))


def _json(checks: Sequence[Check], wrote: Path | None) -> str:
    found = [asdict(check) for check in checks]
    return to_json({"schema_version": 1, "checks": found, "wrote": str(wrote) if wrote else None}, indent=1)


def render(checks: Sequence[Check], paint: Paint) -> str:
    """Return the report for people."""
    wrong = sum(check.ok is False for check in checks)
    last = (
        f"{wrong} {'thing is' if wrong == 1 else 'things are'} not ok: mend from the top"
        if wrong
        else "all is well"
    )
    pairs = zip(checks, [*checks[1:], None], strict=True)
    return "\n".join([*(_check(check, after, paint) for check, after in pairs), "", paint("strong", last)])


def _check(check: Check, after: Check | None, paint: Paint) -> str:
    told = after is None or (after.name, after.mend) != (check.name, check.mend)  # else it mends both
    word, colour = _MARKS[check.ok]
    text = paint.wrapped(clean(check.text), _TEXT)
    head = f"{paint(colour, f'{word:<{_NAME}}')}{check.name:<{_TEXT - _NAME}}"
    rows = [head + (paint("faint", text) if check.ok is None else text)]
    rows += [f"{'':{_TEXT}}{clean(line)}" for line in check.details]
    rows += [_mend(clean(mend), paint) for mend in check.mend] if told else []
    return "\n".join(rows)


def _mend(text: str, paint: Paint) -> str:
    """A command is not broken into lines, for it is there to be copied; lines of a file are set in."""
    mark = " " if text.startswith(" ") else paint("info", "→")
    return f"{'':{_TEXT - 2}}{mark} {text}"


def _indented(text: str) -> str:
    return "\n".join(f"    {clean(line)}" for line in text.splitlines())
