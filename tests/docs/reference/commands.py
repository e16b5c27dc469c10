"""packaging/reference/commands.md: every command and option, from the parsers themselves."""

import argparse
from collections.abc import Iterable, Iterator
from importlib import import_module

from ollama_watch.cli import _COMMANDS as COMMANDS
from tests.docs.reference.markdown import code, page, table

_HEAD = """\
`ollama-watchd COMMAND --help` says the same. Nothing here changes Ollama: commands read its log, its
processes and its models. `accept` and `doctor --write` write our own configuration and say what they wrote;
`rules new` and `rules from-bench` write the file that you name. What the exit codes mean is in
[exit-codes.md](exit-codes.md)."""


def text() -> str:
    sections = ["\n\n".join(_section(name, parser)) for name, parser in parsers()]
    return page("Commands", _HEAD, _contents(), *sections)


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that does something, with its parser."""
    for name, what in COMMANDS.items():
        parser = argparse.ArgumentParser(description=what)
        import_module(f"ollama_watch.cli.{name}").arguments(parser)
        below = list(_below(name, parser))
        yield from below or [(name, parser)]


def _below(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # as in `_actions`
            yield from ((f"{name} {sub}", own) for sub, own in action.choices.items())


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001  # `format_help` is laid out anew in each Python


def _contents() -> str:
    rows = ((f"[{name}](#{name.replace(' ', '-')})", _what(parser)) for name, parser in parsers())
    return table(("Command", "Does"), rows)


def _what(parser: argparse.ArgumentParser) -> str:
    told = (parser.description or "").removesuffix(".")
    return told[:1].lower() + told[1:]


def _section(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {name}"
    rows = [_row(action) for action in _actions(parser) if action.dest != "help"]
    if rows:
        yield table(("Argument", "Is"), rows)
    if parser.epilog:
        yield f"```text\n{parser.epilog}\n```"


def _row(action: argparse.Action) -> tuple[str, str]:
    words = [str(word) for word in action.choices] if isinstance(action.choices, Iterable) else []
    value = action.metavar if isinstance(action.metavar, str) else "|".join(words)
    if action.option_strings:
        shown = ", ".join(code(f"{one} {value}".strip()) for one in action.option_strings)
    else:
        shown = code(value or action.dest)
    return shown, (action.help or "").replace("%%", "%")
