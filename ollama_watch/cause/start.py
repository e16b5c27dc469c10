"""Why a context is what it is: what the start of the server tells (reference 8, 10.1)."""

from collections.abc import Iterator
from dataclasses import replace

from ollama_watch.cause import variables
from ollama_watch.cause.known import Known, lines
from ollama_watch.cause.releases import named
from ollama_watch.model import Cause, Launch
from ollama_watch.parse.version import version
from ollama_watch.state import defaults
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server

VARIABLE = "OLLAMA_CONTEXT_LENGTH"
_SLIDER_SINCE = version("0.12.10-rc0")  # the desktop app sets the variable from its own settings


def malformed(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    if not launch.facts["ctx_is_default"]:
        return
    for one in record.server.invalid:
        if one.variable == VARIABLE:
            text = f"{VARIABLE}={one.value} is no number, so the server goes on with its own default"
            yield Cause(text, "certain", (one.line,))


def lost(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """The last life of the server had the variable, this one has not."""
    server = record.server
    before = defaults.environment(before_it(server))
    if before is None or defaults.environment(server) is not None or not launch.facts["ctx_is_default"]:
        return
    if any(one.variable == VARIABLE for one in server.invalid):
        return  # it is there, and cannot be read
    if known.release and variables.known(VARIABLE, known.release) is False:
        text = f"Ollama {named(known.release)} reads no {VARIABLE}; the start before had {before}"
        yield Cause(text, "certain", lines(server.line, server.env_before_line))
        return
    shown = server.variable(VARIABLE)
    # Set to the very default, which up to 0.15.4 looks like unset, it is as good as gone.
    sure = shown is not None and launch.facts["ctx_wanted"] == before
    text = f"the server was started without {VARIABLE}; before, it had {before}"
    yield Cause(text, "certain" if sure else "likely", lines(server.env_line, server.env_before_line))


def changed(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """The default is another one than in the last life of the server: by its release, or by its memory."""
    server, now = record.server, launch.facts["ctx_default"]
    before = server.default_before
    if not launch.facts["ctx_is_default"] or before in (None, now) or now != launch.facts["ctx_builtin"]:
        return
    if now == server.announced and defaults.by_vram(server.version_before):
        found = _memory(server.vram)
        text = f"Ollama gives {now} by default with {found}"
        text += f"; before, it found {server.vram_before} and gave {before}" if server.vram_before else ""
        yield Cause(text, "certain", lines(server.announced_line))
    elif server.version_before and server.version_text and server.version_before != server.version_text:
        text = f"Ollama {server.version_before} gave {before} by default, {server.version_text} gives {now}"
        yield Cause(text, "certain", lines(server.line, server.announced_line))


def slider(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    if by_app(known):
        text = f"the desktop app sets {VARIABLE} from its own settings (context length)"
        yield Cause(text, "possible", known.start(VARIABLE))


def by_app(known: Known) -> bool:
    """Tell whether the desktop app may have set the context that a launch has."""
    launch = known.launch
    app = known.release and _SLIDER_SINCE and known.release >= _SLIDER_SINCE
    if launch is None or not app or launch.platform not in ("windows", "macos"):
        return False
    return defaults.environment(known.life) == launch.facts["ctx_per_slot"] is not None


def by_itself(known: Known, launch: Launch) -> Iterator[Cause]:
    """Say what the launch has by default, and of whom."""
    facts, server, per_slot = launch.facts, known.life, launch.facts["ctx_per_slot"]
    if facts["ctx_default"] != facts["ctx_builtin"]:
        evidence = lines(*known.start(VARIABLE), *known.stated)
        yield Cause(f"the server's {VARIABLE} gives {per_slot}", "certain", evidence)
        return
    if server.announced == per_slot and server.announced_line:
        text = f"{per_slot} is what Ollama gives by default with {_memory(server.vram)}"
        yield Cause(text, "certain", (server.announced_line,))
    text = f"{per_slot} is Ollama's default: neither the server, the model nor the request asked for more"
    yield Cause(text, "likely", known.stated)


def before_it(server: Server) -> Server:
    """Return the server as its last life was."""
    return replace(server, env=server.env_before, version_text=server.version_before, announced=None)


def _memory(vram: str | None) -> str:
    return f"{vram} of GPU memory" if vram else "the GPU memory that it found"
