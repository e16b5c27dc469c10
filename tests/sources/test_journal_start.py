"""Where reading the journal begins, both ways, against a real journald."""

import subprocess

import pytest

from ollama_watch.sources.journalfiles import ROOTS
from ollama_watch.sources.position import Position
from tests.sources.conftest import CONFIG, LISTENING, Follow
from tests.support.journald import MACHINE, Journald
from tests.support.need import need

OLD_CONFIG = b"2024/09/03 12:00:00 routes.go:1125: INFO server config env=map[]"


@pytest.mark.parametrize("start", [[CONFIG, LISTENING], [OLD_CONFIG, LISTENING], [LISTENING]])
def test_begins_with_the_last_server_start(journald: Journald, follow: Follow, start: list[bytes]) -> None:
    journald.log(*start, b"first life")
    journald.log(*start, b"second life")

    assert follow(journald).catch_up() == [*start, b"second life"]


def test_a_start_that_tells_its_settings_does_not_hide_a_later_one_that_does_not(
    journald: Journald, follow: Follow
) -> None:
    journald.log(CONFIG, LISTENING, b"new release")
    journald.log(LISTENING, b"old release")

    assert follow(journald).catch_up() == [LISTENING, b"old release"]


def test_a_prompt_that_quotes_a_start_is_none(journald: Journald, follow: Follow) -> None:
    journald.log(CONFIG, b"one", b"why does it say server config and Listening on port 80?")

    assert follow(journald).catch_up()[:2] == [CONFIG, b"one"]


def test_begins_with_this_boot_if_no_start_is_known(journald: Journald, follow: Follow) -> None:
    _log_in_an_earlier_boot(journald, CONFIG, LISTENING, b"yesterday")
    journald.log(b"today", b"too")

    assert follow(journald).catch_up() == [b"today", b"too"]


def test_what_comes_after_a_boot_without_entries_is_given(journald: Journald, follow: Follow) -> None:
    _log_in_an_earlier_boot(journald, CONFIG, b"yesterday")
    follower = follow(journald)
    follower.catch_up()
    journald.log(b"today")

    assert follower.until_last(b"today") == [b"today"]


@pytest.mark.usefixtures("every_cursor")
def test_goes_on_after_a_cursor(journald: Journald, follow: Follow) -> None:
    journald.log(b"seen", CONFIG, b"last seen", b"new")
    before = follow(journald, whole=True)
    before.catch_up()

    after = follow(journald, after=Position(cursor=before.lines[2].cursor, number=3))
    assert after.catch_up() == [b"new"]
    journald.log(b"newer")
    assert after.until_last(b"newer") == [b"new", b"newer"]


def _log_in_an_earlier_boot(journald: Journald, *lines: bytes) -> None:
    remote = need("systemd-journal-remote", package="systemd-journal-remote")
    folder = journald.path(f"{ROOTS[1]}/{MACHINE}")
    folder.mkdir(parents=True)
    export = b"".join(
        b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n_SYSTEMD_UNIT=ollama.service\nMESSAGE=%s\n\n"
        % (1_700_000_000_000_000 + n, n, b"ab" * 16, line)
        for n, line in enumerate(lines, 1)
    )
    command = [remote, f"--output={ROOTS[1]}/{MACHINE}/system@old.journal", "-"]
    subprocess.run(journald.command(command), input=export, capture_output=True, check=True)
