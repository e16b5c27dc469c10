"""What the log reports besides launches, in the shape that rules count."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse.version import version
from ollama_watch.state import defaults, prompts
from ollama_watch.state.options import meant
from ollama_watch.state.record import Record
from ollama_watch.state.said import Said
from ollama_watch.state.server import Server
from ollama_watch.state.updates import Reported

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet

_MOST = 20  # warnings before a launch
_MOST_TOLD = 100  # kept of what a server's life told once
_FLASH = (
    version("0.1.39"),
    version("0.5.0"),
)  # where dropping flash attention is silent (reference 5)
_FLASH_WHY = {
    "gpu": "the GPU does not support it",
    "model": "the model does not support it",
    "release": "this release drops it without a word, for want of a fit GPU or driver or on partial offload",
}
_LIBRARY = "registry.ollama.ai/"


def tags(name: str | None) -> tuple[str, ...]:
    """Return a tag as people write it: without the registry, `library/` and `:latest`."""
    if not name:
        return ()
    return (name.removeprefix(_LIBRARY).removeprefix("library/").removesuffix(":latest"),)


@dataclass(slots=True)
class Before:
    """What stood before a launch and is about it: warnings name no model (reference: odd cases)."""

    tags: tuple[str, ...] = ()
    capped: ev.Capped | None = None
    library: str | None = None
    num_gpu: int | None = None
    one_slot: str | None = None
    withheld: bool = False  # flash attention or the cache type
    reduced: ev.ContextReduced | None = None
    reduced_line: int | None = None
    said: tuple[Said, ...] = ()
    events: list[tuple[ev.Event, Line, float]] = field(default_factory=list)

    def add(self, event: ev.Event, line: Line, at: float) -> None:
        match event:
            case ev.FlashDropped() | ev.KvDropped() | ev.OneSlot() | ev.Capped():
                self.said = (*self.said, Said(event, line.number))[-_MOST:]
        match event:
            case ev.Named():
                self.tags = tags(event.tag)
            case ev.Offload():
                self.library, self.num_gpu = event.library, event.asked
            case ev.Capped():
                self.capped = event
            case ev.OneSlot():
                self.one_slot = event.why
            case ev.FlashDropped() | ev.KvDropped():
                self.withheld = True
            case ev.ContextReduced():
                self.reduced, self.reduced_line = event, line.number
        self.events = [*self.events, (event, line, at)][-_MOST:]

    def reports(self, record: Record | None, fleet: "Fleet") -> Iterator[Reported]:
        """Yield the warnings, now that it is known which launch they are about."""
        server = record.server if record else fleet.server
        for event, line, at in self.events:
            if told := _warning(event, server, record):
                kind, fields = told
                yield Reported(kind, at, line.number, line.cursor, record, "", fields)


Fields = dict[str, int | str | bool | None]


def _warning(event: ev.Event, server: Server, record: Record | None) -> tuple[str, Fields] | None:
    match event:
        case ev.FlashDropped():
            asked = server.switched_on("OLLAMA_FLASH_ATTENTION")
            return "flash_attention_unsupported", {
                "by": event.by,
                "why": _FLASH_WHY[event.by],
                "asked": asked,
            }
        case ev.KvDropped():
            wanted = server.variable("OLLAMA_KV_CACHE_TYPE")
            # Nothing but the variable can ask for a type: a type in the warning proves it.
            return "kv_cache_dropped", {"type": event.type, "asked": wanted != ""}
        case ev.Capped(kept=False) if not _kept(event, record):
            default = record.default if record else defaults.environment(server)
            members = (default,) if isinstance(default, int) else default or ()
            return "context_capped", {
                "requested": event.requested,
                "trained": event.trained,
                "was_default": event.requested in members,
                "config_wanted": None,  # filled in where the configuration is known
            }
        case ev.MmapOff():
            return "mmap_disabled", {}
        case ev.LibraryUnknown():
            got = "a library of Ollama's own choice"
            fields: Fields = {"variable": "OLLAMA_LLM_LIBRARY", "value": event.name, "got": got}
            return "environment_without_effect", fields
        case _:
            return None


def _kept(event: ev.Capped, record: Record | None) -> bool:
    """0.1.33 and 0.1.34 say it in the words of 0.1.32, of an estimate, and launch all of it."""
    per_slot = record.ctx_per_slot if record else None
    return per_slot is not None and per_slot > event.trained


def at_launch(record: Record | None, line: Line) -> Iterator[Reported]:
    """Yield what a launch line itself shows: flags nobody knows, and what older releases drop in silence."""
    if record is None:
        return
    for flag in record.args.other:
        yield Reported("unknown_flag", record.at, line.number, line.cursor, record, "", {"flag": flag})
    release, (since, until) = record.server.version, _FLASH
    if release is None or since is None or until is None or not since <= release < until or record.args.cut:
        return
    if record.server.switched_on("OLLAMA_FLASH_ATTENTION") and record.args.flash_attention is None:
        fields: Fields = {"by": "release", "why": _FLASH_WHY["release"], "asked": True}
        yield Reported("flash_attention_unsupported", record.at, line.number, line.cursor, record, "", fields)


def unverifiable(fleet: "Fleet", line: Line, at: float, told: set[str]) -> Iterator[Reported]:
    """Yield once a server's life that its launches cannot be read."""
    if "unverifiable" not in told:
        told.add("unverifiable")
        what = f"Ollama {fleet.server.version_text or 'before 0.1.32'} starts no runner of its own"
        yield Reported("unverifiable", at, line.number, line.cursor, None, "server", {"what": what})


def started_unseen(fleet: "Fleet", at: float, told: set[str]) -> Iterator[Reported]:
    """Yield once that a runner started in a life that we saw from its beginning, and no launch was read."""
    if fleet.server.line is not None and not fleet.launches_in_life and "drift" not in told:
        told.add("drift")
        what = "a runner started, but no line announced its launch"
        yield Reported("format_drift", at, fleet.server.line, "", None, "server", {"what": what})


def direct(event: ev.Event, fleet: "Fleet", line: Line, at: float, told: set[str]) -> Iterator[Reported]:
    """Yield what needs no launch to be about, once where the log repeats itself."""
    match event:
        case ev.Truncated():
            yield prompts.truncated(event, fleet, line, at)
        case ev.InvalidEnvironment() if (key := f"{event.variable}={event.value}") not in told:
            if len(told) < _MOST_TOLD:
                told.add(key)
            yield _said("invalid_environment", event.variable, _invalid(event), line, at, fleet.server)
        case ev.InvalidOption():
            named: Fields = {"option": event.option, "meant": meant(event.option)}
            yield _said("invalid_option", event.option, named, line, at, fleet.server)
        case ev.InputTooLarge():
            yield prompts.refused(event, fleet, line, at)
        case ev.MlockFailed():
            record = fleet.pending
            yield Reported("mlock_failed", at, line.number, line.cursor, record, "unknown", {})
        case ev.Unreadable():
            what = f"“{event.text}” without a command"
            yield _said("format_drift", "server", {"what": what}, line, at, fleet.server)


def _said(kind: str, subject: str, fields: Fields, line: Line, at: float, server: Server) -> Reported:
    return Reported(kind, at, line.number, line.cursor, None, subject, fields, server)


def _invalid(event: ev.InvalidEnvironment) -> Fields:
    instead = event.default if event.default not in ("", "0") else "Ollama's own default"
    return {
        "variable": event.variable,
        "value": event.value,
        "default": event.default,
        "instead": instead,
    }
