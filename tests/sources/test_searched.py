"""A followed file is searched block by block: what its lines announce is found, under the same numbers."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.parse import parse
from ollama_watch.sources import openlog
from ollama_watch.sources.file import FileSource
from tests.support.golden import LINES, LOGS

NOISE = b"slot update_slots: id  0 | task 7 | prompt processing, n_tokens = 512"
WRAPPED = (
    b'2026-03-01T12:00:00.1Z stderr P time=2026-03-01T12:00:00Z level=INFO msg="starting',
    b'2026-03-01T12:00:00.1Z stderr F  runner" cmd="x runner --model a --port 1"',
    b'{"log":"print_info: n_ctx_train = 4096\\n","stream":"stderr"}',
    b'time=2026-03-01T12:00:00Z msg="\x1b[1mstarting\x1b[0m runner" cmd="x runner --port 1"',
    b"",
    b"\0\xff\xfe msg=",
)


def announced(path: Path, blocks: list[bytes]) -> tuple[object, ...]:
    """Write and read block after block; return what was announced, where we are, and what was counted."""
    path.unlink(missing_ok=True)
    source = FileSource("server.log", path, clock=lambda: 1000.0)
    found = []
    with path.open("wb", buffering=0) as stream:
        for block in blocks:
            stream.write(block)
            for _ in range(3):
                found += [(line.number, parse(line)) for line in source.read()]
    position, counters = source.position, source.counters
    source.close()
    assert position
    return [one for one in found if one[1]], (position.offset, position.number), counters


def same(path: Path, blocks: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(openlog, "_MANY", 1)
        searched = announced(path, blocks)
        patch.setattr(openlog, "_MANY", 1 << 30)
        assert searched == announced(path, blocks)


@pytest.mark.parametrize("name", LOGS)
def test_every_golden_log(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, part = LOGS[name], 10_007
    same(tmp_path / "a.log", [log[at : at + part] for at in range(0, len(log), part)], monkeypatch)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.sampled_from((NOISE, *WRAPPED))), max_size=40), st.data()
)
def test_any_lines_in_any_blocks(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
) -> None:
    ends = data.draw(st.lists(st.sampled_from((b"\n", b"\r\n")), min_size=len(lines), max_size=len(lines)))
    log = b"".join(line + end for line, end in zip(lines, ends, strict=True))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=6)))
    blocks = [log[a:b] for a, b in zip([0, *cuts], [*cuts, len(log)], strict=True)]
    with pytest.MonkeyPatch.context() as monkeypatch:
        same(tmp_path_factory.mktemp("any") / "a.log", blocks, monkeypatch)


def test_a_line_whose_first_part_ends_at_the_begin_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else of that block looks like a container runtime's."""
    begun, ended = WRAPPED[0][:30], WRAPPED[0][30:] + b"\n" + b"\n".join([NOISE] * 40) + b"\n"
    same(tmp_path / "a.log", [begun, ended, WRAPPED[1] + b"\n"], monkeypatch)
