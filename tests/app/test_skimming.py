"""A log that is skimmed tells the same as one whose lines are all read, wherever it is cut."""

import gzip
import io
import os
import signal
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging
from ollama_watch.app.skimming import Lines, Skimmed
from ollama_watch.cli import report_json
from ollama_watch.parse.telling import Sifted
from ollama_watch.sources import pieces
from ollama_watch.sources.textfile import lines_of, read_lines, read_pieces
from tests.bench.make_log import lines
from tests.support.checked import SHIPPED
from tests.support.golden import LINES, LOGS

RECORDED = Path(__file__).parents[3] / "shared"
JUDGING = Judging(Config(rules=SHIPPED))
NOISE = b"slot update_slots: id  0 | task 7 | prompt processing, n_tokens = 512\n"
SPARKS = [
    b'[GIN] 2026/03/01 - 12:00:01 | 200 |  1.902311s |  ::1 | POST     "/v1/chat/completions"\n',
    b'[GIN] 2026/03/01 - 12:00:01 |\x1b[97m 200 \x1b[0m|  1m2s | ::1 |\x1b[97;46m POST \x1b[0m "/api/chat"\n',
    b"slot update_slots: id  0 | task 0 | new prompt, n_ctx_slot = 4096, n_keep = 4, task.n_tokens = 2050\n",
    b'slot update_slots: new prompt, "[GIN] | POST /api/chat", task.n_tokens = 2051\n',
    b'time=2026-03-01T12:00:00Z msg="llama runner started in 1 s" x="new prompt, task.n_tokens = 2052"\n',
    b"Mar 01 12:00:02 box systemd[1]: ollama.service: Failed with result 'oom-kill'.\n",
    b"llama_model_loader: - kv  3: llama.context_length u32 = 131072\n",
    b'2026-03-01T12:00:00.1Z stderr P time=2026-03-01T12:00:00Z level=INFO msg="starting\n',
    b'2026-03-01T12:00:00.1Z stderr F  runner" cmd="x runner --model a --port 1"\n',
    b'{"log":"print_info: n_ctx_train = 4096\\n","stream":"stderr"}\n',
    b'time=2026-03-01T12:00:00Z msg="\x1b[1mstarting\x1b[0m runner" cmd="x runner --port 1"\n',
    *(NOISE, b"\n", b"\r\n", b"\0\xff\xfe\n", b"x" * 3000 + b"\n", b"msg=", b'msg="', b"[GIN] "),
]


def told(lines: Lines) -> str:
    report = Report()
    check_lines(lines, "server.log", JUDGING, report)
    return report_json.render(report)


def same(log: bytes, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Hold a log that is cut into pieces of about `size` bytes against its lines."""
    with monkeypatch.context() as patch:
        patch.setattr(pieces, "_RANGE", size)
        assert told(Skimmed(pieces.of_stream(io.BytesIO(log)))) == told(lines_of(io.BytesIO(log)))


@pytest.mark.parametrize("size", [1, 700, 1 << 20])
@pytest.mark.parametrize("name", LOGS)
def test_every_golden_log(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    same(LOGS[name], monkeypatch, size)
    same(LOGS[name].replace(b"\n", b"\r\n"), monkeypatch, size)


@pytest.mark.parametrize("size", [5000, 1 << 20])
@pytest.mark.parametrize("shuffled", [False, True])
def test_requests_of_a_clock_that_goes_back(
    size: int,
    shuffled: bool,  # noqa: FBT001  # a parameter
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of thousands of requests a few fit a launch: by their time alone, wherever their lines are."""
    text = [f"{line}\n".encode() for line in islice(lines(Random(7), 60), 4000)]  # noqa: S311  # no secret
    if shuffled:
        Random(3).shuffle(text)  # noqa: S311  # no secret

    same(b"".join(text * 2), monkeypatch, size)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded logs are not beside the repository")
def test_every_recorded_log() -> None:
    logs = [*RECORDED.glob("recordings/**/*.log*"), *RECORDED.glob("logs/*.log")]

    assert [log for log in logs if told(Skimmed(read_pieces(log))) != told(read_lines(log))] == []


stretches = st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(1, 40)), max_size=4)
sparks = st.lists(st.tuples(st.sampled_from(SPARKS), st.integers(0, 10_000)), max_size=12)


def mixed(stretches: Iterable[tuple[int, int]], sparks: Iterable[tuple[bytes, int]], end: bytes) -> bytes:
    lines = [line + end for at, count in stretches for line in LINES[at : at + count]]
    for spark, at in sparks:
        lines.insert(at % (len(lines) + 1), spark)
    return b"".join(lines)


@given(stretches, sparks, st.sampled_from([b"\n", b"\r\n"]), st.integers(0, 40), st.integers(1, 4000))
@example([(0, 14), (0, 40)], [(SPARKS[0], 0), (b"[GIN] ", 8470)], b"\n", 0, 1)  # a sign before a sign
@settings(max_examples=300, deadline=None)
def test_any_mixture_of_lines(
    stretches: list[tuple[int, int]], sparks: list[tuple[bytes, int]], end: bytes, missing: int, size: int
) -> None:
    """Ranges are cut anywhere; the log may end within a line."""
    log = mixed(stretches, sparks, end)
    log = log[: len(log) - missing]
    with pytest.MonkeyPatch.context() as patch:
        same(log, patch, size)


def test_a_file_that_ends_within_a_line_of_a_launch(tmp_path: Path) -> None:
    """It is written at this moment."""
    text, log = LOGS["llama-server-0.32.15"], tmp_path / "server.log"
    begin = text.index(b'msg="starting llama-server"')
    log.write_bytes(text[: text.index(b"\n", begin)])

    assert told(Skimmed(read_pieces(log))) == told(read_lines(log))


def test_a_line_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = b"x" * (3 << 20)
    log = next(iter(LOGS.values()))

    same(log + endless + b"\n" + log + endless, monkeypatch, 1 << 20)


def test_a_launch_behind_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file that is cut has it under a writer that does not append."""
    log, hole = LOGS["llama-server-0.32.15"], bytes((2 << 20) + 7)

    same(hole + log[log.index(b"time=") :], monkeypatch, 1 << 20)
    same(log + hole + b"\n" + log, monkeypatch, 1 << 20)


def shared(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return a log of which several processes search ranges, however short it is, and few cores there are."""
    monkeypatch.setattr(pieces, "_MANY", 0)
    monkeypatch.setattr(pieces, "_RANGE", 1 << 16)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    return b"".join(log + NOISE * 200 for log in LOGS.values())


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_several_processes_search(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,  # noqa: FBT001  # a parameter
) -> None:
    """With a line in it that no range holds."""
    text = shared(monkeypatch) + b"y" * (2 << 20) + b"\n" + LOGS["llama-server-0.32.15"]
    log = tmp_path / "server.log"
    log.write_bytes(gzip.compress(text) if packed else text)

    assert told(Skimmed(read_pieces(log))) == told(read_lines(log))


def test_a_process_that_is_killed_takes_nothing_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had not told of yet is read line by line."""
    log, reader, searched = tmp_path / "server.log", os.getpid(), pieces._sifted  # noqa: SLF001
    log.write_bytes(shared(monkeypatch))

    def killed(file: int, place: tuple[int, int]) -> Sifted | None:
        if os.getpid() != reader and place[0] >= log.stat().st_size // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return searched(file, place)

    monkeypatch.setattr(pieces, "_sifted", killed)
    lost = [one.sifted is None for one in read_pieces(log)]

    assert (lost[0], lost[-1]) == (False, True)
    assert told(Skimmed(read_pieces(log))) == told(read_lines(log))
