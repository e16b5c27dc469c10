"""Whether what a fix says to type is known to a release, and whether a shell can read it."""

import re
import subprocess
from collections.abc import Iterator

from ollama_watch.cause import options, variables
from ollama_watch.cause.releases import at
from ollama_watch.parse.version import version

_SET = re.compile(r"(OLLAMA_\w+)[= ]\"?([\w.:/@+-]+)")  # a variable that is given a value
_NAMED = re.compile(r"OLLAMA_[A-Z_]+")
_PARAMETER = re.compile(r"PARAMETER (\w+)(?: (\S+?))?(?:\\n'|\s|$)")
_OPTIONS = re.compile(r'"options": \{"(\w+)": (\w+)\}')
_UNIT = "sudo systemctl edit ollama"
_FIRST = ("curl ", "docker exec ", "printf ", "launchctl ", "sudo ", "ollama create ")
_OLDEST = "0.1.33"  # of a log whose release is not known


def commands(fix: str) -> str:
    """Return what of a fix is a command of a shell; "" if it is none, or one of cmd.exe."""
    if fix.startswith(_UNIT):
        return _UNIT
    if fix.startswith("launchctl "):
        return fix.partition(", then")[0]
    return fix if fix.startswith(_FIRST) else ""


def wrong_in(fix: str, release: str) -> Iterator[str]:
    """Yield what the release does not know of a fix, and that a shell cannot read it."""
    known = version(release) if release else at(_OLDEST)
    assert known
    for name in _NAMED.findall(fix):
        if variables.known(name, known) is not True:
            yield f"{release} reads no {name}: {fix}"
    for name, value in _SET.findall(fix):
        reading = variables.read(variables.VARIABLES[name], value, known)
        if reading.value is None or reading.step:
            yield f"{name} cannot be {value}: {fix}"
    for name, _ in (*_PARAMETER.findall(fix), *_OPTIONS.findall(fix)):
        if options.known(name, known) is not True:
            yield f"{release} has no option {name}: {fix}"
    yield from _unreadable(commands(fix))


def _unreadable(command: str) -> Iterator[str]:
    done = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode or done.stderr:
        yield f"{command}: {done.stderr}"
