"""One tag of a blob."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    """One tag of a blob, with the options of its params layer; None: they cannot be read."""

    tag: str
    options: Mapping[str, object] | None = field(default_factory=dict)
    adapters: tuple[str, ...] = ()  # digests
    projectors: tuple[str, ...] = ()
