"""What to ask the journal for, and what its entries mean; the same for both ways of reading it.

Only fields that journald itself vouches for are trusted: those with a leading underscore. Any program may
call itself "ollama" in SYSLOG_IDENTIFIER.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ollama_watch.model import Line
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.source import Counters

Match = tuple[str, ...]  # "FIELD=value", all of which an entry must hold

_DROPPED = "a596d6fe7bfa4994828e72309e95d61e"  # MESSAGE_ID of "Suppressed 4825 messages from ollama.service"
_DOCKER = "docker.service"  # anybody can name a CONTAINER_NAME, only dockerd logs as this unit
_BOOT = Path("/proc/sys/kernel/random/boot_id")
STARTS = r'(?:msg="|\.go:\d+: (?:INFO )?)(server config|Listening on )'  # for Python and for PCRE
_STARTS = re.compile(STARTS.encode())
_CONFIG, _LISTENING = b"server config", b"Listening on "


def matches(target: SourceConfig) -> tuple[Match, Match]:
    """Return the target's own entries, and journald's notices that it dropped some of them.

    Of a container it cannot be told whose lines were dropped: docker's all count.
    """
    field, value = "_SYSTEMD_UNIT", target.unit or _DOCKER
    own: Match = (f"{field}={value}",)
    if target.user_unit:
        field, value = "_SYSTEMD_USER_UNIT", target.user_unit
        own = (f"{field}={value}",)
    elif target.container:
        own = (f"CONTAINER_NAME={target.container}", f"_SYSTEMD_UNIT={_DOCKER}")
    return own, ("_TRANSPORT=driver", f"MESSAGE_ID={_DROPPED}", f"OBJECT{field}={value}")


def boot() -> str:
    """Return the id of this boot as _BOOT_ID has it: 32 hex digits; empty if the system tells none."""
    try:
        return _BOOT.read_text(encoding="utf-8").strip().replace("-", "")
    except OSError:
        return ""


def last_start(backwards: Iterable[tuple[bytes, Callable[[], str]]]) -> str:
    """Return the cursor of the entry that begins the last server start; empty if there is none.

    `backwards` gives texts and their cursors from the newest on; it is not read further than needed.
    """
    listening = ""
    for text, cursor in backwards:
        if (_CONFIG not in text and _LISTENING not in text) or not (found := _STARTS.search(text)):
            continue  # looking for the words first is ten times as fast as the pattern
        if found[1] == _CONFIG:
            return cursor()
        if listening:  # that start was one of a release that prints no "server config"
            break
        listening = cursor()
    return listening


def same(one: str, other: str) -> bool:
    """Two cursors name the same entry; its copy counts too (journald copies what it flushes to the disk)."""
    return one.partition(";b=")[2] == other.partition(";b=")[2]


def lines(message: bytes, number: int, at: float, cursor: str) -> list[Line]:
    """Return the lines of one entry, mostly one; they share its number and cursor."""
    if b"\n" not in message:
        return [Line(message.rstrip(b"\r"), number, at, cursor)]
    return [Line(text.rstrip(b"\r"), number, at, cursor) for text in message.split(b"\n") if text]


def count(counters: Counters, given: list[Line]) -> None:
    """Add what a turn gave."""
    if given:
        counters.lines += len(given)
        counters.bytes += sum(len(line.text) + 1 for line in given)
        counters.last_line_at = given[-1].at
