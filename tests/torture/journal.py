"""A real journald that is rotated, vacuumed and restarted."""

from collections import Counter
from random import Random

from tests.support.journald import Journald


class Journal:
    """The journal of ollama.service in a journald of its own."""

    name = "journald"

    def __init__(self, journald: Journald) -> None:
        self._journald = journald
        self._part = ""
        self.arguments = ["--journal", "ollama.service"]
        self.prefix = journald.command([])
        self.disturbances: Counter[str] = Counter()

    def write(self, text: str) -> None:
        """Log the lines that `text` completes: journald itself joins what is torn."""
        *whole, self._part = (self._part + text).split("\n")
        self._journald.log(*(line.encode() for line in whole))

    def disturb(self, random: Random, between: str) -> None:
        way = random.choice(("rotation", "vacuum", "restart"))
        self.disturbances[way] += 1
        if way == "restart":
            self._journald.stop()
            self._journald.start()
        else:
            keep = ["--vacuum-files=2"] if way == "vacuum" else []
            self._journald.run(["journalctl", "--rotate", *keep])
        self.write(between)

    def held(self) -> str:
        return self._journald.run(["journalctl", "--unit=ollama.service", "--output=cat"]).stdout
