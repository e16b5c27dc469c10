"""A request that may have made the server launch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """Times are seconds since the epoch; the log cuts them to whole seconds."""

    endpoint: str
    client: str
    line: int  # of its access line
    began: float  # at the earliest
    ended: float  # at the earliest
    longest: float  # s it took at most
