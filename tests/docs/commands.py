"""The command line as data: what argparse was told, for manual pages and completion."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from ollama_watch.cli import _COMMANDS, _overview

_UNITS = ("UNIT",)
_FILES = ("FILE", "PATH", "LINE|FILE")
_FOLDERS = ("DIR",)
_RULES = "ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An option with all its spellings, or a word without one."""

    spellings: tuple[str, ...]
    value: str  # what its value is called, "" for a switch
    words: tuple[str, ...]  # all that the value may be, where that is settled
    may_lack_value: bool
    many: bool  # an option that may be repeated, or any number of words
    what: str

    @property
    def kind(self) -> str:
        """What completes the value: words, files, folders, rules, units, or "" for nothing that is known."""
        if self.words:
            return "words"
        kinds = {_FILES: "files", _FOLDERS: "folders", (_RULES,): "rules", _UNITS: "units"}
        return next((kind for names, kind in kinds.items() if self.value in names), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its words after the program's name, what it does, and what it takes."""

    words: tuple[str, ...]
    what: str
    more: str  # what stands below the options
    options: tuple[Argument, ...]
    operands: tuple[Argument, ...]
    commands: tuple["Command", ...] = ()

    @property
    def name(self) -> str:
        return " ".join(self.words)


def program() -> Command:
    """Return the whole tree, which the program builds one branch at a time."""
    branches = [_branch(name, what) for name, what in _COMMANDS.items()]
    top = _command((), "", _overview())
    return Command(
        words=(), what=top.what, more="", options=top.options, operands=(), commands=tuple(branches)
    )


def every(command: Command) -> Iterator[Command]:
    """Yield the commands that do something, in the order of their help."""
    for one in command.commands:
        yield from every(one) if one.commands else (one,)


def _branch(name: str, what: str) -> Command:
    parser = argparse.ArgumentParser(add_help=True)
    import_module(f"ollama_watch.cli.{name}").arguments(parser)
    return _command((name,), what, parser)


def _command(words: tuple[str, ...], what: str, parser: argparse.ArgumentParser) -> Command:
    actions = parser._actions  # noqa: SLF001  # argparse has no other way to be asked
    plain = [one for one in actions if not isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001
    return Command(
        words=words,
        what=what,
        more=parser.epilog or "",
        options=tuple(_argument(one) for one in plain if one.option_strings),
        operands=tuple(_argument(one) for one in plain if not one.option_strings),
        commands=tuple(_below(words, actions)),
    )


def _below(words: tuple[str, ...], actions: list[argparse.Action]) -> Iterator[Command]:
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # as above
            what = {one.dest: one.help or "" for one in action._choices_actions}  # noqa: SLF001
            for name, parser in action.choices.items():
                yield _command((*words, name), what[name], parser)


def _argument(action: argparse.Action) -> Argument:
    takes_value = action.nargs != 0
    words = tuple(map(str, action.choices or ())) if takes_value else ()
    metavar = action.metavar if isinstance(action.metavar, str) else "|".join(words)
    return Argument(
        spellings=tuple(action.option_strings),
        value=metavar if takes_value else "",
        words=words,
        may_lack_value=action.nargs == "?",
        many=action.nargs == "*" or isinstance(action, argparse._AppendAction),  # noqa: SLF001
        what=_HELP.get(action.dest, (action.help or "").replace("%%", "%")),
    )


_HELP = {"help": "show what the command takes", "version": "show the version"}  # argparse's own words
