"""One life of an Ollama server: what its start lines tell (reference 8)."""

from collections.abc import Mapping
from dataclasses import dataclass

from ollama_watch.parse import events as ev
from ollama_watch.parse.logfmt import whole
from ollama_watch.parse.version import Version, version
from ollama_watch.state.replacing import replace

_MOST = 20  # variables that could not be read
_TRUE = ("1", "true", "True", "TRUE", "t", "T")


@dataclass(frozen=True, slots=True)
class Invalid:
    """A variable that the server could not read."""

    variable: str
    value: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the log has told of the server since it started; all unknown if the log begins later."""

    number: int = 0  # of the lives that this log tells
    line: int | None = None  # of its first start line
    at: float | None = None
    version_text: str | None = None
    env: Mapping[str, str] | None = None  # as parsed by the server, defaults filled in
    env_line: int | None = None
    listening: bool = False
    announced: int | None = None  # default context by VRAM
    announced_line: int | None = None
    vram: str | None = None  # of all GPUs, as the server writes it: 16.0 GiB
    gpus: tuple[str, ...] | None = None  # libraries, one a GPU; None: not told
    gpus_before: tuple[str, ...] = ()  # of the last life that told
    low_vram: bool = False
    invalid: tuple[Invalid, ...] = ()  # variables that it could not read
    env_before: Mapping[str, str] | None = None  # of the last life that came up
    env_before_line: int | None = None
    version_before: str | None = None
    default_before: int | None = None  # built-in context of the last life that told
    vram_before: str | None = None

    @property
    def version(self) -> Version | None:
        return version(self.version_text) if self.version_text else None

    def variable(self, name: str) -> str | None:
        """Return what the start line shows for `name`; None: the line was not seen or lacks it."""
        return None if self.env is None else self.env.get(name)

    def switched_on(self, name: str) -> bool:
        return self.variable(name) in _TRUE

    def number_of(self, name: str) -> int | None:
        return whole(self.variable(name) or "")


def restarted(server: Server, event: ev.ServerConfig | ev.Listening, line: int, at: float) -> Server | None:
    """Return the new life that `event` begins, or None if it goes on with the one that just began."""
    if isinstance(event, ev.Listening) and server.line is not None and not server.listening:
        return None
    gpus = server.gpus if server.gpus is not None else server.gpus_before
    # One that finds its port taken prints its settings too, and ends.
    came_up = server.listening and server.env is not None
    return Server(
        number=server.number + 1,
        line=line,
        at=at,
        gpus_before=gpus or (),
        env_before=server.env if came_up else server.env_before,
        env_before_line=server.env_line if came_up else server.env_before_line,
        version_before=server.version_text or server.version_before,
        default_before=server.default_before,
        vram_before=server.vram or server.vram_before,
    )


def told(server: Server, event: ev.Event, line: int) -> Server:  # noqa: PLR0911  # a table
    """Return the server with what `event` tells about it."""
    if isinstance(event, ev.InvalidEnvironment):
        return _misread(server, Invalid(event.variable, event.value, line))
    match event:
        case ev.ServerConfig():
            return replace(server, env=event.env, env_line=line)
        case ev.Listening():
            return replace(server, listening=True, version_text=event.version or None)
        case ev.DefaultContext():
            return replace(server, announced=event.tokens, announced_line=line, vram=event.vram)
        case ev.LowVram():
            return replace(server, low_vram=True)
        case ev.Compute():
            found = () if event.library == "cpu" else (event.library,)
            return replace(server, gpus=(server.gpus or ()) + found)
        case _:
            return server


def _misread(server: Server, found: Invalid) -> Server:
    """Return the server with a variable that it could not read; each runner says it again."""
    known = {(one.variable, one.value) for one in server.invalid}
    if (found.variable, found.value) in known or len(server.invalid) >= _MOST:
        return server
    return replace(server, invalid=(*server.invalid, found))
