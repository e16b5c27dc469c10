"""A walk that fails must fail again: neither walks nor notices depend on how a process hashes words."""

import os
import subprocess
import sys
from dataclasses import replace

from ollama_watch.alerts.book import Book
from tests.alerts.made import RULE, finding, launch

_WALKS = "10"


def test_the_same_walks_are_walked_whatever_the_hash_seed() -> None:
    first, second = (_walked(seed) for seed in ("1", "2"))

    assert len(first.splitlines()) >= int(_WALKS)
    assert first == second


def _walked(seed: str) -> str:
    command = [sys.executable, "-m", "tests.alerts.walked", _WALKS]
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout


def test_the_ends_of_several_sources_come_in_the_order_of_their_begins() -> None:
    book = Book()
    for number in range(20):
        one = replace(launch(0), source=f"{number}.log")
        book.broken(RULE, replace(finding(one), source=one.source), now=0)
        list(book.tick((None, one.source), 0))

    ends = book.drop_all_but([], now=1)
    assert [notice.alert.finding.source for notice in ends] == [f"{number}.log" for number in range(20)]
