"""What a line costs, whoever made it: twice as long is at most about twice as much work."""

import time
from collections.abc import Callable

import pytest

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import line as lines
from ollama_watch.parse import parse
from ollama_watch.parse.accesses import accesses
from ollama_watch.parse.asked import requests
from ollama_watch.parse.telling import sift, telling
from ollama_watch.parse.version import version
from tests.support.hostile import hostile

NAMES = sorted(hostile(0))
SMALL, TIMES = 16_000, 8  # bytes, and how much longer the other one is
MUCH = 4 * TIMES  # a square would be TIMES * TIMES: 64
LONG = 1_000_000  # bytes
NOTICEABLE = 0.002  # s; below, the clock and the machine tell more than the pattern


def read(text: bytes) -> None:
    parse(Line(text, 1, 0.0))


def search(text: bytes) -> None:
    """Do all that is done with a line before it is read, and with the requests in it."""
    telling(text + b"\n")
    found = sift(text + b"\n", prompts=True)
    moments = [ended for one in found.asked for ended in (*one.short, *(long[0] for long in one.long))]
    requests(text + b"\n", moments)
    list(accesses(text + b"\n"))


def cost(text: bytes, tries: int = 5, work: Callable[[bytes], None] = read) -> float:
    """Return the seconds of this thread that a line takes at best: the machine has other things to do."""
    best = float("inf")
    for _ in range(tries):
        begin = time.thread_time()
        work(text)
        best = min(best, time.thread_time() - begin)
    return best


@pytest.mark.parametrize("name", NAMES)
def test_the_cost_of_a_line_grows_as_its_length(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing stops reading: the bound of a line must not be what saves us."""
    monkeypatch.setattr(lines, "LONGEST", 2 * SMALL * TIMES)
    short, long = (hostile(size)[name] for size in (SMALL, SMALL * TIMES))

    assert cost(long) < MUCH * max(cost(short), NOTICEABLE)


@pytest.mark.parametrize("name", NAMES)
def test_the_cost_of_a_search_grows_as_the_line(name: str) -> None:
    short, long = (hostile(size)[name] for size in (SMALL * 4, SMALL * 4 * TIMES))

    assert cost(long, 3, search) < MUCH * max(cost(short, 3, search), NOTICEABLE)


def test_a_line_has_one_request() -> None:
    """Whoever writes many into the path of one lets nobody read it as often."""
    line = b"".join(
        b'[GIN] 2026/01/02 - 03:%02d:00 | 200 | 99h | ::1 | POST "/v1/" ' % one for one in range(60)
    )
    (stretch,) = sift(line + b"\n").asked

    assert len(stretch.long) == 60
    assert len(requests(line + b"\n", [ended for ended, _ in stretch.long])) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_line_of_a_megabyte_costs_no_more_than_the_longest_that_is_read(name: str) -> None:
    """But for looking for the record in it, which takes a few passes over memory."""
    longest, long = hostile(lines.LONGEST)[name], hostile(LONG)[name]

    assert cost(long) < 4 * max(cost(longest), NOTICEABLE)


def test_what_stands_before_the_bound_of_a_line_is_read() -> None:
    record = b'time=2026-01-02T03:04:05Z msg="template selection" model=a '

    (stamped,) = parse(Line(record + b"x" * LONG, 1, 0.0))

    assert stamped.at == 1767323045


def test_what_stands_behind_a_hole_is_read() -> None:
    """As many NULs as a file had bytes when it was cut."""
    record = b'time=2026-01-02T03:04:05Z msg="template selection" model=a'

    assert parse(Line(bytes(LONG) + record, 1, 0.0)) == parse(Line(record, 1, 0.0)) != []


def test_half_a_word_at_the_bound_is_no_number() -> None:
    record = b"msg=load x="
    filler = b"x" * (lines.LONGEST - len(record) - len(b" port=40"))
    text = record + filler + b" port=40001"

    assert text[: lines.LONGEST].endswith(b" port=40")
    assert parse(Line(text, 1, 0.0)) == []


@pytest.mark.parametrize("digits", [19, 4000, 5000, 60000])
@pytest.mark.parametrize(
    "words",
    [
        b'msg="offloaded %s/%s layers to GPU"',
        b'msg="llama runner started in %s.%s seconds"',
        b'msg="truncating input prompt" limit=%s prompt=%s',
        b'msg="starting llama server" cmd="x --model a --ctx-size %s --parallel %s --port 1"',
        b"msg=load request={Operation:commit KvSize:%s Parallel:%s}",
        b"load_tensors: offloaded %s/%s layers to GPU",
        b"x llama.context_length u32 = %s .pooling_type %s",
        b"print_info: n_ctx_train = %s%s",
        b"n_ctx_seq (%s) < n_ctx_train (%s)",
        b"input truncated | n_ctx=%s%s",
        b"new prompt, n_ctx_slot = %s, task.n_tokens = %s",
        b"0.00.0 1.000.000 I srv initializing, n_slots = %s, n_ctx_slot = %s, kv_unified = 'true'",
        b"[GIN] 2026/01/02 - 03:04:05 | %s | %ss | ::1 | POST /",
        b'[GIN] 2026/01/02 - 03:04:05 | 200 | %s.%ss | ::1 | POST "/"',
    ],
)
def test_a_number_that_no_machine_has_is_none(words: bytes, digits: int) -> None:
    """Python itself refuses to read more than 4300 digits."""
    number = b"9" * digits

    for stamped in parse(Line(words % (number, number), 1, 0.0)):
        assert number.decode() not in repr(stamped.event)
        assert "inf" not in repr(stamped.event)


def test_a_release_of_too_many_digits_is_nobodys() -> None:
    (stamped,) = parse(Line(b'msg="Listening on x (version %s.0.0)"' % (b"9" * 90), 1, 0.0))

    assert isinstance(stamped.event, ev.Listening)
    assert version(stamped.event.version) is None
    assert version("9" * 5000 + ".0.0") is None
