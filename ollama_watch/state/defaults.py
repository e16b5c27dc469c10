"""What a launch's numbers mean, by release: defaults, floors and exceptions (reference 2 and 10).

A release that changes a default is a row in `_DEFAULTS` or `_ERA_DEFAULTS`.
"""

from ollama_watch.parse.version import Version, version
from ollama_watch.state.server import Server

Default = int | tuple[int, ...] | None  # tokens per slot, or all it may be while something is unknown

_TIERS = (4096, 32768, 262144)  # by VRAM, from 0.15.5


def _release(text: str) -> Version:
    found = version(text)
    if found is None:
        raise ValueError(text)
    return found


_BY_VRAM = _release("0.15.5-rc0")
_DEFAULTS: tuple[tuple[Version, int], ...] = (  # from this release on
    (_release("0.1.21"), 2048),
    (_release("0.6.7-rc0"), 4096),
)
_ERA_DEFAULTS = {  # every default that a release with this wording had
    "command-line": (2048, 4096),
    "load-request": _TIERS,
    "llama-server": _TIERS,
}
_CONTEXT_LENGTH = _release("0.5.13-rc0")  # the variable's first release
_GPTOSS = (_release("0.11.0-rc0"), _BY_VRAM)  # a floor of 8192 for these architectures
_GPTOSS_LOW_VRAM = _release("0.11.4-rc0")  # since then not in low-VRAM mode
_QWEN3VL = _release("0.12.7-rc0")
_FLOOR = 8192
_MULTIPLIED_PROJECTOR = (_release("0.1.34-rc0"), _release("0.2.0-rc0"))
_MULTIPLIED_PARTIAL = (_release("0.3.1-rc0"), _release("0.3.7-rc0"))


def builtin(server: Server, era: str, architecture: str | None, *, old_spelling: bool = False) -> Default:
    """Return what this release gives when nobody sets anything; unknown for runners without a context.

    `old_spelling`: the load request spells flash attention as true or false, so it is before 0.13.4.
    """
    if era not in _ERA_DEFAULTS:
        return None
    release = server.version
    if _floored(server, release, architecture):
        return _FLOOR
    if server.announced is not None:
        return server.announced
    if release is None:
        return 4096 if old_spelling and era == "load-request" else _ERA_DEFAULTS[era]
    if release >= _BY_VRAM:
        return 4096 if server.gpus == () else _TIERS
    return next((tokens for since, tokens in reversed(_DEFAULTS) if release >= since), None)


def _floored(server: Server, release: Version | None, architecture: str | None) -> bool:
    if release is None or not _GPTOSS[0] <= release < _GPTOSS[1]:
        return False
    if architecture in ("qwen3vl", "qwen3vlmoe"):
        return release >= _QWEN3VL and not server.low_vram
    low = server.low_vram and release >= _GPTOSS_LOW_VRAM
    return architecture in ("gptoss", "gpt-oss") and not low


def by_vram(release: str | None) -> bool:
    """Tell whether a release sets its default by the memory of the GPUs; False where it is not known."""
    found = version(release) if release else None
    return found is not None and found >= _BY_VRAM


def environment(server: Server) -> int | None:
    """Return OLLAMA_CONTEXT_LENGTH where the start line proves that it was set, else None.

    From 0.5.13 to 0.15.4 the line shows the built-in default for an unset variable, later 0.
    """
    tokens = server.number_of("OLLAMA_CONTEXT_LENGTH")
    release = server.version
    if tokens is None or tokens <= 0 or (release is not None and release < _CONTEXT_LENGTH):
        return None
    if release is None:
        unset = server.announced is None and tokens in (2048, 4096)
    else:
        unset = release < _BY_VRAM and tokens == next(t for s, t in reversed(_DEFAULTS) if release >= s)
    return None if unset else tokens


def effective(server: Server, given: Default) -> Default:
    """Return the default in force: the variable where proven, else what the release gives."""
    moved = environment(server)
    return given if moved is None or given is None else moved


def is_default(per_slot: int | None, default: Default) -> bool | None:
    """Tell whether `per_slot` is the default; against a set, whether it is a member up to 4096."""
    if per_slot is None or default is None:
        return None
    if isinstance(default, int):
        return per_slot == default
    return per_slot in default and per_slot <= 4096  # noqa: PLR2004  # larger members are rarely nobody's wish


def per_slot(total: int, slots: int, server: Server, *, projector: bool | None) -> int | None:
    """Return what one request may use of `total` tokens.

    Twice the total was multiplied by OLLAMA_NUM_PARALLEL although one slot was printed: with a projector
    (0.1.34 to 0.1.48) and on partial offload (0.3.1 to 0.3.6). The server cut prompts to the share.
    None where that hangs on a projector of which the line does not tell.
    """
    release, asked = server.version, server.number_of("OLLAMA_NUM_PARALLEL")
    if slots != 1 or not asked or asked <= 1 or not release or total % asked:
        return total // max(slots, 1)
    spans = {True: _MULTIPLIED_PROJECTOR, False: _MULTIPLIED_PARTIAL}
    fitting = spans.values() if projector is None else (spans[projector],)
    multiplied = {since <= release < until for since, until in fitting}
    if len(multiplied) > 1:
        return None
    return total // asked if multiplied.pop() else total
