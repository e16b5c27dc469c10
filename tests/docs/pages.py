"""Every page that is made, and what makes it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs import rules
from tests.docs.reference import api, commands, configuration, exits, facts, metrics

FOLDER = Path(__file__).parents[2] / "packaging" / "reference"
PAGES: Mapping[Path, Callable[[], str]] = {
    rules.PAGE: rules.page,
    FOLDER / "api.md": api.text,
    FOLDER / "commands.md": commands.text,
    FOLDER / "configuration.md": configuration.text,
    FOLDER / "exit-codes.md": exits.text,
    FOLDER / "facts.md": facts.text,
    FOLDER / "metrics.md": metrics.text,
}
