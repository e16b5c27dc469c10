"""What container runtimes make of lines."""

import json

import pytest

from ollama_watch.sources.framing import Unframer
from ollama_watch.sources.lines import MOST


def docker(text: str, stream: str = "stderr") -> bytes:
    return json.dumps({"log": text, "stream": stream, "time": "2026-01-01T00:00:00.1Z"}).encode()


def cri(text: str, flag: str = "F", stream: str = "stderr") -> bytes:
    return f"2026-01-01T00:00:00.123456789Z {stream} {flag} {text}".encode()


def unframed(*texts: bytes) -> list[tuple[bytes, int]]:
    unframer = Unframer()
    found = (unframer.feed(text, number) for number, text in enumerate(texts, 1))
    return [one for one in found if one]


@pytest.mark.parametrize(
    "text",
    [b"", b"plain", b'{"level": 1}', b'{"log":', b'{"log":7}', b'{"log":"x"', b"2026-01-01T00:00:00Z x"],
)
def test_what_is_no_frame_is_left_alone(text: bytes) -> None:
    assert unframed(text) == [(text, 1)]


def test_a_docker_record_is_its_line() -> None:
    assert unframed(docker('msg="starting runner"\n')) == [(b'msg="starting runner"', 1)]


def test_docker_parts_are_joined_and_numbered_by_the_first() -> None:
    assert unframed(docker("one "), docker("two "), docker("three\r\n"), docker("next\n")) == [
        (b"one two three", 1),
        (b"next", 4),
    ]


def test_cri_parts_are_joined_stream_by_stream() -> None:
    found = unframed(cri("a", "P"), cri("other", "F", "stdout"), cri("b", "P"), cri("c"), cri("d"))

    assert found == [(b"other", 2), (b"abc", 1), (b"d", 5)]


def test_a_line_in_endless_parts_takes_bounded_memory() -> None:
    part = cri("x" * 16384, "P")
    unframer = Unframer()
    for number in range(200):
        assert unframer.feed(part, number) is None

    found = unframer.feed(cri("end"), 200)
    assert found
    assert len(found[0]) == MOST


def test_many_streams_take_bounded_memory() -> None:
    unframer = Unframer()
    for number in range(1000):
        unframer.feed(docker("part", f"stream{number}"), number)

    found = unframer.feed(docker("\n", "another"), 1000)
    assert found
    assert found[1] == 0
