"""What happens to a journal while it is read, both ways, against a real journald."""

import os

import pytest

from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.journalfiles import ROOTS
from ollama_watch.sources.journals import open_journal
from tests.sources.conftest import OLLAMA, Follow, Follower
from tests.support.journald import MACHINE, Journald

ACTIVE = f"{ROOTS[0]}/{MACHINE}/system.journal"


def test_lives_through_rotations(journald: Journald, follow: Follow) -> None:
    follower = follow(journald)
    for n in range(5):
        journald.log(b"%d" % n)
        journald.run(["journalctl", "--rotate"])

    assert follower.until_last(b"4") == [b"0", b"1", b"2", b"3", b"4"]
    assert follower.source.counters.gaps == 0


@pytest.mark.parametrize("end", [Journald.stop, Journald.kill])
def test_lives_through_the_end_of_journald(journald: Journald, follow: Follow, end: object) -> None:
    assert callable(end)
    follower = follow(journald)
    for n in range(3):
        journald.log(b"%d" % n, b"and %d" % n)
        follower.turn()
        end(journald)
        follower.turn()
        journald.start()

    journald.log(b"last")
    assert follower.until_last(b"last") == [b"0", b"and 0", b"1", b"and 1", b"2", b"and 2", b"last"]


def test_follows_journald_to_the_disk(journald: Journald, follow: Follow) -> None:
    """A root that was not there at the start is found, and its copies of entries are not given again."""
    follower = follow(journald)
    journald.log(b"one")
    follower.until_last(b"one")
    journald.path(str(ROOTS[1])).mkdir()
    journald.run(["journalctl", "--flush"])
    journald.log(b"two")

    assert follower.until_last(b"two") == [b"one", b"two"]
    assert (follower.source.counters.reopens, follower.source.counters.gaps) == (1, 0)


def test_what_is_vacuumed_before_it_is_read_is_passed_over(journald: Journald, follow: Follow) -> None:
    follower = follow(journald)
    journald.log(b"one")
    follower.until_last(b"one")
    for n in range(3):
        journald.log(b"%d" % n)
        journald.run(["journalctl", "--rotate"])
    journald.run(["journalctl", "--vacuum-files=1"])
    journald.log(b"last")

    given = follower.until_last(b"last")
    assert (given[0], given[-1], len(set(given))) == (b"one", b"last", len(given))


def test_a_journal_that_is_deleted_and_made_anew_is_followed(journald: Journald, follow: Follow) -> None:
    follower = follow(journald)
    journald.log(b"one")
    follower.until_last(b"one")
    journald.stop()
    journald.run(["rm", "-r", str(ROOTS[0])])
    follower.turn()
    journald.start()
    journald.log(b"two")

    assert follower.until_last(b"two") == [b"one", b"two"]


def test_a_damaged_active_file_costs_its_entries_and_no_more(journald: Journald, follow: Follow) -> None:
    """Journald sets it aside and goes on in another."""
    journald.log(b"one", b"two")
    follower = follow(journald)
    follower.catch_up()
    place = follower.source.position
    follower.source.close()
    journald.log(b"lost")
    journald.stop()
    _overwrite(journald, ACTIVE, at=0, count=4096)
    journald.start()
    journald.log(b"three")

    assert follow(journald, after=place).until_last(b"three") == [b"three"]


@pytest.mark.parametrize("damage", ["overwritten", "truncated"])
def test_a_file_that_is_damaged_while_it_is_read_costs_its_entries_and_no_more(
    journald: Journald, damage: str
) -> None:
    """Only through journalctl: systemd's library dies of it, and we with it. See tests/e2e."""
    source = lambda: open_journal(OLLAMA, child=True)  # noqa: E731  # shortest so
    follower = Follower(journald, source)
    journald.log(b"one")
    follower.until_last(b"one")
    journald.stop()
    if damage == "overwritten":
        _overwrite(journald, ACTIVE, at=0, count=4096)
    else:
        os.truncate(journald.path(ACTIVE), 100)
    journald.start()
    journald.log(b"two")

    assert follower.until_last(b"two") == [b"one", b"two"]
    follower.source.close()


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_truncated_file_costs_its_entries_and_no_more(
    journald: Journald, follow: Follow, size: int
) -> None:
    journald.log(b"lost")
    journald.run(["journalctl", "--rotate"])
    (archived,) = journald.path(f"{ROOTS[0]}/{MACHINE}").glob("system@*.journal")
    archived.write_bytes(archived.read_bytes()[:size])
    journald.log(b"kept")
    follower = follow(journald)

    assert follower.until_last(b"kept")[-1] == b"kept"
    journald.log(b"more")
    assert follower.until_last(b"more")[-2:] == [b"kept", b"more"]


def test_damage_anywhere_in_an_old_file_does_not_hide_the_new_one(journald: Journald, follow: Follow) -> None:
    journald.log(*(b"old %d" % n for n in range(1000)))
    journald.run(["journalctl", "--rotate"])
    (archived,) = journald.path(f"{ROOTS[0]}/{MACHINE}").glob("system@*.journal")
    for at in range(300, archived.stat().st_size, 20_011):
        _overwrite(journald, f"{ROOTS[0]}/{MACHINE}/{archived.name}", at=at, count=16)
    journald.log(b"new")

    assert follow(journald).until_last(b"new")[-1] == b"new"


def test_another_namespace_is_another_journal_but_systemd_s_notices(
    journald: Journald, follow: Follow
) -> None:
    quiet = SourceConfig(name="o", unit="ollama.service", namespace="quiet")
    follower = follow(journald, quiet)
    journald.log(b"elsewhere")
    journald.start_namespace("quiet")
    journald.log(b"one", namespace="quiet")
    journald.log(b"other's", namespace="quiet", unit="other.service")
    journald.say(MESSAGE=b"Stopped.", MESSAGE_ID=b"9d1aaa27d60140bd96365438aad20286", UNIT=b"ollama.service")
    journald.log(b"two", namespace="quiet")

    assert follower.until_last(b"two") == [b"one", b"Stopped.", b"two"]
    assert follower.lines[1].kind == "stopped"


def _overwrite(journald: Journald, path: str, *, at: int, count: int) -> None:
    with journald.path(path).open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * count)
