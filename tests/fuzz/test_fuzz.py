"""The short run of what `make fuzz` does by the million, and lines that hypothesis thinks of."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutate import mutants
from tests.fuzz.ordeal import Ordeal
from tests.support.golden import LINES

_COUNT = 30_000
_lines = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.sampled_from(LINES), st.integers(0, 2000), st.binary(max_size=40)).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] :]
    ),
    st.text(max_size=200).map(lambda text: f'msg="template selection" model="{text}"'.encode()),
)


def test_mutated_lines_crash_nothing_and_cost_nothing() -> None:
    ordeal = Ordeal(Random(1))  # noqa: S311  # no secret
    ordeal.run(mutants(1, _COUNT))

    assert ordeal.crashes == []
    assert ordeal.slow == 0, ordeal
    assert ordeal.told > _COUNT / 10  # they get somewhere


def test_the_same_seed_gives_the_same_lines() -> None:
    assert list(mutants(7, 500)) == list(mutants(7, 500))


@settings(max_examples=2000, deadline=None)
@given(st.lists(_lines, min_size=1, max_size=5))
def test_lines_that_hypothesis_thinks_of_crash_nothing(lines: list[bytes]) -> None:
    ordeal = Ordeal(Random(1))  # noqa: S311  # no secret
    ordeal.run(lines)

    assert ordeal.crashes == []
