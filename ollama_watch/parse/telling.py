r"""Which lines of a block can announce anything, found without looking at the others one by one.

Every line that `parse` reads an event in holds one of a few long needles, or begins its `msg=` like a known
message; `parse` alone says what it means. This holds for what Go and llama.cpp write: words that somebody
wrote with escapes in them (`star\u0074ing`) are not found. Lines of colours are given whole.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ollama_watch.parse.asked import Stretch, stretches
from ollama_watch.parse.counted import Counted
from ollama_watch.parse.eras import ERAS
from ollama_watch.parse.line import prompt_size
from ollama_watch.parse.llamacpp import OF_DUMP, OF_LOADING, PROMPT, ROWS
from ollama_watch.parse.memmem import Find, finder
from ollama_watch.parse.server import MESSAGES

_WORDED = (b"llama runner started", b"llama-server started", b"Listening on", b"offload to", b"offloaded")
_ODD = (
    b"Invalid OLLAMA_LLM_LIBRARY",
    b"model is missing tokenizer",
    b"Loading Dynamic",
    b"mlx-runner",
    b"image-runner",
)
_NAMED = sorted({*MESSAGES, *(era.message for era in ERAS), *_WORDED, *_ODD} - {b""})
_BEGIN = 14  # bytes of a message that are compared here; the parser compares all of it
_OF_ROWS = tuple(row[0] for row in ROWS if row[0] not in (*OF_LOADING, *OF_DUMP))
_PLAIN = (b"server config", b"invalid environment variable,", b"Listening on ")  # up to 0.6.8 without msg=
_SYSTEMD = b" systemd["
ALWAYS = (*_OF_ROWS, *_PLAIN, _SYSTEMD)
EVERY = (*(row[0] for row in ROWS), *_PLAIN)  # those too that count at times alone
LAUNCHING = (b"starting ", b"Loading Dynamic", b"n_slots")  # one is in every launch line
_ANY = (*EVERY, b"[GIN]", b"\x1b")


def _records() -> re.Pattern[bytes]:
    """Of a message with nothing in it the next thing is a quote or a blank."""
    beginnings: dict[bytes, list[bytes]] = {}
    for begin in sorted({words[:_BEGIN] for words in _NAMED}):
        whole = rb"(?!\w)" if len(begin) < _BEGIN else b""  # load, but not loading
        beginnings.setdefault(begin[:1], []).append(re.escape(begin[1:]) + whole)
    letters = (re.escape(first) + b"(?:" + b"|".join(rest) + b")" for first, rest in beginnings.items())
    return re.compile(rb'msg=(?:\\*+"|&quot;|&#34;)?+(?:' + b"|".join([*letters, rb'\\*+"', rb"\s"]) + b")")


_RECORD = _records()


class Telling(NamedTuple):
    """A line that may announce something."""

    start: int  # in its block
    end: int  # of its newline
    lines: int  # that end before it in its block
    text: bytes  # without its end


class Sifted(NamedTuple):
    """What a block of whole lines holds."""

    telling: list[Telling]
    asked: list[Stretch]
    lines: int
    size: int  # bytes, each line with one for its end
    prompts: Sequence[tuple[int, int]] = ()  # begin and tokens, of lines that announce no more


def sift(block: bytes, needles: Iterable[bytes] = ALWAYS, *, prompts: bool = False) -> Sifted:
    """Return the lines of a block that may announce something; the block ends with a newline.

    `prompts`: those that announce the size of a prompt and nothing else are told apart.
    """
    find = finder(block)
    found = dict(_holding(block, find, (one for one in needles if one != PROMPT or not prompts)))
    found.update(_matching(block, _RECORD))
    if b"\x1b" in block:
        found.update(
            (at, end) for at, end in _holding(block, find, (b"\x1b",)) if b"[GIN]" not in block[at:end]
        )
    sizes = _prompts(block, find, found) if prompts else ()
    counted = Counted(block)
    telling: list[Telling] = []
    asked: list[Stretch] = []
    for place, one in _between(found, len(block)):
        asked += stretches(counted, *place)
        if one:
            telling.append(_told(counted, *one))
    returns = block.count(b"\r\n") if b"\r" in block else 0
    return Sifted(telling, asked, counted.before(len(block)), len(block) - returns, sizes)


def _prompts(block: bytes, find: Find, found: dict[int, int]) -> list[tuple[int, int]]:
    """Return where prompts stand and their tokens; add to `found` the lines that may tell something else."""
    sizes = []
    for start, end in _holding(block, find, (PROMPT,)):
        tokens = None if start in found else prompt_size(block[start:end].removesuffix(b"\r"))
        if tokens is None:
            found[start] = end
        else:
            sizes.append((start, tokens))
    return sizes


def _between(found: dict[int, int], size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int] | None]]:
    """Yield the places between the lines that were found, and begin and end of the line behind each."""
    at = 0
    for start, end in sorted(found.items()):
        yield (at, start), (start, end)
        at = end + 1
    yield (at, size), None


def holding(block: bytes, needles: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a block that hold one of `needles`."""
    return (block[start:end] for start, end in _holding(block, finder(block), needles))


def telling(block: bytes) -> tuple[list[Telling], int]:
    """Return those of a block of whole lines that `parse` may read anything in, and how many all are."""
    found = dict(_holding(block, finder(block), _ANY))
    found.update(_matching(block, _RECORD))
    counted = Counted(block)
    return _told_in_order(counted, found), counted.before(len(block))


def loading(text: bytes, *, dump: bool) -> list[Telling]:
    """Return the lines of `text`, whole lines, that count while a model loads; `dump`: its blob is told."""
    needles = (*OF_LOADING, *OF_DUMP) if dump else OF_LOADING
    return _told_in_order(Counted(text), dict(_holding(text, finder(text), needles)))


def _holding(block: bytes, find: Find, needles: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each line that holds one of `needles`."""
    for needle in needles:
        at = find(needle, 0)
        while at >= 0:
            end = block.find(b"\n", at)
            yield block.rfind(b"\n", 0, at) + 1, end
            at = find(needle, end)


def _matching(block: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each line that `pattern` matches in, whatever else of it is in that line."""
    at = 0
    while match := pattern.search(block, at):
        end = block.find(b"\n", match.start())
        yield block.rfind(b"\n", at, match.start()) + 1, end
        at = end


def _told_in_order(counted: Counted, found: dict[int, int]) -> list[Telling]:
    return [_told(counted, start, end) for start, end in sorted(found.items())]


def _told(counted: Counted, start: int, end: int) -> Telling:
    return Telling(start, end, counted.before(start), counted.block[start:end].removesuffix(b"\r"))
