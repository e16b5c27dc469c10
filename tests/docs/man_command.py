"""ollama-watchd(1): made of the command line itself, and of what no parser knows."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.docs.commands import Argument, Command, every, program
from tests.docs.mdoc import block, head, tagged, text, words

PAGE = Path(__file__).parents[2] / "packaging" / "man" / "ollama-watchd.1"
_ABOUT = """\
reads the log of an Ollama server, recognises every launch of a model runner, works out the arguments that
it really got, holds them against rules and against what you want, and tells: by Prometheus metrics, an
alerts API, its log, a pop-up on the desktop. It only reads, and sends nothing anywhere unless told to.
Nothing has to be configured: without arguments it finds the Ollama of this machine.
"""
_FILES = (
    ("/etc/ollama-watchd/config.yaml", "The configuration of the machine: see ollama-watchd-config(5)."),
    ("~/.config/ollama-watchd/config.yaml", "The user's own, which is taken instead where it exists."),
    ("want.d, rules.d", "Beside the configuration: more wishes, and rules of yours."),
    ("/var/lib/ollama-watchd", "What the service must not forget over a restart."),
    ("~/.local/state/ollama-watchd", "The same of a daemon that a user runs."),
)
_ENVIRONMENT = (
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Where the user's configuration and state are."),
    ("STATE_DIRECTORY", "Where the state is instead, as systemd says it to a service."),
    ("OLLAMA_HOST", "Where Ollama is asked for the names of models; on this machine alone."),
    ("NO_COLOR", "If set, nothing is written in colour."),
)
_EXIT = (
    ("0", "Fine."),
    (
        "1",
        "Something was found: a finding, an alert, a check that is not ok; of a daemon: it cannot listen.",
    ),
    ("2", "A mistake in the call or in a file, or there is no daemon to ask; a message says which."),
)
_SIGNALS = (
    ("SIGHUP", "Reads configuration and rules again; a mistake in them keeps the old ones in force."),
    ("SIGTERM, SIGINT", "Keeps its state and ends."),
)
_EXAMPLES = (
    ("What has happened on this machine?", "ollama-watchd check"),
    ("Why does this model have that context, and how to mend it?", "ollama-watchd explain qwen2.5-coder:7b"),
    ("Every way to get another one:", "ollama-watchd explain --want context=32768"),
    ("Nothing happens. What cannot be seen?", "sudo ollama-watchd doctor"),
    ("A server in a container:", "docker logs -f ollama 2>&1 | ollama-watchd run -"),
    ("Look at everything without an Ollama:", "ollama-watchd demo"),
)
_PAGES = (
    ("journalctl", "1"),
    ("systemctl", "1"),
    ("ollama-watchd-config", "5"),
    ("ollama-watchd-rules", "5"),
)


def page() -> str:
    """Return the whole page."""
    return "\n".join(_lines(program())) + "\n"


def _lines(tree: Command) -> Iterator[str]:
    yield from head("ollama-watchd", 1, "tell when an Ollama model runs with other arguments")
    yield ".Sh SYNOPSIS"
    yield ".Nm"
    yield ".Ar command"
    yield ".Op Ar argument ..."
    yield ".Nm"
    yield ".Fl \\-version"
    yield ".Sh DESCRIPTION"
    yield ".Nm"
    yield from text(_ABOUT)
    yield ".Sh COMMANDS"
    yield "Every command takes"
    yield ".Fl \\-help ."
    for command in every(tree):
        yield from _section(command)
    yield from _hand_written()


def _hand_written() -> Iterator[str]:
    yield ".Sh ENVIRONMENT"
    yield from _list("Ev", _ENVIRONMENT)
    yield ".Sh FILES"
    yield from _list("Pa", _FILES)
    yield ".Sh EXIT STATUS"
    yield from tagged(_EXIT)
    yield ".Sh SIGNALS"
    yield "Of the daemon:"
    yield from _list("Dv", _SIGNALS)
    yield ".Sh EXAMPLES"
    for index, (what, command) in enumerate(_EXAMPLES):
        yield from (".Pp",) if index else ()
        yield from text(what)
        yield from block([f"$ {command}"])
    yield ".Sh SEE ALSO"
    yield " ,\n".join(f".Xr {name} {section}" for name, section in _PAGES)


def _list(macro: str, rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield ".Bl -tag -width Ds"
    for word, meaning in rows:
        yield words(f"It {macro}", word)
        yield from text(meaning)
    yield ".El"


def _section(command: Command) -> Iterator[str]:
    yield words("Ss", command.name)
    yield from text(f"{command.what[0].upper()}{command.what[1:]}.")
    yield ".Bd -ragged -offset indent"
    yield ".Nm ollama-watchd"
    yield f".Cm {command.name}"
    taken = [one for one in command.options if "--help" not in one.spellings]
    yield from (_synopsis(one) for one in taken)
    yield from (_operand(one) for one in command.operands)
    yield ".Ed"
    if arguments := (*command.operands, *taken):
        yield ".Bl -tag -width Ds"
        for one in arguments:
            yield _item(one)
            yield from text(f"{one.what[0].upper()}{one.what[1:]}.")
        yield ".El"
    for typed, lines in groupby(command.more.splitlines(), key=lambda line: line.startswith("  ")):
        more = [line.removeprefix("  ") for line in lines]
        yield from block(more) if typed else (".Pp", *text(" ".join(more)))


def _synopsis(option: Argument) -> str:
    more = " ..." if option.many else ""
    return f".Op Fl {_flag(option.spellings[-1])}{_value(option)}{more}"


def _operand(operand: Argument) -> str:
    more = " ..." if operand.many else ""
    shown = f"Ar {operand.value}{more}" if operand.value != "-" else "Fl"
    return f".Op {shown}" if operand.many or operand.may_lack_value else f".{shown}"


def _item(one: Argument) -> str:
    if not one.spellings:
        return f".It Ar {one.value}" if one.value != "-" else ".It Fl"
    return ".It " + " , ".join(f"Fl {_flag(spelling)}{_value(one)}" for spelling in one.spellings)


def _value(one: Argument) -> str:
    if not one.value:
        return ""
    shown = " | ".join(f"Cm {word}" for word in one.words) if one.words else f"Ar {one.value}"
    return f" Oo {shown} Oc" if one.may_lack_value else f" {shown}"


def _flag(spelling: str) -> str:
    """Return an option as `Fl` takes it: without the first sign."""
    return spelling[1:].replace("-", "\\-")
