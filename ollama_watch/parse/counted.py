"""The lines of a block, counted once from its begin to its end."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counted:
    """A block of whole lines, and how many of them end before the place that was asked for last."""

    block: bytes
    at: int = 0
    lines: int = 0

    def before(self, place: int) -> int:
        """Return how many lines end before `place`, which is not before the last one."""
        self.lines += self.block.count(b"\n", self.at, place)
        self.at = place
        return self.lines
