"""What people write instead of what is written here: other words, other signs, other units."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence

_Rewrite = tuple[str, str | Callable[[re.Match[str]], str]]  # compiled when something is misspelt


_THOUSANDS = {"k": 1024, "m": 1024 * 1024}  # of tokens: 8k is 8192
_CONDITION: Sequence[_Rewrite] = (
    (r"(?<=\d)[_',](?=\d{3}\b)", ""),  # 8_192
    (r"\b(\d{1,6})([km])\b", lambda found: str(int(found[1]) * _THOUSANDS[found[2].lower()])),
    (r"\b(\d+)(?:\.0+)?\s*(?:tok|tokens?|slots?|layers?|ctx)\b", r"\1"),
    (r"\b(\d+)\.0+\b", r"\1"),
    (r"^(?:=>|≥|at least|min(?:imum)?)\s*", ">= "),
    (r"^(?:=<|≤|at most|max(?:imum)?)\s*", "<= "),
    (r"^(?:<>|~=|≠|=!|not\s|!(?!=))\s*", "!= "),
    (r"^(?:={3,}|=~?(?!=)|is\s|eq\s)\s*", "== "),
    (r"^(?:gte?|>\s+=)\s+", ">= "),
    (r"^(?:lte?|<\s+=)\s+", "<= "),
    (r"^>=\s*(\d+)\s*(?:,|and|&&?)\s*<=\s*(\d+)$", r"\1..\2"),
    (r"^(\d+)\s*(?:-|–|to|…|\.{3,})\s*(\d+)$", r"\1..\2"),
    (r"^(\d+)\s*(?:\+|\.\.|-)$", r">= \1"),
    (r"^\.\.\s*(\d+)$", r"<= \1"),
    (r"^v?(\d+\.\d+)(?:\.[x*])?$", r"\1.0"),  # 0.15 for 0.15.0
    (r"^([=<>!]+)\s*v?(\d+\.\d+)(?:\.[x*])?$", r"\1 \2.0"),
    (r"^\D*\ball(?: layers)?$", "all"),
    (r"^([a-z_]+)$", r">= \1"),  # a fact without its sign
)
_SPAN: Sequence[_Rewrite] = (
    (r"^[-+]\s*", ""),
    (r"\s*,\s*|\s+and\s+", " "),
    (r"(?<=\d)\s*(?:milliseconds?|millis|msecs?)\b", "ms"),
    (r"(?<=\d)\s*(?:seconds?|secs?)\b", "s"),
    (r"(?<=\d)\s*(?:minutes?|mins?)\b", "m"),
    (r"(?<=\d)\s*(?:hours?|hrs?)\b", "h"),
    (r"(?<=\d)\s*days?\b", "d"),
    (r"(?<=\d)\s*weeks?\b", "w"),
    (r"\s+", ""),
    (r"[SMHDW]", lambda found: found[0].lower()),
)


WORD = 100  # characters of a word that are shown or compared
_LIKE = 0.8  # how alike a misspelt key must be to be read as the known one
_MANY = 25  # words are too many to read in a message

OTHER_NAMES = {  # by their names in Ollama's options, llama.cpp's flags and this program's `want:`
    **dict.fromkeys("context context_length ctx num_ctx n_ctx context_size".split(), "ctx_per_slot"),
    **dict.fromkeys("num_parallel n_parallel np slots".split(), "parallel"),
    **dict.fromkeys("num_batch n_batch batch".split(), "batch_size"),
    **dict.fromkeys("ubatch n_ubatch".split(), "ubatch_size"),
    **dict.fromkeys("ngl n_gpu_layers".split(), "gpu_layers"),
    **dict.fromkeys("num_thread n_threads".split(), "threads"),
    **dict.fromkeys("flash_attn fa".split(), "flash_attention"),
    **dict.fromkeys("cache_type cache_type_k kv_cache".split(), "kv_cache_type"),
    **dict.fromkeys("name tag".split(), "model"),
    **dict.fromkeys("version release".split(), "ollama_version"),
}


def nearest(word: str, known: Collection[str], where: str = "schema") -> str:
    """Return a hint: the known word that is most like `word`, else all of them.

    `where`: which command of the workshop has them, if they are too many.
    """
    word = word[:WORD]
    near = difflib.get_close_matches(word, known, n=1) or difflib.get_close_matches(word.lower(), known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if len(known) > _MANY:
        return f"none is like it; `ollama-watchd rules {where}` has them all"
    return f"known: {', '.join(known if isinstance(known, Sequence | Mapping) else sorted(known))}"


def like(word: str, known: Collection[str]) -> list[str]:
    """Return the known word that `word` can hardly fail to mean, if there is one."""
    return difflib.get_close_matches(word[:WORD], known, 1, _LIKE)


def meant(text: str, accepted: Callable[[str], bool]) -> str:
    """Return what to write for a condition that cannot be read; "" if it resembles nothing `accepted`."""
    return _hint(text, _CONDITION, accepted)


def meant_span(text: str, accepted: Callable[[str], bool]) -> str:
    """Return what to write for a span of time that cannot be read, or ""."""
    if text.isdecimal() and text.isascii():
        return f"write {text}s, {text}m or {text}h"
    return _hint(text, _SPAN, accepted)


def _hint(text: str, rows: Sequence[_Rewrite], accepted: Callable[[str], bool]) -> str:
    written = text
    for pattern, better in rows:
        written = re.sub(pattern, better, written, flags=re.IGNORECASE)
        if written != text and accepted(written):
            return f"write {quoted(written)}"
    return ""


def quoted(text: str) -> str:
    """Return `text` as it may stand in YAML: some signs mean something there."""
    return f'"{text}"' if text[:1] in "!*>&|%@`\"'{[#" else text


def in_quotes(rest: str) -> str:
    """Return the value that `rest` of a line begins with, in quotes."""
    text = re.split(r"\s#|[,}\]]|\s+$", rest, maxsplit=1)[0].strip()
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
