"""Prompts and inputs that were longer than their runner takes: cut, or refused."""

from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Reported

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet


def truncated(event: ev.Truncated, fleet: "Fleet", line: Line, at: float) -> Reported:
    record = truncating(fleet.runners, event.limit)
    kept = event.kept if event.kept is not None else event.limit
    dropped = event.prompt - kept if event.prompt is not None else None
    fields: dict[str, int | str | None] = {
        "prompt": event.prompt,
        "limit": event.limit,
        "kept": kept,
        "dropped": dropped,
        "loss": _loss(event.prompt, dropped, _limit(event.limit, record)),
    }
    return Reported("prompt_truncated", at, line.number, line.cursor, record, "unknown", fields)


def refused(event: ev.InputTooLarge, fleet: "Fleet", line: Line, at: float) -> Reported:
    """The line names no runner: it is the newest with such a batch, else the newest that only embeds."""
    newest = sorted(fleet.runners, key=lambda r: r.index, reverse=True)
    fitting = [r for r in newest if event.batch and event.batch in (r.args.ubatch_size, r.args.batch_size)]
    record = next(iter([*fitting, *(r for r in newest if r.embedding), *newest]), None)
    size = "longer than its batch"
    if event.tokens and event.batch:
        size = f"of {event.tokens} tokens: its batch takes {event.batch}"
    fields: dict[str, int | str | None] = {"tokens": event.tokens, "batch": event.batch, "size": size}
    return Reported("input_refused", at, line.number, line.cursor, record, "unknown", fields)


def _limit(limit: int, record: Record | None) -> str:
    """From 0.30.11 on a prompt is cut to about half of what its slot has (reference 6)."""
    has = record.ctx_per_slot if record else None
    return f"{limit} of its {has}" if has and has // 2 <= limit < has - 1 else str(limit)


def _loss(prompt: int | None, dropped: int | None, limit: str) -> str:
    """Up to 0.3 the line tells the limit alone (reference 6)."""
    if prompt is None or dropped is None:
        return f"it was longer than {limit} tokens"
    return f"at least {dropped} of {prompt} tokens were dropped (limit {limit})"


def truncating(runners: list[Record], limit: int) -> Record | None:
    """Return the runner that cuts prompts at `limit`: the line names none.

    Up to 0.24 the limit is the slot's context; later it is that, one less, or half of it and what is kept.
    """
    newest = sorted(runners, key=lambda r: r.index, reverse=True)
    exact = [r for r in newest if r.ctx_per_slot in (limit, limit + 1)]
    within = [r for r in newest if r.ctx_per_slot and r.ctx_per_slot // 2 <= limit <= r.ctx_per_slot]
    return next(iter([*exact, *within, *newest]), None)
