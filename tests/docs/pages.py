"""The pages that are made, and from what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs import complete_bash, complete_zsh, man_command, man_config, man_rules, rules

PAGES: Mapping[Path, Callable[[], str]] = {
    rules.PAGE: rules.page,
    man_command.PAGE: man_command.page,
    man_config.PAGE: man_config.page,
    man_rules.PAGE: man_rules.page,
    complete_bash.PAGE: complete_bash.page,
    complete_zsh.PAGE: complete_zsh.page,
}
MANUALS = tuple(path for path in PAGES if path.parent.name == "man")
