"""What a blob is called, and what that adds to a launch of it: tags, the model's own options, its header.

One blob may have several tags (reference 12). What the log proves narrows them; the options of a params layer
count only where all tags that are left agree.
"""

from collections.abc import Sequence

from ollama_watch.parse.argv import digest
from ollama_watch.state.blobs import Blob
from ollama_watch.state.name import Name
from ollama_watch.state.record import Record
from ollama_watch.state.replacing import replace


def named(record: Record, names: Sequence[Name], blob: Blob, kv_bytes: float | None = None) -> Record:
    """Return a launch with what its blob is called, and what the blob's header says beyond the log."""
    left = _narrowed(record, names)
    return replace(
        record,
        tags=record.tags or tuple(sorted(one.tag for one in left)),
        names=tuple(names),
        num_ctx=_agreed(left, "num_ctx"),
        blob=_merged(record.blob, blob),
        kv_bytes=kv_bytes,
    )


def _narrowed(record: Record, names: Sequence[Name]) -> list[Name]:
    """Return the tags that the launch may be of."""
    if record.tags:
        return [one for one in names if one.tag in record.tags]
    if record.args.cut:
        return list(names)
    lora = record.request.lora if record.request else record.args.lora
    adapters = {found for path in lora or () if (found := digest(path))}
    fitting = [one for one in names if set(one.adapters) == adapters]
    return fitting or list(names)


def _agreed(names: Sequence[Name], option: str) -> int | None:
    """Return what all tags say of an option; None: nothing, or not the same."""
    if any(one.options is None for one in names):
        return None
    found = {one.options.get(option) for one in names if one.options is not None}
    value = found.pop() if len(found) == 1 else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _merged(log: Blob, header: Blob) -> Blob:
    """What the log told goes first: it is what the runner read."""
    return Blob(
        architecture=log.architecture or header.architecture,
        ctx_trained=header.ctx_trained if log.ctx_trained is None else log.ctx_trained,
        pooling=header.pooling if log.pooling is None else log.pooling,
    )
