"""What is remembered of one model from launch to launch: values it had, and how often they changed."""

from dataclasses import dataclass

from ollama_watch.state.defaults import Default
from ollama_watch.state.record import Record
from ollama_watch.state.replacing import replace

DAY = 86400.0
_REMEMBERED = 30 * DAY
_MOST = 50  # values kept; two of a kind are enough
_LEFT_ALONE = 600.0  # a launch that lasted so long was what somebody wanted
_FLOOR = 2048  # at or below nobody's wish is learnt
_THRASHING = 600.0  # changes within this span
_MOST_CHANGES = 100  # kept of them


@dataclass(frozen=True, slots=True)
class Value:
    """The context that one launch had."""

    at: float
    per_slot: int
    of_default: bool  # what the release gives anyway
    of_environment: bool  # what the server's environment asked for


@dataclass(frozen=True, slots=True)
class Subject:
    """One model on one source. Replaced whole."""

    last: Record | None = None
    values: tuple[Value, ...] = ()
    current: int | None = None  # per slot
    previous: int | None = None  # the last one that was another
    changes: tuple[float, ...] = ()  # moments within the last ten minutes, in this server's life
    layers: tuple[tuple[int, int], ...] = ()  # (context, layers on the GPU), newest last
    crashed: bool = False

    def wanted(self, now: float) -> int | None:
        """Return the newest context that was proven to be wanted before `now`, or None."""
        values = [value for value in self.values if now - value.at <= _REMEMBERED]
        ends = [*(value.at for value in values[1:]), now] if values else []
        for value, end in reversed(list(zip(values, ends, strict=True))):
            twice = sum(other.per_slot == value.per_slot for other in values) > 1
            alone = end - value.at >= _LEFT_ALONE
            if value.per_slot > _FLOOR and not value.of_default and (twice or alone or value.of_environment):
                return value.per_slot
        return None

    def launched(self, record: Record, per_slot: int, default: Default, environment: int | None) -> "Subject":
        """Return it with one more launch at `per_slot`; `default` is the built-in one."""
        members = (default,) if isinstance(default, int) else default or ()
        value = Value(record.at, per_slot, per_slot in members, per_slot == environment)
        changed = self.current is not None and per_slot != self.current
        recent = tuple(at for at in self.changes if record.at - at <= _THRASHING)
        return replace(
            self,
            last=record,
            values=(*self.values, value)[-_MOST:],
            current=per_slot,
            previous=self.current if changed else self.previous,
            changes=(*recent, record.at)[-_MOST_CHANGES:] if changed else recent,
            crashed=False,
        )

    def undone(self, before: "Subject") -> "Subject":
        """Return it without its last launch, which never ran and is tried again; `before`: as it was then."""
        if before.current is None:
            return replace(self, values=before.values, changes=before.changes)
        return replace(before, last=self.last)

    def loaded(self, per_slot: int, layers: int) -> "Subject":
        """Return it with the layers that its last launch got on the GPU."""
        others = tuple(pair for pair in self.layers if pair[0] != per_slot)
        return replace(self, layers=(*others, (per_slot, layers))[-_MOST:])

    def layers_at(self, per_slot: int) -> int | None:
        return dict(self.layers).get(per_slot)


def reason(subject: Subject | None, record: Record) -> str:
    """Say why the model was launched again, as far as the log tells."""
    last = subject.last if subject else None
    if subject is None or last is None:
        return "first"
    if last.server.number != record.server.number:
        return "restart"
    if subject.crashed:
        return "crash"
    if last.ctx_per_slot != record.ctx_per_slot:
        return "context"
    return "options" if _options(last) != _options(record) else "unknown"


def _options(record: Record) -> object:
    return record.request or replace(record.args, port=None, cut=False)
