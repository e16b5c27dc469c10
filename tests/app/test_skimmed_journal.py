"""A journal that is skimmed tells the same as one whose lines are all read, however it comes in."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging
from ollama_watch.app.skimming import Lines, Skimmed
from ollama_watch.cli import report_json
from ollama_watch.parse.clock import written
from ollama_watch.sources.batch import Batch, Notice, Runs, all_lines, piece_of
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.intake import Intake
from tests.support.checked import SHIPPED
from tests.support.golden import LINES, LOGS

JUDGING = Judging(Config(rules=SHIPPED))
ODD = (
    b"one\nof\r\n\nmany", b"a return\r", b"\n", b"nul \0 and \xff", b'\x1b[1mmsg="starting runner"',
    b'[GIN] 2026/01/05 - 08:00:01 | 200 |  1.902311s |  ::1 | POST     "/v1/chat/completions"',
    b'{"log":"print_info: n_ctx_train = 4096\\n","stream":"stderr"}',
    b"Jan 05 08:00:02 box systemd[1]: ollama.service: Failed with result 'oom-kill'.",
    b"slot update_slots: id  0 | task 7 | prompt processing, n_tokens = 512",
)  # fmt: skip
NOTICES = (Notice("stopped", 0), Notice("failed", 0), Notice("dropped", 7), Notice("other", 0))
Entry = tuple[bytes, Notice | None]


def runs(entries: Iterable[Entry], sizes: Iterator[int]) -> Iterator[Runs]:
    """Yield what entries give that were logged when they say, so many at once.

    What bears no stamp has no time: that of a line that is passed over would be missed where clocks differ.
    """
    intake = Intake(SourceConfig(name="ollama.service", unit="ollama.service"), None)
    batch, size = Batch(), next(sizes)
    for number, (text, notice) in enumerate(entries):
        if notice:
            batch.notices[len(batch.texts)] = notice
        batch.add(text, (written(text) or (0.0,))[0], f"cursor {number}")
        if len(batch.texts) >= size:
            yield intake.take(batch)
            batch, size = Batch(), next(sizes)
    yield intake.take(batch)


def told(lines: Lines) -> str:
    report = Report()
    check_lines(lines, "journal", JUDGING, report)
    return report_json.render(report)


def same(entries: Iterable[Entry], size: int) -> None:
    taken = [run for some in runs(entries, iter(lambda: size, 0)) for run in some]

    assert told(Skimmed(map(piece_of, taken))) == told(all_lines(taken))


@pytest.mark.parametrize("size", [1, 100, 2000])
@pytest.mark.parametrize("name", LOGS)
def test_every_golden_log(name: str, size: int) -> None:
    same([(text, None) for text in LOGS[name].splitlines() if text], size)


plain = st.tuples(st.sampled_from(LINES).filter(bool), st.none())
odd = st.tuples(st.sampled_from(ODD), st.one_of(st.none(), st.sampled_from(NOTICES)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(plain, plain, odd), max_size=60), st.integers(1, 30))
def test_any_entries_in_any_batches(entries: list[Entry], size: int) -> None:
    same(entries, size)
