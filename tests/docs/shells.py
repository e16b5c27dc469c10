"""What bash and zsh offer at the end of a line, asked of the real shells."""

import os
import pty
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs import complete_bash, complete_zsh
from tests.support.need import missing, need
from tests.support.wait import until

_BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
_BASH_WORD = re.compile(r"[=:]+|[^\s=:]+")
_ANSWER_BASH = """
source "$1"; source "$2"
while IFS= read -r COMP_LINE && read -r count; do
    mapfile -t -n "$count" COMP_WORDS
    COMP_CWORD=$((count - 1)) COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMPREPLY=()
    _ollama_watchd </dev/null
    printf '%s\\n' "${COMPREPLY[@]}" end
done
"""
# What would be offered is written to a file; ^X tells that it is all.
_SET_UP_ZSH = """
fpath=({folder} $fpath); autoload -U compinit; compinit -D -u; LISTMAX=1000
compadd() {{
  if [[ " ${{@[1,(i)(-|--)]}} " != *" "-[OAD]" "* ]]; then
    local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >>$OFFERED
  fi
  builtin compadd "$@"
}}
done-offering() {{ BUFFER=; : >$OFFERED.done }}; zle -N done-offering; bindkey '^X' done-offering
"""


class Bash:
    """A bash that is asked as its own line editor would ask it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def offers(self, line: str) -> list[str]:
        """Return what bash offers at the end of a line."""
        asking, answer = self._process.stdin, self._process.stdout
        assert asking
        assert answer
        line = f"ollama-watchd {line}"
        words = [*_BASH_WORD.findall(line), *([""] if line.endswith(" ") else [])]
        print(line, len(words), *words, sep="\n", file=asking, flush=True)
        return sorted(filter(None, map(str.strip, iter(answer.readline, "end\n"))))


@contextmanager
def bash(folder: Path) -> Iterator[Bash]:
    """Run one that stands in `folder`."""
    shell = need("bash", package="bash")
    if not _BASH_COMPLETION.is_file():
        missing("bash-completion")
    command = [shell, "--norc", "-c", _ANSWER_BASH, "bash", str(_BASH_COMPLETION), str(complete_bash.PAGE)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=folder) as process:
        yield Bash(process)


class Zsh:
    """A zsh at a terminal."""

    def __init__(self, terminal: int, offered: Path) -> None:
        self._terminal, self._offered = terminal, offered

    def offers(self, line: str) -> list[str]:
        """Return what zsh offers at the end of a line."""
        self._offered.unlink(missing_ok=True)
        done = Path(f"{self._offered}.done")
        done.unlink(missing_ok=True)
        os.write(self._terminal, f"ollama-watchd {line}\t\x18".encode())
        until(done.exists)
        text = self._offered.read_text(encoding="utf-8") if self._offered.exists() else ""
        return sorted(set(filter(None, text.splitlines())))


@contextmanager
def zsh(folder: Path) -> Iterator[Zsh]:
    """Run one that stands in an empty `folder` of its own."""
    shell = need("zsh", package="zsh")
    offered = folder.with_suffix(".offered")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(shell, [shell, "-f", "-i"], {**os.environ, "OFFERED": str(offered), "TERM": "dumb"})  # noqa: S606
    try:
        os.write(terminal, _SET_UP_ZSH.format(folder=complete_zsh.PAGE.parent).encode())
        yield Zsh(terminal, offered)
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
