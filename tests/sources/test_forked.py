"""Work that several processes share: in order, and what one that died owes is None."""

import os
import signal
from contextlib import suppress
from itertools import islice

import pytest

from ollama_watch.sources.forked import Place, Work, in_order

PLACES = [(number, number + 1) for number in range(40)]


def _twice(place: Place) -> int:
    return 2 * place[0]


def _dies_at_21(place: Place) -> int:
    if place[0] == 21:
        os.kill(os.getpid(), signal.SIGKILL)
    return _twice(place)


def _raises_at_21(place: Place) -> float:
    return 1 / (21 - place[0])


def _is_gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


def test_results_come_in_the_order_of_the_places() -> None:
    assert list(islice(in_order(_twice, lambda: PLACES, 3), len(PLACES))) == [2 * n for n, _ in PLACES]


@pytest.mark.parametrize("work", [_dies_at_21, _raises_at_21])
def test_what_a_process_that_died_owed_is_none(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    found = list(islice(in_order(work, lambda: PLACES, 3), len(PLACES)))

    assert [at for at, one in enumerate(found) if one is None] == list(range(21, len(PLACES), 3))
    assert capfd.readouterr().err == ""


def test_no_process_is_left_when_nobody_reads_any_more() -> None:
    found = in_order(lambda _: os.getpid(), lambda: PLACES, 3)
    pids = list(islice(found, 3))
    found.close()

    assert len(set(pids)) == 3
    assert all(map(_is_gone, pids))
