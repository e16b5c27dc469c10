"""A model that is loaded again and again with another context, and for whom."""

from collections.abc import Iterator

from ollama_watch.model import Value
from ollama_watch.state import requests
from ollama_watch.state.record import Record
from ollama_watch.state.subject import Subject
from ollama_watch.state.updates import Reported

_CHANGES = 3  # of one model's context within ten minutes


def reports(subject: Subject, record: Record) -> Iterator[Reported]:
    """Yield the report of a model whose context changes again and again."""
    if len(subject.changes) >= _CHANGES and subject.changes[-1] == record.at:
        fields: dict[str, Value] = {"changes": len(subject.changes), "clients": _clients(record)}
        yield Reported("thrashing", record.at, record.line, record.cursor, record, "", fields)


def _clients(record: Record) -> str:
    """Return who had it loaded, each with the contexts that it got, as far as the log has told by now."""
    got: dict[str, set[int]] = {}
    for one in record.earlier:
        if one.client and one.per_slot:
            got.setdefault(one.client, set()).add(one.per_slot)
    made = requests.choose(record.candidates, record.at, record.line)
    if made and made.client and record.ctx_per_slot:
        got.setdefault(made.client, set()).add(record.ctx_per_slot)
    named = [f"{client} ({' and '.join(map(str, sorted(sizes)))})" for client, sizes in sorted(got.items())]
    return ", ".join(named) or "clients that the log does not tell"
