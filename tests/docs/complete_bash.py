"""Completion for bash, made of the command line: what each command takes, as rows of `case`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.docs.commands import Argument, Command, every, program

PAGE = Path(__file__).parents[2] / "packaging" / "completion" / "ollama-watchd.bash"
_HEAD = """\
# bash completion for ollama-watchd                        -*- shell-script -*-
# Made of the command line itself by `make docs`: see tests/docs.
# shellcheck disable=SC2207  # words of ours have no blanks
# shellcheck disable=SC2034  # split is _init_completion's

_ollama_watchd_rules()
{
    COMPREPLY=($(compgen -W "$(ollama-watchd rules list 2>/dev/null | sed 's/ .*//')" -- "$cur"))
}

# Say in $operands how many words that are no option, and no value of one, stand before the cursor.
_ollama_watchd_operands()
{
    local index
    operands=0
    for ((index = $1; index < cword; index++)); do
        if [[ " $takes_value " == *" ${words[index]} "* ]]; then
            ((index++))
        elif [[ ${words[index]} == - || ${words[index]} != -* ]]; then
            ((operands++))
        fi
    done
}

_ollama_watchd()
{
    local cur prev words cword split operands
    _init_completion -s -n : || return

    local command=${words[1]} first=2 options='' takes_value='' commands=''
    if [[ $cword -gt 2 && $command == rules ]]; then
        command="rules ${words[2]}" first=3
    fi
    [[ $cword -eq 1 ]] && command=''
"""
_TAIL = """\

    if [[ $cur == -* || $commands ]]; then
        [[ $cur == -* ]] && commands=$options
        COMPREPLY=($(compgen -W "$commands" -- "$cur"))
        return
    fi
    _ollama_watchd_operands "$first"
    case "$command $operands" in
%s    esac
} &&
    complete -F _ollama_watchd ollama-watchd
"""
_DOES = {"files": "_filedir", "folders": "_filedir -d", "rules": "_ollama_watchd_rules"}


def page() -> str:
    """Return the whole script."""
    tree = program()
    return _HEAD + "\n".join(_body(tree)) + "\n" + _TAIL % "".join(_operands(tree))


def _body(tree: Command) -> Iterator[str]:
    commands = list(every(tree))
    yield '\n    case "$command" in'
    yield from _knows("''", tree)
    for group in (one for one in tree.commands if one.commands):
        yield from _knows(group.name, group)
    for command in commands:
        yield from _knows(f"'{command.name}'", command)
    yield "    esac\n"
    yield '    case "$command $prev" in'
    yield from _values(tree)
    yield "    esac"


def _knows(pattern: str, command: Command) -> Iterator[str]:
    yield f"        {pattern})"
    if command.commands:
        yield f"            commands='{_spaced(one.words[-1] for one in command.commands)}'"
    yield f"            options='{_spaced(_spellings(command.options))}'"
    if valued := _spaced(_spellings(one for one in command.options if one.value and not one.may_lack_value)):
        yield f"            takes_value='{valued}'"
    yield "            ;;"


def _values(tree: Command) -> Iterator[str]:
    """Yield what completes the values of the options; nothing where nobody knows what it may be."""
    patterns: dict[str, list[str]] = {}
    for command in every(tree):
        for option in command.options:
            if option.value:
                found = patterns.setdefault(_does(option), [])
                found += [f"'{command.name} {spelling}'" for spelling in option.spellings]
    for does, several in patterns.items():
        yield "        " + " | \\\n        ".join(several) + ")"
        yield f"            {does}"
        yield "            return"
        yield "            ;;"


def _operands(tree: Command) -> Iterator[str]:
    for command in every(tree):
        for place, operand in enumerate(command.operands):
            pattern = f"'{command.name} '*" if operand.many else f"'{command.name} {place}'"
            if operand.kind in (*_DOES, "words"):
                yield f"        {pattern}) {_does(operand)} ;;\n"


def _does(one: Argument) -> str:
    words = ("ollama.service",) if one.kind == "units" else one.words
    return _DOES.get(one.kind, f"COMPREPLY=($(compgen -W '{_spaced(words)}' -- \"$cur\"))" if words else ":")


def _spellings(options: Iterable[Argument]) -> Iterator[str]:
    return (spelling for one in options for spelling in one.spellings)


def _spaced(words: Iterable[str]) -> str:
    return " ".join(words)
