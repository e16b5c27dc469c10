"""`ollama-watchd check`: what already happened, judged."""

import argparse
import glob
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ollama_watch.app.check import Report, check_lines, gravest
from ollama_watch.app.checkhosts import check_hosts
from ollama_watch.app.comparing import Life, last_life, last_life_if_readable
from ollama_watch.app.config import default_path, load_config
from ollama_watch.app.judging import Judging
from ollama_watch.app.naming import naming
from ollama_watch.app.running import check_running
from ollama_watch.app.skimming import Lines, Skimmed
from ollama_watch.cli import report_json, report_junit, report_text
from ollama_watch.cli.inputs import STDIN, file_size, input_arguments, input_fields, named_log, shown_name
from ollama_watch.cli.paint import paint_for
from ollama_watch.cli.progress import watched, watched_pieces
from ollama_watch.cli.since import moment
from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES, Line
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.jsonl import Jsonl
from ollama_watch.sources.pieces import Piece
from ollama_watch.sources.processes import processes
from ollama_watch.sources.textfile import read_lines, standard_input

_UNIT = "ollama.service"
_JOURNAL = f"a unit's journal (default: {_UNIT}), or the folder of the journals of many hosts"
_EPILOG = """Without FILE, --journal or --running: every log found on this machine.
Exit code: 0 clean, 1 findings of --fail-on or graver, 2 a mistake in the call.
Times are shown in the zone that the log writes. For running processes, line is the process id."""

_NAME_ONE = "name a FILE or --journal UNIT, pipe a log into `ollama-watchd check -`, or try --running"


class Read(NamedTuple):
    """Something to be judged."""

    name: str
    lines: Lines
    host: str | None = None  # whose log it is, where the journals of many were collected


Inputs = Iterable[Read]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="a log, also .gz; - is standard input")
    add("--journal", nargs="?", const=_UNIT, metavar="UNIT", help=_JOURNAL)
    input_arguments(parser)
    add(
        "--running",
        action="store_true",
        help="the command lines of the runners that run now, llama-server too; compared with their log",
    )
    add("--log", metavar="FILE", help="with --running: the log to compare with (default: what is found)")
    add("--format", choices=("text", "json", "junit"), default="text", help="of the report (default: text)")
    add(
        "--rules",
        action="append",
        type=Path,
        default=[],
        metavar="PATH",
        help="more rules: a file or a folder",
    )
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("--since", metavar="T", help="report from then on: 2h, 7d, '2026-01-31 12:00', 2026-01-31T12:00:00Z")
    add("--fail-on", choices=SEVERITIES, default="warning", help="exit 1 from this on (default: warning)")


def run(arguments: argparse.Namespace) -> int:
    """Print the report; return 1 if it has findings that `--fail-on` asks for."""
    if bool(arguments.files) + (arguments.journal is not None) + arguments.running > 1:
        raise UserError("FILE, --journal and --running exclude each other", hint="ask for them one by one")
    jsonl = input_fields(arguments)
    if jsonl and not arguments.files:
        raise UserError("--input-format is for files and standard input", hint="name a FILE, or -")
    if arguments.log is not None and not arguments.running:
        raise UserError("--log needs --running", hint="check FILE judges a log")
    now = time.time()
    since = moment(arguments.since, now) if arguments.since is not None else None
    config = load_config(arguments.config or default_path(os.environ), arguments.rules)
    names, _ = naming(replace(config.models, ollama_api=False))
    judging, report = Judging(config, names=names), Report(since=since)
    if arguments.running:
        check_running(processes(), now, judging, report, _lives(arguments.log, config.sources))
    else:
        for name, lines in _records(arguments.files, jsonl) if jsonl else ():
            check_hosts(lines, name, judging, report, since)
        for one in () if jsonl else _inputs(arguments, config.sources):
            check_lines(one.lines, one.name, judging, report, since, one.host)
    _print(report, arguments)
    worst = gravest(report.findings)
    return int(worst is not None and SEVERITIES.index(worst) >= SEVERITIES.index(arguments.fail_on))


