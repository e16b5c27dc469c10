"""The arguments of a runner, from a command that was printed or from a process.

Go prints a command as its words joined by single blanks, without quotes: a path may hold blanks, so a value
ends where the next flag begins (reference 1.3, 15).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import Any

from ollama_watch.parse.flags import FLAGS
from ollama_watch.parse.logfmt import shortened, whole

_FLAG = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*+)(?:=(\S*+))?(?=\s|$)")
_ELIDED = re.compile(r"\.\.\.|…")
# Where another record begins inside the line, this one was cut: its flags end there.
_NEXT_RECORD = re.compile(r"time=\d{4}-\d\d-\d\dT|\[GIN\] |\s\S{1,100}\[\d{1,9}\]: ")
_DIGEST = re.compile(r"(?:^|[/\\])sha256[-:]([0-9a-f]{64})$")
_SWITCH = {
    "on": "on",
    "off": "off",
    "auto": "auto",
    "enabled": "on",
    "disabled": "off",
    "-1": "auto",
    "1": "on",
    "0": "off",
    "true": "on",
    "false": "off",
}

# What a hostile line may make us keep of it; runners have some 20 flags.
_MOST_FLAGS, _MOST_UNKNOWN, _MOST_ADAPTERS = 200, 50, 16
_PATH = 4096  # characters, the most that a system takes
_MODEL = ("--model", "-m")  # a cut path still tells that it is a launch, and names no blob
Pair = tuple[str, str | None]  # a flag as it is spelt, and its value


@dataclass(frozen=True, slots=True, kw_only=True)
class Args:
    """What a launch line states; None is not stated. `other` keeps the flags nobody knows."""

    model: str | None = None  # as printed: mostly the path of a blob
    ctx_size: int | None = None  # of all slots together
    parallel: int | None = None
    batch_size: int | None = None
    ubatch_size: int | None = None
    gpu_layers: int | None = None
    threads: int | None = None
    main_gpu: int | None = None
    tensor_split: str | None = None
    flash_attention: str | None = None  # on, off, auto
    kv_cache_type: str | None = None
    kv_cache_type_v: str | None = None
    load_mode: str | None = None
    mmap: bool | None = None
    mlock: bool | None = None
    lora: tuple[str, ...] | None = None
    mmproj: str | None = None
    embedding: bool | None = None
    ollama_engine: bool | None = None
    kv_unified: bool | None = None
    hf: str | None = None  # repository of a hand-started llama-server
    port: int | None = None
    other: tuple[str, ...] = ()
    cut: bool = False  # the line was damaged: what is not stated may have been there


_NAMES = {field.name for field in fields(Args)}


def from_command(text: str, *, cut: bool) -> Args:
    """Return the arguments of a printed command; of a cut one only the whole words before the cut."""
    glued = _NEXT_RECORD.search(text)
    text = text[: glued.start()] if glued else text
    pairs = list(islice(_split(text), _MOST_FLAGS))
    cut = cut or bool(glued) or len(pairs) == _MOST_FLAGS
    stated = pairs[:-1] if cut else pairs
    kept = [pair for pair in stated if not any(part and _ELIDED.search(part) for part in pair)]
    model = [pair for pair in pairs if pair[0] in _MODEL and pair not in kept]
    return _args([*model, *kept], cut=cut or len(kept) < len(pairs))


def from_argv(argv: Sequence[str]) -> Args:
    """Return the arguments of a running process; its first word is the program."""
    pairs: list[Pair] = []
    for word in argv[1:]:
        flag, equals, value = word.partition("=")
        if re.fullmatch(r"--?[A-Za-z][\w-]*", flag):
            pairs.append((flag, value if equals else None))
        elif pairs and pairs[-1][1] is None:
            pairs[-1] = (pairs[-1][0], word)
    return _args(pairs, cut=False)


@lru_cache(1024)  # asked again with every line of a runner
def digest(model: str | None) -> str | None:
    """Return the 64 hex digits that name the blob at a path, or None if it is no whole blob name.

    Of a path with something left out the end may be that of another flag's path.
    """
    found = _DIGEST.search(model or "")
    return found[1] if found and not _ELIDED.search(model or "") else None


def _split(text: str) -> Iterator[Pair]:
    for found, after in pairwise(chain(_FLAG.finditer(text), [None])):
        if found:
            value = text[found.end() : after.start() if after else len(text)].strip()
            yield found[1], found[2] if found[2] is not None else value or None


def _args(pairs: Iterable[Pair], *, cut: bool) -> Args:
    found: dict[str, Any] = {}
    other: list[str] = []
    for name, value in pairs:
        flag = FLAGS.get(name)
        if flag is None:
            other.append(shortened(name))
        elif flag.fact:
            stated = flag.value if flag.takes == "nothing" else _READ[flag.takes](value)
            if flag.takes == "paths" and stated is not None:
                stated = (*found.get(flag.fact, ()), stated)[:_MOST_ADAPTERS]
            if stated is not None:
                found[flag.fact] = stated
            elif flag.takes == "number":
                cut = True  # a number that is none: somebody wrote over it
    if found.get("load_mode"):  # 0.32.6 on: none and dio both read the weights instead of mapping them
        found["mmap"] = found["load_mode"] == "mmap"
    return Args(
        **{k: v for k, v in found.items() if k in _NAMES}, other=tuple(other[:_MOST_UNKNOWN]), cut=cut
    )


def _number(value: str | None) -> int | None:
    return whole((value or "").split(" ", 1)[0])


def _word(value: str | None) -> str | None:
    return shortened(value.split(" ", 1)[0]) if value else None


def _path(value: str | None) -> str | None:
    """The end of it is what names a blob."""
    return value[-_PATH:] if value else None


_READ: Mapping[str, Callable[[str | None], Any]] = {
    "number": _number,
    "word": _word,
    "path": _path,
    "paths": _path,
    "switch": lambda value: _SWITCH.get(_word(value) or "on", "on"),
}
