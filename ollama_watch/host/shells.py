"""Variables of Ollama in files that shells and logins read. A service reads none of them.

The files are searched for assignments and never run, so what a shell would compute stays as it is written.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ollama_watch.host.bounded import text_of
from ollama_watch.host.setting import Setting, matters, setting

_MACHINE = (
    "etc/environment etc/profile etc/profile.d/* etc/bash.bashrc etc/bashrc etc/zshenv etc/zsh/* "
    "etc/fish/config.fish etc/fish/conf.d/*"
).split()
_HOME = (
    ".bashrc .bash_profile .bash_login .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin "
    ".pam_environment .config/fish/config.fish .config/fish/conf.d/* .config/environment.d/*"
).split()
_MOST = 200  # files of a folder
_ASSIGNED = re.compile(
    r"""^\s*(?:(?:export|declare|typeset|readonly)\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)=(.*)"""  # bourne
    r"""|^\s*setenv\s+([A-Za-z_]\w*)\s+(.*)"""  # csh
    r"""|^\s*set\s+(?:-\w+\s+|--\w+\s+)*([A-Za-z_]\w*)\s+(.*)"""  # fish
)


def shell_settings(homes: Sequence[Path], root: Path = Path("/")) -> list[Setting]:
    """Return what the files of the machine and of `homes` set, in the order of the files."""
    patterns = [(root, pattern) for pattern in _MACHINE]
    patterns += [(home, pattern) for home in homes for pattern in _HOME]
    paths = (path for folder, pattern in patterns for path in _files(folder, pattern))
    return [one for path in paths for one in _settings(path)]


def _files(folder: Path, pattern: str) -> list[Path]:
    if not pattern.endswith("*"):
        return [folder / pattern]
    try:
        return sorted(folder.glob(pattern))[:_MOST]
    except OSError:
        return []


def _settings(path: Path) -> Iterator[Setting]:
    for number, line in enumerate((text_of(path) or "").splitlines(), 1):
        if found := _ASSIGNED.match(line):
            name, value = (found[group] or found[group + 2] or found[group + 4] or "" for group in (1, 2))
            if matters(name):
                yield setting(name, _first_word(value), f"{path}:{number}")


def _first_word(text: str) -> str:
    """Return a value as it is written, its quotes undone; what comes behind it is another command's."""
    if "$(" in text or "`" in text:
        return text.strip()
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        return (lexer.get_token() or "") if text[:1].strip() else ""
    except ValueError:  # a quote that another line closes
        return text.strip()
