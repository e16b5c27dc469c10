"""What a type declares of itself, for writing and reading alike."""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import Field, fields
from functools import cache
from typing import Any, get_type_hints

Json = Any  # what the json module reads and writes

KIND = "@"  # key that says which of several classes an object is
PLAIN = (str, int, float, bool)
SEQUENCES = (tuple, list, set, frozenset, deque, Sequence, AbstractSet)
MAPPINGS = (dict, Mapping, OrderedDict, Counter)


@cache
def declared(kind: Any) -> dict[str, tuple[Any, Field[Any]]]:
    """Return type and field of each name that is written; a `transient` one is not."""
    hints = get_type_hints(kind)
    kept = (field for field in fields(kind) if not field.metadata.get("transient"))
    return {field.name: (hints[field.name], field) for field in kept}
