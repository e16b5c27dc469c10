"""One machine of the fleet: a log that grows, and all of the daemon but its process."""

import random
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from ollama_watch.app.config import Config
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Roster
from ollama_watch.app.showing import Showing
from ollama_watch.app.watching import Watch
from ollama_watch.app.wiring import file_target
from ollama_watch.serve.metrics import WatchCollector
from tests.support.daemon import append
from tests.support.logs import launch, record, start

_RELEASES = ("0.5.7", "0.5.11", "0.6.1")
_CONTEXTS = ((8192, 4), (32768, 1), (16384, 2), (4096, 1))  # of all slots, and slots
_MODELS = 8  # at most, on one machine; of the fleet's forty
_FLEETS = 40


class Machine:
    """Lines in, a metrics page out. What it launches, and when, is chance of a fixed seed."""

    def __init__(self, folder: Path, number: int, config: Config) -> None:
        self.name = f"gpu-{number:05}"
        self._chance = random.Random(number)  # noqa: S311  # no secret
        self._models = self._chance.sample(range(_FLEETS), self._chance.randint(1, _MODELS))
        self._log = folder / f"{self.name}.log"
        append(self._log, *start(self._chance.choice(_RELEASES), OLLAMA_CONTEXT_LENGTH="0"))
        self._roster = Roster([file_target(self._log, "ollama.service")], [], {})
        self._watch = Watch(config, self._roster.watched)
        keeping = Keeping(None, self._watch, self._roster, Deliveries([], {}), lambda: 0.0)
        showing = Showing(
            self._watch, self._roster, [], keeping, Reloading(lambda: config, tuple, 1_700_000_000.0)
        )
        self._lock = showing.lock
        self._registry = CollectorRegistry()
        self._registry.register(WatchCollector(showing))
        for model in self._models:
            self._launches(model)
        self.turn()

    def live(self) -> None:
        """Let something happen: a model is loaded again, or a prompt is cut."""
        self._launches(self._chance.choice(self._models))
        append(self._log, record("truncating input prompt", "limit=2048 prompt=5000 keep=4 new=2048"))
        self.turn()

    def page(self) -> bytes:
        """Return what `/metrics` of its daemon would be."""
        return generate_latest(self._registry)

    def turn(self) -> None:
        """Read what was logged, as the daemon's loop does."""
        for source in self._roster.sources:
            self._watch.following(source.name, live=source.caught_up)
            while lines := source.read():
                with self._lock:
                    for line in lines:
                        self._watch.feed(source.name, line)
                    self._watch.tick(lines[-1].at)

    def close(self) -> None:
        self._roster.close()

    def _launches(self, model: int) -> None:
        ctx_size, parallel = self._chance.choice(_CONTEXTS)
        line = launch(
            ctx_size=ctx_size,
            parallel=parallel,
            digest=f"{model:02x}" * 32,
            port=40000 + model,
            started=True,
        )
        append(self._log, *line.split("\n"))
