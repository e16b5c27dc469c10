"""Completion for zsh, made of the command line: one call of `_arguments` a command."""

from collections.abc import Iterator
from pathlib import Path

from tests.docs.commands import Argument, Command, program

PAGE = Path(__file__).parents[2] / "packaging" / "completion" / "_ollama-watchd"
_HEAD = """\
#compdef ollama-watchd
# Made of the command line itself by `make docs`: see tests/docs.

_ollama-watchd_rule() {
  local -a rules
  rules=(${(f)"$(_call_program rules ollama-watchd rules list 2>/dev/null | sed 's/ .*//')"})
  _describe -t rules rule rules
}
"""
_DOES = {
    "files": "_files",
    "folders": "_files -/",
    "rules": "_ollama-watchd_rule",
    "units": "(ollama.service)",
}


def page() -> str:
    """Return the whole script."""
    return "\n".join((_HEAD, *_functions(program()), '_ollama-watchd "$@"')) + "\n"


def _functions(command: Command) -> Iterator[str]:
    for one in command.commands:
        yield from _functions(one)
    yield f"{_function(command)}() {{"
    yield from _choosing(command) if command.commands else _taking(command)
    yield "}\n"


def _function(command: Command) -> str:
    return "-".join(("_ollama-watchd", *command.words))


def _choosing(command: Command) -> Iterator[str]:
    yield "  local curcontext=$curcontext context state state_descr line"
    yield "  typeset -A opt_args"
    yield "  local -a commands=("
    for one in command.commands:
        yield f"    {_quoted(f'{one.words[-1]}:{one.what}')}"
    yield "  )"
    yield "  _arguments -C \\"
    for option in command.options:
        yield f"    {_spec(option)} \\"
    yield "    '1:command:->command' '*::argument:->argument' && return"
    yield "  case $state in"
    yield "    command) _describe -t commands command commands ;;"
    chosen = f"{_function(command)}-$words[1]"
    yield f"    argument) (( $+functions[{chosen}] )) && {chosen} ;;"
    yield "  esac"


def _taking(command: Command) -> Iterator[str]:
    specs = [_spec(one) for one in (*command.options, *command.operands)]
    yield "  _arguments -s -S \\"
    yield " \\\n".join(f"    {spec}" for spec in specs)


def _spec(one: Argument) -> str:
    """Return how `_arguments` is told of one option or operand."""
    if not one.spellings:
        place = "*" if one.many else ":" if one.may_lack_value else ""
        return _quoted(f"{place}:{_escaped(one.value)}:{_does(one)}")
    value = ""
    if one.value:
        value = f"{'::' if one.may_lack_value else ':'}{_escaped(one.value)}:{_does(one)}"
    tail = _quoted(f"[{_escaped(one.what)}]{value}")
    spelled = [f"{name}=" if one.value and name.startswith("--") else name for name in one.spellings]
    together = f"{{{','.join(spelled)}}}" if len(spelled) > 1 else spelled[0]
    alone = one.spellings[-1] in ("--help", "--version")
    others = "'*'" if one.many else f"'({'- *' if alone else ' '.join(one.spellings)})'"
    return f"{others}{together}{tail}"


def _does(one: Argument) -> str:
    return f"({' '.join(one.words)})" if one.words else _DOES.get(one.kind, "")


def _escaped(text: str) -> str:
    for sign in "\\:[]":
        text = text.replace(sign, f"\\{sign}")
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
