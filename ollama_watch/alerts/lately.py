"""What people heard of before: so a problem that comes and goes is told once within its `repeat`.

Each source has a memory of its own: what a noisy host tells pushes out nothing of a quiet one's.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.entry import Entry
from ollama_watch.model import SEVERITIES, Finding, Severity

_MOST = 1000  # alerts of one source, as many as `alerts.book` has of it
_SOURCES = 10_000  # files and hosts come and go


@dataclass(frozen=True, slots=True)
class Heard:
    """How people last heard with a sound of an alert that has ended."""

    at: float  # log time
    severity: Severity  # the gravest that they heard


Once = OrderedDict[str, None]  # key and value of what is told once
Lately = OrderedDict[str, Heard]  # by key


@dataclass(slots=True)
class Memory:
    """What people heard of one source."""

    once: Once = field(default_factory=OrderedDict)
    lately: Lately = field(default_factory=OrderedDict)  # of what has ended


Memories = OrderedDict[str, Memory]  # by host and source


def memory_of(memories: Memories, finding: Finding) -> Memory:
    """Return the memory of the source that a finding is of."""
    name = f"{finding.host or ''}/{finding.source}"
    memory = memories.setdefault(name, Memory())
    memories.move_to_end(name)
    if len(memories) > _SOURCES:
        memories.popitem(last=False)
    return memory


def is_first(once: Once, alert: Alert) -> bool:
    """Tell whether this value was never told of it, and take it as told."""
    name = f"{alert.key}={alert.finding.actual}"
    known = name in once
    once[name] = None
    once.move_to_end(name)
    if len(once) > _MOST:
        once.popitem(last=False)
    return not known


def forget(once: Once, lately: Lately, key: str) -> None:
    """Take an alert as never told: it is news when it comes back."""
    lately.pop(key, None)
    for name in [name for name in once if name.startswith(f"{key}=")]:
        del once[name]


def remember(lately: Lately, entry: Entry) -> None:
    """Take in an alert that ends, if people were told of it."""
    name = entry.alert.key
    if entry.told_at is not None and entry.told:
        lately[name] = Heard(entry.told_at, entry.loudest or entry.told.severity)
        lately.move_to_end(name)
        if len(lately) > _MOST:
            lately.popitem(last=False)


def covering(lately: Lately, entry: Entry, now: float, *, known: bool) -> Heard | None:
    """Return how people heard of it so lately that its begin is no news; None if it is, or is graver.

    `known`: its rule tells once, and told this value before.
    """
    heard = lately.get(entry.alert.key)
    if known:
        return heard or Heard(now, entry.alert.severity)
    if heard is None or entry.rule.tell == "once" or now - heard.at >= entry.rule.repeat:
        return None
    graver = SEVERITIES.index(entry.alert.severity) > SEVERITIES.index(heard.severity)
    return None if graver else heard
