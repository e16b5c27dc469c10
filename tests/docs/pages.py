"""The pages that are made, and from what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs import complete_bash, complete_zsh, man_command, man_config, man_rules, rules
from tests.docs.reference import api, commands, configuration, exits, facts, metrics

REFERENCE = Path(__file__).parents[2] / "packaging" / "reference"
PAGES: Mapping[Path, Callable[[], str]] = {
    rules.PAGE: rules.page,
    man_command.PAGE: man_command.page,
    man_config.PAGE: man_config.page,
    man_rules.PAGE: man_rules.page,
    complete_bash.PAGE: complete_bash.page,
    complete_zsh.PAGE: complete_zsh.page,
    REFERENCE / "api.md": api.text,
    REFERENCE / "commands.md": commands.text,
    REFERENCE / "configuration.md": configuration.text,
    REFERENCE / "exit-codes.md": exits.text,
    REFERENCE / "facts.md": facts.text,
    REFERENCE / "metrics.md": metrics.text,
}
MANUALS = tuple(path for path in PAGES if path.parent.name == "man")
