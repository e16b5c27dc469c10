"""One line for all launches of a model that went alike, in columns."""

from collections.abc import Iterable, Mapping, Sequence

from ollama_watch.cli import text_words as words
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.model import Finding, Launch

_WIDEST = 40  # columns of a name; a path may be longer
_RIGHT = (1, 4)  # columns of numbers: so they compare at a glance
_BETWEEN = ("   ", " ", "   ", "   ", " ")  # before each column but the first
Cells = tuple[str, str, str, str]  # model, context, slots, layers


def lines(
    launches: Iterable[Launch],
    about: Mapping[int, Sequence[Finding]],
    untold: Mapping[int, str],
    paint: Paint,
) -> list[str]:
    """Return a line a group of alike launches.

    By the index of a launch, `about`: its info findings; `untold`: a wish that the log tells nothing of.
    """
    groups: dict[tuple[str, Cells, str], int] = {}
    for launch in launches:
        asides = [words.aside(found) for found in about.get(launch.index, ())]
        if fact := untold.get(launch.index):
            asides.append(f"{fact} is wanted, and the log does not tell it")
        key = (_mark(launch, asides), _cells(launch), _note(launch, asides))
        groups[key] = groups.get(key, 0) + 1
    order = list(dict.fromkeys(cells[0] for _, cells, _ in groups))
    sorted_ = sorted(groups.items(), key=lambda group: order.index(group[0][1][0]))
    rows = [
        (mark, (*cells, str(number), "launch" if number == 1 else "launches"), note)
        for (mark, cells, note), number in sorted_
    ]
    widths = [max((len(cells[n]) for _, cells, _ in rows), default=0) for n in range(6)]
    return [_line(mark, cells, note, widths, paint) for mark, cells, note in rows]


def _mark(launch: Launch, asides: Sequence[str]) -> str:
    return "·" if asides or launch.failed or launch.facts.get("ctx_per_slot") is None else "✓"


def _cells(launch: Launch) -> Cells:
    name = clean(launch.name)
    short = name if len(name) <= _WIDEST else name[: _WIDEST - 1] + "…"
    return short, words.context(launch), words.slots(launch), words.layers(launch)


def _note(launch: Launch, asides: Sequence[str]) -> str:
    notes = [*asides] or [words.remark(launch)]
    if not launch.complete and not launch.failed:
        notes.append("not seen to start")
    return clean("; ".join(dict.fromkeys(note for note in notes if note)))


def _line(mark: str, cells: Sequence[str], note: str, widths: Sequence[int], paint: Paint) -> str:
    padded = [
        f"{cell:>{width}}" if column in _RIGHT else f"{cell:{width}}"
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    joined = padded[0]
    for between, cell, width in zip(_BETWEEN, padded[1:], widths[1:], strict=True):
        joined += between + cell if width else ""
    start = f"{paint('ok' if mark == '✓' else 'info', mark)} {joined}"
    if not note:
        return start.rstrip()
    if len(joined) + 5 + len(note) <= paint.width:
        return f"{start}   {paint('faint', note)}"
    return f"{start.rstrip()}\n    {paint('faint', paint.wrapped(note, 4))}"
