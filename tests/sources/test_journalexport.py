"""What journalctl exports comes whole however it is cut, in bounded memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.sources import journalexport
from ollama_watch.sources.journalexport import Exports, Fields

NAMES = st.sampled_from([b"MESSAGE", b"_PID", b"__CURSOR", b"N_DROPPED"])
VALUES = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"", b"=", b"\n\n", b"a=b", b"MESSAGE\n", b"x" * 200])
)
LONGEST = 100


def _exported(entry: Fields, *, told: bool) -> bytes:
    return b"".join(_field(name, value, told=told) for name, value in entry.items()) + b"\n"


def _field(name: bytes, value: bytes, *, told: bool) -> bytes:
    if told or b"\n" in value:
        return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
    return name + b"=" + value + b"\n"


def _kept(entry: Fields) -> Fields:
    return {name: value for name, value in entry.items() if len(value) < LONGEST}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, min_size=1), max_size=6), st.booleans(), st.integers(1, 50))
def test_any_entries_in_any_blocks(
    entries: list[Fields],
    told: bool,  # noqa: FBT001  # drawn
    size: int,
) -> None:
    """`told`: each value by its length, not only those that have to be."""
    text = b"".join(_exported(entry, told=told) for entry in entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journalexport, "MOST", LONGEST)
        exports = Exports()
        found = [one for at in range(0, len(text), size) for one in exports.feed(text[at : at + size])]

    assert found == [kept for entry in entries if (kept := _kept(entry))]


@pytest.mark.parametrize("other", [b"X=1\n", b"X\n\1" + bytes(7) + b"1\n"])
def test_of_a_field_that_is_there_several_times_the_first_counts(other: bytes) -> None:
    entry = b"MESSAGE=a\nMESSAGE=b\n" + other + b"\n"

    assert list(Exports().feed(entry)) == [{b"MESSAGE": b"a", b"X": b"1"}]
