"""The documents that people read, and the commands in them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DOCUMENTS = tuple(
    ROOT / name
    for name in (
        "README.md",
        "packaging/README.md",
        "packaging/telling.md",
        "rules/writing.md",
        "packaging/many-machines.md",
    )
)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A command of a `console` block, and the output shown below it, which may be none."""

    line: str
    output: str
    page: Path


def blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in _FENCE.findall(page.read_text(encoding="utf-8")) if found == language]


def commands() -> list[Command]:
    found = []
    for page in DOCUMENTS:
        for block in blocks(page, "console"):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                found.append(Command(line, output, page))
    return found
