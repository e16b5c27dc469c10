"""The one rule that no log breaks: a sink that takes nothing. It stands in no file, for no log can try it."""

from ollama_watch.alerts.book import Book
from ollama_watch.sinks.own import SINK_FAILING as ID
from ollama_watch.verify.rule import Rule

SINK_FAILING = Rule(
    id=ID,
    severity="warning",
    summary="the sink takes nothing",
    on="sink_failing",  # of no log: the outboxes tell
    hold=float("inf"),  # it ends when the sink takes something
    about="A way of telling people that takes nothing, for half a minute and at least four tries.",
    why="Whatever is wrong is told by the other sinks alone.",
)


def failing_sinks(book: Book) -> set[str]:
    """Return the sources of such alerts: no log's name is among them."""
    return {entry.alert.finding.source for entry in book.entries.values() if entry.rule.id == ID}
