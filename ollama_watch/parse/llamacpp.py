"""Raw lines of llama.cpp and its servers: no time, no level, named by what they hold (reference 7).

Each row is a needle that hardly any other line holds, and the pattern that reads it. Lines are hostile: what
a pattern passes over has a bound, and so have its numbers.
"""

import re
from collections.abc import Callable

from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import digest

Read = Callable[[re.Match[bytes]], ev.Event | None]

_ARCHITECTURE = rb"general\.architecture\s++str\s*+=\s*+([\w.-]{1,100})"
_NUMBER = rb"[\w-]\.(context_length|pooling_type)\s++u32\s*+=\s*+(\d{1,18})(?!\d)"

_SLOTS = (
    rb"\d\.\d\d\d\.\d\d\d [A-Z] srv.{0,100}? n_slots = (\d{1,9}), n_ctx_slot = (\d{1,9}), "
    rb"kv_unified = '(true|false)'"
)


def _dump(found: re.Match[bytes]) -> ev.Event | None:
    """The path stands between the last "from" and the version, and may hold blanks."""
    said, ended, _ = found.string[found.end() :].partition(b" (version")
    _, named, path = said.rpartition(b" from ")
    return ev.Dump(digest(path.decode("utf-8", "replace"))) if named and ended else None


def _metadata(found: re.Match[bytes]) -> ev.Event:
    return ev.Metadata(found[1].decode(), int(found[2]))


def _context_length(found: re.Match[bytes]) -> ev.Event:
    return ev.Metadata("context_length", int(found[1]))


def _offloaded(found: re.Match[bytes]) -> ev.Event:
    return ev.Offloaded(int(found[1]), int(found[2]))


def _truncated(found: re.Match[bytes]) -> ev.Event:
    return ev.Truncated(int(found[1]), None, None)


def _prompt_size(found: re.Match[bytes]) -> ev.Event:
    return ev.PromptSize(int(found[1]))


def _trained(found: re.Match[bytes]) -> ev.Event:
    return ev.TrainedContext(int(found[1]))


def _flash(found: re.Match[bytes]) -> ev.Event:
    return ev.FlashResolved("on" if found[1] in (b"1", b"enabled") else "off")


def _too_large(found: re.Match[bytes]) -> ev.Event:
    """Builds up to the middle of 2025 tell neither number."""
    tokens, batch = (int(number) if number else None for number in found.groups())
    return ev.InputTooLarge(tokens, batch)


def _threads(found: re.Match[bytes]) -> ev.Event:
    return ev.Threads(int(found[1]), int(found[2]))


def _hand_started(found: re.Match[bytes]) -> ev.Event:
    return ev.HandStarted(int(found[1]), int(found[2]), found[3] == b"true")


_TOO_LARGE = (
    rb"input (?:\((\d{1,9}) tokens\) )?is too large to process"
    rb"(?:[^\n]{0,100}?\(current batch size: (\d{1,9})\))?"
)
_THREADS = rb"system_info: n_threads = (\d{1,9}) (?:\(n_threads_batch = \d{1,9}\) )?/ (\d{1,9})"

PROMPT = b"task.n_tokens ="  # since 0.30 there is a line with it for each request
_ROWS: tuple[tuple[bytes, bytes, Read], ...] = (
    # The commonest first.
    (PROMPT, rb"new prompt, .{0,100}?task\.n_tokens = (\d{1,18})(?!\d)", _prompt_size),
    (b"loaded meta data with", rb"loaded meta data with", _dump),
    (b"general.architecture", _ARCHITECTURE, lambda f: ev.Metadata("architecture", f[1].decode())),
    (b".context_length", _NUMBER, _metadata),
    (b".pooling_type", _NUMBER, _metadata),
    (b": n_ctx_train", rb": n_ctx_train\s*= (\d{1,18})(?!\d)", _context_length),
    # n_ctx_per_seq, n_ctx_pre_seq (sic), n_ctx_seq: below or above, the trained one is the second
    (b"n_ctx_train (", rb"n_ctx_\w{0,4}seq \(\d+\) [<>] n_ctx_train \((\d{1,18})\)", _trained),
    (b"layers to GPU", rb"offloaded (\d{1,9})/(\d{1,9}) layers to GPU", _offloaded),
    (b"flash_attn    ", rb": flash_attn\s+= (0|1|enabled|disabled)\b", _flash),
    (b"Flash Attention was auto", rb"Flash Attention was auto, set to (enabled|disabled)", _flash),
    (b"resolve_fused_ops: Flash", rb"resolve_fused_ops: Flash Attention (enabled|disabled)", _flash),
    (b"enabling flash_attn since", rb"(enabl)ing flash_attn since", lambda f: ev.FlashResolved("on")),
    (b"input truncated |", rb"input truncated \| n_ctx=(\d{1,18})(?!\d)", _truncated),
    (b"is too large to process", _TOO_LARGE, _too_large),
    (b"system_info: n_threads", _THREADS, _threads),
    (b"failed to mlock ", rb"failed to mlock \d{1,18}-byte buffer", lambda f: ev.MlockFailed()),
    # Ollama switches the prefix of time and level off: a line that has it is of a server started by hand
    (
        b"initializing, n_slots",
        _SLOTS,
        _hand_started,
    ),
)  # fmt: skip
ROWS = tuple((needle, re.compile(pattern), read) for needle, pattern, read in _ROWS)
# What only counts while a model loads, and what only counts while a loader prints what is in a blob: nobody
# needs to look for it elsewhere (`state.loading`, `state.blobs`).
OF_LOADING = (
    b"n_ctx_train (",
    b"layers to GPU",
    b"flash_attn    ",
    b"Flash Attention was auto",
    b"resolve_fused_ops: Flash",
    b"enabling flash_attn since",
    b"system_info: n_threads",
)
OF_DUMP = (b"general.architecture", b".context_length", b".pooling_type", b": n_ctx_train")


def raw(text: bytes) -> ev.Event | None:
    """Return what a line without `msg=` announces, or None."""
    for needle, pattern, read in ROWS:
        if needle in text and (found := pattern.search(text)):
            return read(found)
    return None
