"""What is kept of a launch when the next one of its model comes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Earlier:
    """One launch of the same model; its request as far as it is known."""

    line: int
    per_slot: int | None  # tokens
    endpoint: str | None
    client: str | None
    tags: tuple[str, ...] = ()
    access: int | None = None  # line of that request
