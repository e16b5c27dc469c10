"""The way to each section, at the top: a page of forty models is long."""

from collections.abc import Iterator, Mapping
from typing import Any

_LONG = 4  # cards


def contents(status: Mapping[str, Any]) -> str:
    """Return links to the sections that there are, with how much each holds; none on a short page."""
    if sum(len(status[what]) for what in ("alerts", "runners", "past")) < _LONG:
        return '<div id="contents" data-part></div>'
    items = "".join(
        f'<li><a id="to-{key}" href="#{key}-title"><span>{title}</span>{_count(count)}</a></li>'
        for key, title, count in _sections(status)
    )
    return f'<nav id="contents" data-part aria-label="On this page"><ul>{items}</ul></nav>'


def _sections(status: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    yield "wrong", "What is wrong", len(status["alerts"])
    yield "runs", "What runs", len(status["runners"])
    if status["past"]:
        yield "ran", "What ran before", len(status["past"])
    yield "unjudged", "What could not be judged", sum(bool(one["unknowns"]) for one in status["runners"])
    yield "reads", "What is read", len(status["sources"])


def _count(count: int) -> str:
    return f' <span class="count">{count}</span>' if count else ""
