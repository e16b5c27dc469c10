"""Ollama as the torture needs it: models that are launched, broken or mended, each known by its digest."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from tests.support.logs import START, launch

_FIRST_PORT = 20000
_ROTATE = 0.3  # share of launches that a rotation follows
_TORN = 0.2  # share of launches that are written in two parts
_AGAIN, _MEND = 0.15, 0.4  # share of launches that repeat a broken one; up to here: that mend one


class Medium(Protocol):
    """Where the log goes, and what becomes of it there."""

    name: str
    arguments: list[str]  # what the daemon is told to watch
    prefix: list[str]  # what the daemon is run inside of
    disturbances: Counter[str]  # how often each kind of rotation came

    def write(self, text: str) -> None:
        """Write whole lines or a part of one."""

    def disturb(self, random: Random, between: str) -> None:
        """Rotate in one way or another; `between` is written between two rotations in a row."""

    def held(self) -> str:
        """Return all the text that can still be read anywhere."""


@dataclass(slots=True)
class Model:
    """One model and its last launch; every launch has a port of its own."""

    digest: str
    port: int
    broken: bool


@dataclass(slots=True)
class Writer:
    """Launches models on a medium. Whatever comes, it never writes a launch in two files."""

    medium: Medium
    random: Random
    models: dict[str, Model] = field(default_factory=dict)  # by the first 12 digits, as people read them
    launches: int = 0

    def begin(self) -> None:
        self.medium.write("".join(line + "\n" for line in START))

    def step(self) -> None:
        """Launch a model; now and then rotate."""
        self._write(self._launch())
        if self.random.random() < _ROTATE:
            self.medium.disturb(self.random, self._launch())

    def _write(self, text: str) -> None:
        """Write at once or torn."""
        torn = self.random.randrange(len(text)) if self.random.random() < _TORN else 0
        for part in filter(None, (text[:torn], text[torn:])):
            self.medium.write(part)

    def _launch(self) -> str:
        """Return the lines of a launch: of a new model mostly, which gets 2048 tokens a request."""
        what, port = self.random.random(), _FIRST_PORT + self.launches
        self.launches += 1
        broken = [model for model in self.models.values() if model.broken]
        if broken and what < _MEND:
            model = self.random.choice(broken)
            model.port, model.broken = port, what < _AGAIN
        else:
            digest = f"{self.launches:012x}" + "5b" * 26
            model = self.models[digest[:12]] = Model(digest, port, broken=True)
        slots = 4 if model.broken else 1
        text = launch(ctx_size=8192, parallel=slots, digest=model.digest, port=port, started=True)
        return text + "\n"
