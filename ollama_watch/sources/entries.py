"""What to ask the journal for, and what its entries mean; the same for both ways of reading it.

Only fields that journald itself vouches for are trusted: those with a leading underscore. Any program may
call itself "ollama" in SYSLOG_IDENTIFIER, and any may send a MESSAGE_ID.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ollama_watch.sources.config import SourceConfig

Match = tuple[str, ...]  # "FIELD=value": all fields must be there, each with one of its values
Kind = Literal["line", "dropped", "stopped", "failed", "other"]

_DROPPED = "a596d6fe7bfa4994828e72309e95d61e"  # MESSAGE_ID of "Suppressed 4825 messages from ollama.service"
_STOPPED = (
    "9d1aaa27d60140bd96365438aad20286",  # "Stopped Ollama Service."
    "7ad2d189f7e94e70a38c781354912448",  # "ollama.service: Deactivated successfully."
    _FAILED := "d9b373ed55a64feb8242e02dbe79a49c",  # "ollama.service: Failed with result 'signal'."
)
_EXITED = "98e322203f7a4ed290d09fe03c09fe15"  # "ollama.service: Main process exited, code=killed, …"
_DOCKER = "docker.service"  # anybody can name a CONTAINER_NAME, only dockerd logs as this unit
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BOOT_TOLD = "OLLAMA_WATCH_BOOT_ID"  # by our unit, whose sandbox hides that file
STARTS = r'(?:msg="|\.go:\d+: (?:INFO )?)(server config|Listening on )'  # for Python and for PCRE
_STARTS = re.compile(STARTS.encode())
_CONFIG, _LISTENING = b"server config", b"Listening on "


@dataclass(frozen=True, slots=True)
class Matches:
    """What is asked for."""

    own: Match  # what the target logs
    dropped: Match  # journald's notices that it dropped some of that
    stopped: tuple[Match, ...]  # systemd's notices that the target's main process has ended

    @property
    def all(self) -> tuple[Match, ...]:
        return (self.own, *self.notices)

    @property
    def notices(self) -> tuple[Match, ...]:
        return (self.dropped, *self.stopped)

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the fields that tell the kinds apart."""
        return frozenset(one.partition("=")[0] for match in self.all for one in match)

    def kind(self, field: Callable[[str], bytes]) -> Kind:
        """Return what an entry is; `field` gives its fields, empty if it has none of that name."""
        if field("_TRANSPORT") == b"stdout":  # nearly all; no notice comes this way
            return "line"
        if _holds(self.dropped, field):
            return "dropped"
        if any(_holds(match, field) for match in self.stopped):
            return "failed" if field("MESSAGE_ID") == _FAILED.encode() else "stopped"
        return "line" if _holds(self.own, field) else "other"


def matches(target: SourceConfig) -> Matches:
    """Return what to ask for the target's entries and the notices about it.

    Of a container it cannot be told whose lines were dropped: docker's all count; nor when it stopped.
    """
    dropped: Match = ("_TRANSPORT=driver", f"MESSAGE_ID={_DROPPED}")
    space = (f"_NAMESPACE={target.namespace}",) if target.namespace else ()
    if target.user_unit:
        user = _user(target)
        by: Match = ("_SYSTEMD_USER_UNIT=init.scope", f"USER_UNIT={target.user_unit}", *user)
        return Matches(
            (f"_SYSTEMD_USER_UNIT={target.user_unit}", *user, *space),
            (*dropped, f"OBJECT_SYSTEMD_USER_UNIT={target.user_unit}", *(f"OBJECT{one}" for one in user)),
            _stopped(by),
        )
    if target.container:
        own = (f"CONTAINER_NAME={target.container}", f"_SYSTEMD_UNIT={_DOCKER}", *space)
        return Matches(own, (*dropped, f"OBJECT_SYSTEMD_UNIT={_DOCKER}"), ())
    own = (f"_SYSTEMD_UNIT={target.unit}", *space)
    by = ("_PID=1", f"UNIT={target.unit}")
    return Matches(own, (*dropped, f"OBJECT_SYSTEMD_UNIT={target.unit}"), _stopped(by))


def _user(target: SourceConfig) -> Match:
    """Every user may have a unit of that name: only this one's counts."""
    own = None if target.directory else os.geteuid() or None  # on other hosts we are nobody
    uid = target.uid if target.uid is not None else own
    return () if uid is None else (f"_UID={uid}",)


def _stopped(by: Match) -> tuple[Match, ...]:
    ended = (*by, *(f"MESSAGE_ID={one}" for one in _STOPPED))
    return ended, (*by, f"MESSAGE_ID={_EXITED}", "COMMAND=ExecStart")


def _holds(match: Match, field: Callable[[str], bytes]) -> bool:
    return all(field(name) in values for name, values in _wanted(match))


@lru_cache(64)
def _wanted(match: Match) -> tuple[tuple[str, frozenset[bytes]], ...]:
    """Return the values of each field, in the order of the match: most entries fail at the first."""
    pairs = [one.partition("=") for one in match]
    names = dict.fromkeys(name for name, _, _ in pairs)
    return tuple(
        (name, frozenset(value.encode() for other, _, value in pairs if other == name)) for name in names
    )


def boot() -> str:
    """Return the id of this boot as _BOOT_ID has it: 32 hex digits; empty if the system tells none."""
    try:
        return _BOOT.read_text(encoding="utf-8").strip().replace("-", "")
    except OSError:
        told = os.environ.get(_BOOT_TOLD, "")
        return told if re.fullmatch(r"[0-9a-f]{32}", told) else ""


def last_start(backwards: Iterable[tuple[bytes, Callable[[], str]]]) -> str:
    """Return the cursor of the entry that begins the last server start; empty if there is none.

    `backwards` gives texts and their cursors from the newest on; it is not read further than needed.
    """
    listening = ""
    for told, cursor in _starts(backwards):
        if told == _CONFIG:
            return cursor()
        if listening:  # that start was one of a release that prints no "server config"
            break
        listening = cursor()
    return listening


def first_start(forwards: Iterable[tuple[bytes, Callable[[], str]]]) -> str:
    """Return the same of the first one, the texts from the oldest on."""
    return next((cursor() for _, cursor in _starts(forwards)), "")


def _starts(texts: Iterable[tuple[bytes, Callable[[], str]]]) -> Iterator[tuple[bytes, Callable[[], str]]]:
    for text, cursor in texts:  # looking for the words first is ten times as fast as the pattern
        if (_CONFIG in text or _LISTENING in text) and (found := _STARTS.search(text)):
            yield found[1], cursor
