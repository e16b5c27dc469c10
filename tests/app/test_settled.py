"""What was settled since the checkpoint: none of it is told again by the next process."""

from pathlib import Path

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.settled import Settled
from tests.support.made_alerts import over
from tests.support.recorder import BEGIN, LAST, OTHER

WAITING = {"webhook": [BEGIN, OTHER, LAST], "log": [BEGIN]}
NUMBERS = {"webhook": [3, 4, 6], "log": [5]}


def left(folder: Path, *settled: tuple[str, int, Notice]) -> dict[str, list[Notice]]:
    """Return what waits in the eyes of a process after the one that settled these."""
    before = Settled(folder)
    for one in settled:
        before.note(*one)
    before.close()
    after = Settled(folder)
    after.close()
    return after.unsettled(WAITING, NUMBERS)


def test_what_was_settled_waits_no_more(tmp_path: Path) -> None:
    assert left(tmp_path) == WAITING
    assert left(tmp_path, ("webhook", 4, OTHER)) == {"webhook": [BEGIN, LAST], "log": [BEGIN]}
    assert left(tmp_path, ("log", 5, BEGIN))["log"] == []


def test_what_is_older_of_the_same_alert_was_told_with_it(tmp_path: Path) -> None:
    """While the far side was down its begin became part of what came after it."""
    before = Settled(tmp_path)
    before.note("webhook", 4, BEGIN)
    before.close()
    after = Settled(tmp_path)

    waiting = {"webhook": [BEGIN, Notice(BEGIN.alert, "change"), Notice(over(BEGIN.alert), "end")]}
    assert after.unsettled(waiting, {"webhook": [3, 4, 7]}) == {"webhook": waiting["webhook"][2:]}
    after.close()


def test_numbers_of_other_notices_and_lines_that_are_none_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "settled").write_bytes(b"4\n\0\0\xff 1 webhook\n9 x y\n4 another webhook\n3 ")

    assert left(tmp_path) == WAITING


def test_it_is_emptied_and_counts_on(tmp_path: Path) -> None:
    settled = Settled(tmp_path)
    settled.note("webhook", 4, OTHER)
    settled.clear()
    assert (tmp_path / "settled").stat().st_size == 0
    settled.note("webhook", 6, LAST)
    settled.close()
    settled.note("webhook", 3, BEGIN)  # by a thread that was stuck until now

    after = Settled(tmp_path)
    assert after.highest == 6
    after.close()


def test_a_file_that_cannot_be_had_costs_nothing_but_repetitions(tmp_path: Path) -> None:
    (tmp_path / "settled").mkdir()

    assert left(tmp_path, ("log", 5, BEGIN)) == WAITING
