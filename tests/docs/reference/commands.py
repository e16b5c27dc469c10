"""packaging/reference/commands.md: every command and option, as argparse was told."""

from collections.abc import Iterator

from tests.docs.commands import Argument, Command, every, program
from tests.docs.reference.markdown import code, page, table

_HEAD = """\
`ollama-watchd COMMAND --help` says the same. Nothing here changes Ollama: commands read its log, its
processes and its models. `accept` and `doctor --write` write our own configuration and say what they wrote;
`rules new` and `rules from-bench` write the file that you name. What exit codes mean is in
[exit-codes.md](exit-codes.md)."""


def text() -> str:
    found = list(every(program()))
    rows = ((f"[{one.name}](#{one.name.replace(' ', '-')})", one.what) for one in found)
    sections = ["\n\n".join(_section(one)) for one in found]
    return page("Commands", _HEAD, table(("Command", "Does"), rows), *sections)


def _section(command: Command) -> Iterator[str]:
    yield f"## {command.name}"
    taken = [one for one in command.options if "--help" not in one.spellings]
    if rows := [_row(one) for one in (*command.operands, *taken)]:
        yield table(("Argument", "Is"), rows)
    if command.more:
        yield f"```text\n{command.more}\n```"


def _row(one: Argument) -> tuple[str, str]:
    value = one.value or "|".join(one.words)
    spelt = [f"{spelling} {value}".strip() for spelling in one.spellings] or [value]
    return ", ".join(map(code, spelt)), one.what
