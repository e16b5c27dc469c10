"""What is replaced here is what the library makes, for every class that the state replaces."""

import dataclasses

import pytest

from ollama_watch.parse.argv import Args
from ollama_watch.state.replacing import replace
from ollama_watch.state.server import Server
from ollama_watch.state.subject import Subject


@pytest.mark.parametrize(
    ("old", "changes"),
    [
        (Args(model="a", port=1), {"port": 2, "cut": True}),
        (Server(), {}),
        (Subject(current=4096), {"current": None, "changes": (1.0,)}),
    ],
)
def test_it_is_what_the_library_makes(old: object, changes: dict[str, object]) -> None:
    made = replace(old, **changes)

    assert made == dataclasses.replace(old, **changes)  # type: ignore[type-var]
    assert type(made) is type(old)


def test_the_old_one_stays_as_it_was() -> None:
    old = Args(port=1)
    replace(old, port=2)

    assert old.port == 1


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Args has no field prot"):
        replace(Args(), prot=2)
