"""What is so of one model, whatever the daemon makes of it."""

from dataclasses import dataclass


@dataclass
class Truth:
    """What is so of one model, whatever the daemon makes of it."""

    at: float
    per_slot: int
    parallel: int
    trained: int | None

    def breaks(self, rule_id: str, least: int) -> bool:
        match rule_id:
            case "context-low":
                excused = self.trained is not None and self.trained <= self.per_slot
                return self.per_slot < least and not excused
            case "context-note":
                return self.per_slot < 32768
        return self.parallel > 1
