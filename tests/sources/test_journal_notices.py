"""What systemd and journald say of a unit, and whose unit it is; both ways, against a real journald."""

import pytest

from ollama_watch.sources.config import SourceConfig
from tests.sources.conftest import CONFIG, Follow
from tests.support.crafted import craft, line
from tests.support.journald import Journald

STOPPED = b"9d1aaa27d60140bd96365438aad20286"
SUCCESS = b"7ad2d189f7e94e70a38c781354912448"
FAILED = b"d9b373ed55a64feb8242e02dbe79a49c"
EXITED = b"98e322203f7a4ed290d09fe03c09fe15"
STARTED = b"39f53479d3a045ac8e11786248231fbf"
USERS = SourceConfig(name="o", user_unit="ollama.service", uid=1000)
MANAGER = {"_SYSTEMD_USER_UNIT": b"init.scope", "_SYSTEMD_UNIT": b"user@1000.service", "_UID": b"1000"}


@pytest.mark.parametrize(
    ("message_id", "more"),
    [(STOPPED, {}), (SUCCESS, {}), (FAILED, {}), (EXITED, {"COMMAND": b"ExecStart", "EXIT_CODE": b"killed"})],
    ids=["stopped", "succeeded", "failed", "exited"],
)
def test_systemd_s_notice_that_the_unit_ended_is_marked(
    journald: Journald, follow: Follow, message_id: bytes, more: dict[str, bytes]
) -> None:
    journald.log(CONFIG)
    follower = follow(journald)
    journald.say(MESSAGE=b"ended", MESSAGE_ID=message_id, UNIT=b"ollama.service", **more)
    journald.log(b"after")

    assert follower.until_last(b"after") == [CONFIG, b"ended", b"after"]
    kind = "failed" if message_id == FAILED else "stopped"
    assert [(one.kind, one.number) for one in follower.lines] == [("", 1), (kind, 2), ("", 3)]


@pytest.mark.parametrize(
    "fields",
    [
        {"MESSAGE_ID": STARTED, "UNIT": b"ollama.service"},
        {"MESSAGE_ID": STOPPED, "UNIT": b"other.service"},
        {"MESSAGE_ID": STOPPED, "USER_UNIT": b"ollama.service"},
        {"MESSAGE_ID": EXITED, "UNIT": b"ollama.service", "COMMAND": b"ExecStartPre"},
    ],
    ids=["started", "another unit", "a user's unit", "a helper"],
)
def test_what_else_systemd_says_is_no_end(
    journald: Journald, follow: Follow, fields: dict[str, bytes]
) -> None:
    follower = follow(journald)
    journald.say(MESSAGE=b"no end", **fields)
    journald.log(b"after")

    assert follower.until_last(b"after") == [b"after"]


@pytest.mark.parametrize("unit", ["ollama.service", "evil.service"])
def test_only_process_1_can_say_that_a_unit_ended(journald: Journald, follow: Follow, unit: str) -> None:
    follower = follow(journald)
    journald.send(unit, MESSAGE=b"forged", MESSAGE_ID=STOPPED, UNIT=b"ollama.service", _PID=b"1")
    journald.log(b"after")

    follower.until_last(b"after")
    assert {one.kind for one in follower.lines} == {""}
    assert (b"forged" in follower.texts) == (unit == "ollama.service")


def test_a_user_s_unit_is_that_user_s(journald: Journald, follow: Follow) -> None:
    unit, other = b"user@1000.service", b"user@1001.service"
    craft(
        journald,
        [
            line(b"one", unit, _SYSTEMD_USER_UNIT=b"ollama.service", _UID=b"1000"),
            line(b"another user's", other, _SYSTEMD_USER_UNIT=b"ollama.service", _UID=b"1001"),
            line(b"another unit's", unit, _SYSTEMD_USER_UNIT=b"other.service", _UID=b"1000"),
            line(b"the system's"),
            _says(STOPPED, b"another manager's", **{**MANAGER, "_UID": b"1001"}),
            _says(STOPPED, b"forged", **{**MANAGER, "_SYSTEMD_USER_UNIT": b"evil.service"}),
            _says(STOPPED, b"Stopped.", **MANAGER),
            _dropped(b"5", b"1000"),
            _dropped(b"7", b"1001"),
        ],
    )
    journald.log(b"the journal is there")

    follower = follow(journald, USERS, whole=True)
    assert follower.catch_up() == [b"one", b"Stopped."]
    assert [one.kind for one in follower.lines] == ["", "stopped"]
    assert follower.source.counters.suppressed == 5


def test_root_that_is_told_no_user_reads_every_user_s(journald: Journald, follow: Follow) -> None:
    users = {"_SYSTEMD_USER_UNIT": b"ollama.service"}
    craft(journald, [line(uid, b"user@.service", _UID=uid, **users) for uid in (b"1000", b"1001")])
    journald.log(b"the journal is there")

    everybody = SourceConfig(name="o", user_unit="ollama.service")
    assert follow(journald, everybody, whole=True).catch_up() == [b"1000", b"1001"]


def _says(message_id: bytes, text: bytes, **fields: bytes) -> dict[str, bytes]:
    more = {"MESSAGE_ID": message_id, "USER_UNIT": b"ollama.service", "MESSAGE": text}
    return {"_TRANSPORT": b"journal", **more, **fields}


def _dropped(count: bytes, uid: bytes) -> dict[str, bytes]:
    return {
        "_TRANSPORT": b"driver",
        "MESSAGE_ID": b"a596d6fe7bfa4994828e72309e95d61e",
        "MESSAGE": b"Suppressed some",
        "N_DROPPED": count,
        "OBJECT_SYSTEMD_USER_UNIT": b"ollama.service",
        "OBJECT_UID": uid,
    }
