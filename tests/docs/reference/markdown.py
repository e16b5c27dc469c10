"""Pieces of Markdown that every page has."""

from collections.abc import Iterable, Iterator

MADE = "Made by `make docs`; do not edit it."


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; a bar in a cell is no border of it."""
    return "\n".join(_lines(tuple(head), rows))


def code(word: str) -> str:
    return f"`{word}`"


def codes(words: Iterable[str]) -> str:
    return " ".join(map(code, words))


def page(title: str, *parts: str) -> str:
    """Return a page that says that it is made."""
    return "\n\n".join((f"# {title}", MADE, *parts)) + "\n"


def _lines(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield _row(head)
    yield "|" + "---|" * len(head)
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
