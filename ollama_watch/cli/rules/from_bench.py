"""`ollama-watchd rules from-bench`: rules from what llama-bench measured on this machine."""

import argparse
import codecs
import io
import sys
from pathlib import Path

from ollama_watch.bench.compare import compare
from ollama_watch.bench.formats import read_runs
from ollama_watch.bench.names import names
from ollama_watch.bench.rulewriter import rules_text
from ollama_watch.bench.run import plain
from ollama_watch.bench.scope import scoped
from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES

_EPILOG = """FILE is what llama-bench prints, as Markdown, or -o json, jsonl or csv; - is standard input:
  llama-bench -m MODEL -fa 0,1 | ollama-watchd rules from-bench - -o rules.d/bench.yaml
A rule is written where one value of a setting is faster in every test by more than the error; what is not
is told on standard error, with the reason.
Exit code: 0 a rule was written, 1 no comparison gave one, 2 a mistake in the call or in FILE."""
_MOST = 8 << 20  # bytes; a sweep of a hundred settings has some thousand lines


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    add = parser.add_argument
    add("file", metavar="FILE", help="what llama-bench printed; - is standard input")
    add("-o", "--output", type=Path, metavar="FILE", help="write the rules there, not to standard output")
    add("--force", action="store_true", help="overwrite the file of --output")
    add(
        "--model",
        action="append",
        default=[],
        metavar="NAME=TAG",
        help="which of Ollama's models llama-bench's NAME is, such as 'qwen2 7B Q8_0=qwen2.5-coder:7b'",
    )
    add("--severity", choices=SEVERITIES, default="info", help="of the rules (default: info)")


def run(arguments: argparse.Namespace) -> int:
    """Write the rules and say what none was made of; return 1 if there are no rules."""
    output: Path | None = arguments.output
    if output and output.exists() and not arguments.force:
        raise UserError(f"{plain(str(output))} exists already", hint="--force overwrites it")
    name = "standard input" if arguments.file == "-" else plain(arguments.file)
    runs = read_runs(_decoded(_read(arguments.file), name), name)
    named = names((run.model for run in runs), arguments.model)
    follows, refused = scoped(compare(runs), named)
    for one in refused:
        print(f"no rule: {one}", file=sys.stderr)
    if not follows:
        return 1
    _write(rules_text(follows, name.rsplit("/", 1)[-1], arguments.severity), output)
    return 0


def _read(file: str) -> bytes:
    try:
        if file == "-":
            if sys.stdin is None:
                raise UserError(
                    "standard input is closed", hint="pipe llama-bench's output into it, or name a file"
                )
            found = sys.stdin.buffer.read(_MOST + 1)
        else:
            with Path(file).open("rb") as stream:
                found = stream.read(_MOST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{plain(file)}: {why}", hint="name what llama-bench printed, or - for standard input"
        ) from error
    if len(found) > _MOST:
        raise UserError(f"{plain(file)}: larger than {_MOST >> 20} MiB, so not llama-bench's")
    return found


def _decoded(raw: bytes, name: str) -> str:
    """Return the text; PowerShell's `>` writes UTF-16."""
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return raw.decode(encoding, errors="replace")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # YAML, whatever the terminal speaks
        print(text, end="")
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{plain(str(output))}: {error.strerror}", hint="name a file in a folder that exists"
        ) from error
