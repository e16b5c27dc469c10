"""Other rules and wishes, and a model whose newest launch failed: its alerts are about the one before.

Of that one no record is left, only the launch as it was judged last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ollama_watch.alerts.alert import End
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.judging import Judging
from ollama_watch.cause.causes import CONTEXT_RULES
from ollama_watch.model import Launch, Value
from ollama_watch.verify.rule import Broken, Excused, Kept, NotFor


def end_what_is_kept(judging: Judging, book: Book, newest: Iterable[Launch], now: float) -> list[Notice]:
    """Return the ends of alerts that the rules in force would not begin; `newest`: the last of each model."""
    notices = []
    for launch in list(_before_failed(book, newest)):
        wished = _wished(judging, launch)
        verdicts = list(judging.verdicts(wished)) if wished else []
        small = any(isinstance(verdict, Broken) and rule.id in CONTEXT_RULES for rule, verdict in verdicts)
        for rule, verdict in verdicts:
            if isinstance(verdict, Kept | NotFor | Excused):
                end: End = "replaced" if small and rule.id in CONTEXT_RULES else "accepted"
                notices += book.kept(rule.id, launch, now, end)
    return notices


def _before_failed(book: Book, newest: Iterable[Launch]) -> Iterator[Launch]:
    """Yield what alerts are about, where a later launch of the model failed."""
    failed = {(one.host, one.source, one.subject): one for one in newest if one.failed}
    seen = set()
    for entry in book.entries.values():
        launch = entry.launch
        if launch is None or entry.rule.on:
            continue
        place = launch.host, launch.source, launch.subject
        later = failed.get(place)
        if later and launch.index < later.index and (place, launch.index) not in seen:
            seen.add((place, launch.index))
            yield launch


def _wished(judging: Judging, launch: Launch) -> Launch | None:
    """Return it with what the configuration wants now; None where who else wants something is not known."""
    facts = launch.facts
    tags = facts.get("model")
    want = judging.config.want_for([str(tag) for tag in tags] if isinstance(tags, tuple) else [])
    if want and want.context:
        trained = facts.get("ctx_trained")
        most = trained if isinstance(trained, int) else want.context
        wanted: dict[str, Value] = {"ctx_wanted": min(want.context, most), "ctx_wanted_from": "config"}
        return replace(launch, facts={**facts, **wanted})
    return None if facts.get("ctx_wanted_from") == "config" else launch
