"""One name of a model, with what its manifest says (reference 12)."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ollama_watch.parse.logfmt import unescape

Scalar = int | float | str | bool
Option = Scalar | tuple[Scalar, ...]
_MOST_OPTIONS = 100  # of a params layer; Ollama knows some 25
_MOST_LISTED = 100  # values of one, such as `stop`
_LONGEST = 1000  # characters of a value
_OPTION = re.compile(r"\w{1,64}", re.ASCII)
_LARGEST = 1 << 62  # of a whole number; larger ones are no option of a runner
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}")  # of a name, as Ollama takes it
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_LIBRARY = "registry.ollama.ai/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A name for a blob. Digests are 64 hex digits."""

    name: str  # "qwen3:8b", as people write it
    digest: str  # of the weights
    manifest_digest: str | None = None  # what `/api/tags` and `/api/ps` call the digest
    projectors: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    params: Mapping[str, Option] | None = None  # of the params layer; {}: it has none; None: unknown


def spoken(name: str) -> str | None:
    """Return a full or short name as people write it, or None if Ollama would not take it.

    The registry, `library/` and `:latest` are left out, as in the fact `model`.
    """
    path, colon, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "latest")
    if not all(_PART.fullmatch(part) for part in (*path.split("/"), tag)):
        return None
    short = path.removeprefix(_LIBRARY).removeprefix("library/")
    return short if not colon or tag == "latest" else f"{short}:{tag}"


def hexadecimal(digest: object) -> str | None:
    """Return the 64 hex digits of `sha256:…`; None for all else, so that it can be part of a path."""
    found = _DIGEST.fullmatch(digest) if isinstance(digest, str) else None
    return found[1] if found else None


def options(said: Mapping[object, object]) -> dict[str, Option]:
    """Return what of a params layer's JSON object is an option; the rest of it is left out."""
    found: dict[str, Option] = {}
    for name, value in said.items():
        kept = _option(value)
        if kept is not None and isinstance(name, str) and _OPTION.fullmatch(name):
            found[name] = kept
        if len(found) == _MOST_OPTIONS:
            break
    return found


def options_shown(text: str) -> dict[str, Option]:
    """Return the options that `/api/show` calls `parameters`: one a line, values as Go writes them."""
    found: dict[object, object] = {}
    for name, value in _lines(text):
        if isinstance(value, str):  # only lists hold text (`stop`), one value a line
            before = found.setdefault(name, [])
            if isinstance(before, list):
                before.append(value)
        else:
            found[name] = value
    return options(found)


def _lines(text: str) -> Iterator[tuple[str, object]]:
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        yield name, _shown(value.strip())


def _shown(value: str) -> object:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return unescape(value[1:-1].encode()).decode(errors="replace")
    if value in ("true", "false"):
        return value == "true"
    try:
        return float(value)
    except ValueError:
        return None


def _option(value: object) -> Option | None:
    if not isinstance(value, list):
        return _scalar(value)
    kept = [_scalar(one) for one in value[:_MOST_LISTED]]
    return tuple(one for one in kept if one is not None)


def _scalar(value: object) -> Scalar | None:
    match value:
        case bool():
            return value
        case int() | float() if not math.isfinite(value) or abs(value) > _LARGEST:
            return None
        case float() if value.is_integer():  # Go holds every number as a float
            return int(value)
        case int() | float():
            return value
        case str() if len(value) <= _LONGEST and _is_text(value):
            return value
        case _:
            return None


def _is_text(value: str) -> bool:
    """Tell whether it can be written out: JSON may hold half a character."""
    return value.encode(errors="ignore").decode() == value
