"""What is remembered grows with models, not with lines."""

import pickle
from itertools import count

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from tests.support.logs import START, launch

_FULL = 300  # launches after which all that is kept of a model has been kept


def test_launches_of_a_model_are_no_more_to_remember_after_a_while() -> None:
    reading, numbers = Reading("file", None), count(1)
    _read(reading, START, numbers)
    for port in range(_FULL):
        _read(reading, _launch(port), numbers)
    full = len(pickle.dumps(reading))
    for port in range(_FULL, 3 * _FULL):
        _read(reading, _launch(port), numbers)

    assert len(pickle.dumps(reading)) < 1.02 * full  # numbers grow longer


def _launch(port: int) -> list[str]:
    return launch(ctx_size=4096, parallel=1, port=20000 + port, started=True).split("\n")


def _read(reading: Reading, texts: list[str] | tuple[str, ...], numbers: "count[int]") -> None:
    for text in texts:
        reading.feed(Line(text.encode(), next(numbers), 0.0))