def _print(report: Report, arguments: argparse.Namespace) -> None:
    text = arguments.format == "text"
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Programs get UTF-8 whatever the terminal speaks; for people a mark it lacks is a question mark.
        sys.stdout.reconfigure(encoding=None if text else "utf-8", errors="replace")
    renders: dict[str, Callable[[], Iterable[str]]] = {
        "text": lambda: [report_text.render(report, paint_for(sys.stdout), arguments.fail_on)],
        "json": lambda: report_json.parts(report),
        "junit": lambda: [report_junit.render(report, arguments.fail_on)],
    }
    sys.stdout.writelines(renders[arguments.format]())
    print()
    sys.stdout.flush()  # here a reader that went away is nobody's error


def _inputs(arguments: argparse.Namespace, sources: Iterable[SourceConfig]) -> Inputs:
    if arguments.journal is not None:
        if "/" in arguments.journal:
            return _collected(SourceConfig(name="", unit=_UNIT, directory=arguments.journal))
        name, pieces = _journal(arguments.journal)
        return [Read(name, Skimmed(_some(pieces, arguments.journal)))]
    if arguments.files:
        return [Read(*named_log(name)) for name in dict.fromkeys(arguments.files)]
    return _found(tuple(sources))


def _lives(log: str | None, configured: tuple[SourceConfig, ...]) -> Iterable[Life]:
    """Return what tells of the launches of running processes; what is merely found may be unreadable."""
    if log is None:
        return _found_lives(configured)
    name, lines = named_log(log)
    return [last_life(lines, name)]


def _found_lives(configured: tuple[SourceConfig, ...]) -> Iterator[Life]:
    """Look at the machine only when somebody asks."""
    try:
        inputs = list(_found(configured))
    except UserError as error:
        yield Life("", trouble=f"not compared with a log: {error.message}")
        return
    for one in inputs:
        if one.host is None:  # only this machine's processes run here
            yield last_life_if_readable(one.lines, one.name)


def _journal(unit: str) -> tuple[str, Iterator[Piece]]:
    from ollama_watch.sources.journals import journal_pieces  # noqa: PLC0415  # only where a journal is read

    name = f"journal {unit}"
    return name, watched_pieces(journal_pieces(unit), name, None, sys.stderr)


def _collected(source: SourceConfig) -> Inputs:
    from ollama_watch.sources.journals import collected_pieces  # noqa: PLC0415  # as above

    for host, pieces in collected_pieces(source):
        name = f"journal of {host}"
        yield Read(name, Skimmed(watched_pieces(pieces, name, None, sys.stderr)), host)


def _some(pieces: Iterator[Piece], unit: str) -> Iterator[Piece]:
    """Yield `pieces`; a journal without any is a misspelt unit, or one that logs elsewhere."""
    first = next(pieces, None)
    if first is None:
        hint = "systemctl list-units '*ollama*' shows its name; or name a FILE"
        raise UserError(f"the journal has no line of {unit}", hint=hint)
    yield first
    yield from pieces


def _records(names: Iterable[str], jsonl: Jsonl) -> Iterator[tuple[str, Iterator[Line]]]:
    """Yield what files that a log pipeline wrote are called, and their lines."""
    for name in dict.fromkeys(names):
        if name == "-":
            yield STDIN, standard_input(jsonl)
        else:
            path = Path(name)
            yield shown_name(name), watched(read_lines(path, jsonl), path.name, file_size(path), sys.stderr)


def _found(configured: tuple[SourceConfig, ...]) -> Inputs:
    """Return what the configuration names, else what is found on this machine."""
    whys: list[str] = []
    sources = list(configured)
    if not sources:
        from ollama_watch.sources.find import find  # noqa: PLC0415  # looks at the whole machine

        everything = find()
        sources = [one.source for one in everything if one.source]
        whys = [one.why for one in everything]
    inputs = [one for source in sources for one in _source(source)]
    if not inputs:
        text = (
            f"no log that can be read: {'; '.join(whys)}" if whys else "no Ollama was found on this machine"
        )
        raise UserError(text, hint=_NAME_ONE)
    return inputs


def _source(source: SourceConfig) -> Inputs:
    if source.directory is not None:
        yield from _collected(source)
    elif source.path is not None:
        names = sorted(glob.glob(source.path)) or [source.path]  # noqa: PTH207  # its pattern is absolute
        yield from (Read(*named_log(name)) for name in names)
    elif source.unit is not None:
        name, pieces = _journal(source.unit)
        yield Read(name, Skimmed(pieces))
