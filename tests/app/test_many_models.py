"""A line costs the same beside a thousand models as beside a few."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count

import pytest

from ollama_watch.app.asking import Requests
from ollama_watch.app.config import Config
from ollama_watch.app.reading import Reading
from ollama_watch.app.skimming import Skimmed
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line
from ollama_watch.sources.pieces import of_stream
from tests.support.checked import SHIPPED
from tests.support.logs import START, launch
from tests.support.work import work

_LOG = "server.log"


class _Server:
    """A watch of one server, and its log's next lines."""

    def __init__(self, models: int) -> None:
        self.watch = Watch(Config(rules=SHIPPED), {_LOG: Watched(Reading(_LOG), live=True)})
        self._numbers = count(1)
        self.say(*START)
        for number in range(models):
            self.launch(number)

    def launch(self, number: int, port: int = 0) -> None:
        where = port or 10000 + number
        digest = f"{number:064x}"
        self.say(launch(ctx_size=32768, parallel=1, started=True, ago=200, digest=digest, port=where))

    def say(self, *texts: str) -> None:
        for text in "\n".join(texts).split("\n"):
            self.watch.feed(_LOG, Line(text.encode(), next(self._numbers), 0.0))

    @property
    def alive(self) -> list[int]:
        return [record.args.port or 0 for record in self.watch.runners()]


def test_a_launch_costs_the_same_beside_many_models() -> None:
    few, many = _Server(10), _Server(300)

    assert work(lambda: many.launch(1)) < 1.1 * work(lambda: few.launch(1))


REQUEST = '[GIN] {now:%Y/%m/%d - %H:%M:%S} | 200 | 12ms | 10.0.0.7 | POST "/api/chat"'
PROMPT = "slot update_slots: id  0 | task 7 | new prompt, n_ctx_slot = 4096, n_keep = 0, task.n_tokens = 120"


@pytest.mark.parametrize("line", [REQUEST, PROMPT], ids=["request", "prompt"])
def test_a_line_of_a_request_costs_the_same_beside_many_models(line: str) -> None:
    few, many = _Server(10), _Server(300)
    said = line.format(now=datetime.now(UTC))

    assert work(lambda: many.say(said)) < 1.1 * work(lambda: few.say(said)) + 200


@pytest.mark.parametrize("takes", ["12ms", "4.5s"])
def test_a_request_that_is_searched_for_costs_the_same_beside_many_models(takes: str) -> None:
    def cost(models: int) -> int:
        reading = Reading(_LOG)
        requests, skimmed = Requests(reading), Skimmed(())

        def skim(*numbers: int) -> None:
            texts = [f"{_at_work(number, 10 * (models - number) + 60, takes)}\n" for number in numbers]
            (piece,) = of_stream(BytesIO("".join(texts).encode()))
            for line in skimmed.of(piece, requests):
                reading.feed(line)

        skim(*range(models))
        return work(lambda: skim(models))

    assert cost(300) < 1.1 * cost(10)


def _at_work(number: int, ago: float, takes: str) -> str:
    """Return the launch of a model, and a request of some seconds later."""
    port, digest = 10000 + number, f"{number:064x}"
    launched = launch(ctx_size=32768, parallel=1, started=True, ago=ago, digest=digest, port=port)
    ended = datetime.now(UTC) - timedelta(seconds=ago - 8)
    return f"{launched}\n{REQUEST.format(now=ended).replace('12ms', takes)}"


def test_a_launch_ends_the_one_of_its_model_and_the_one_on_its_port() -> None:
    server = _Server(4)
    server.launch(1, port=10003)

    assert server.alive == [10000, 10002, 10003]


def test_what_a_model_is_forgotten_for_is_forgotten_whole() -> None:
    server = _Server(1001)
    (watched,) = server.watch.sources.values()

    assert len(watched.reading.fleet.subjects) == 1000
    assert watched.launches.keys() == watched.reading.fleet.subjects.keys()
