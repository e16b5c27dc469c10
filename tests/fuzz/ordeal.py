"""What each line has to get through, and what it must not do there."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.parse import parse
from ollama_watch.serve.text import to_json
from ollama_watch.state.updates import Changed
from ollama_watch.verify.facts import launch

SLOWEST = 0.050  # s that a line may take
_LIFE = 20_000  # lines that one program sees: what it remembers has bounds, and these are reached
_BEGIN = 1767225600.0  # s since the epoch


@dataclass(slots=True)
class Ordeal:
    """Counts what happens to lines; times are of this thread alone, whatever else the machine does."""

    random: Random
    count: int = 0
    told: int = 0  # events
    slowest: float = 0.0  # s
    slow: int = 0  # lines that took longer than they may
    crashes: list[tuple[bytes, str]] = field(default_factory=list)
    reading: Reading = field(default_factory=lambda: Reading("fuzz"))

    def run(self, lines: Iterable[bytes]) -> None:
        for text in lines:
            self.line(text)

    def line(self, text: bytes) -> None:
        """Feed a line to the parser alone, then to all that the daemon makes of it."""
        if self.count % _LIFE == 0:
            self.reading = Reading("fuzz")
        self.count += 1
        line = Line(text, self.count, _BEGIN + self.count / 10)
        try:
            took = self._parsed(line)
            took = took if took < SLOWEST else min(took, self._parsed(line))  # not what the collector took
            self._fed(line)
        except Exception as error:  # noqa: BLE001  # whatever it is
            self.crashes.append((text, f"{type(error).__name__}: {error}"))
            return
        self.slow += took > SLOWEST
        self.slowest = max(self.slowest, took)

    def _parsed(self, line: Line) -> float:
        begin = time.thread_time()
        self.told += len(parse(line))
        return time.thread_time() - begin

    def _fed(self, line: Line) -> None:
        """As the daemon does it; what launches become must be writable."""
        for update in self.reading.feed(line, live=bool(self.random.getrandbits(1))):
            if isinstance(update, Changed):
                json.loads(to_json(dict(launch(update.record).facts)))

    def __str__(self) -> str:
        return (
            f"{self.count:,} lines, {self.told:,} events, {len(self.crashes)} crashes, "
            f"{self.slow} lines over {SLOWEST * 1000:.0f} ms, slowest {self.slowest * 1000:.1f} ms"
        )
