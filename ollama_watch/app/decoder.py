"""JSON back to values of declared types.

Reading is lenient where an older or newer release wrote the file: a field that is missing keeps its default,
one that is unknown is passed over. Anything else that does not fit raises Unfit.
"""

import types
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Literal, Union, get_args, get_origin

from ollama_watch.app.declared import KIND, MAPPINGS, PLAIN, Json, declared

Special = Mapping[Any, Callable[[Json], Any]]


class Unfit(ValueError):  # noqa: N818  # it says what the data is
    """The data is not what the type says."""


class Decoder:
    """Reads values of declared types; `special` has the readers of types that JSON names by one word."""

    def __init__(self, special: Special) -> None:
        self._special = special

    def decode(self, kind: Any, data: Json) -> Any:
        """Return the value that `data` was written from; raises Unfit."""
        try:
            return self._decode(kind, data)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
            raise Unfit(f"{kind}: {error}") from error

    # ---- one kind each

    def _decode(self, kind: Any, data: Json) -> Any:  # noqa: PLR0911  # a row a kind
        if kind in (object, Any, None, type(None)):
            return _frozen(data)
        if kind in self._special:
            return self._special[kind](data)
        if kind is bytes:
            return data.encode("latin-1")
        if kind in PLAIN:
            return _checked(kind, data)
        if is_dataclass(kind):
            return self._decode_fields(kind, data)
        origin, inner = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._decode_union(inner, data)
        if origin is Literal:
            return _checked_word(inner, data)
        if origin in MAPPINGS:
            return self._decode_mapping(origin, inner, data)
        return self._decode_sequence(origin, inner, data)

    def _decode_fields(self, kind: Any, data: Json) -> Any:
        known = declared(kind)
        if not isinstance(data, dict):
            raise TypeError(f"an object, not {type(data).__name__}")
        given = {n: self._decode(hint, data[n]) for n, (hint, _) in known.items() if n in data}
        value = kind(**{name: item for name, item in given.items() if known[name][1].init})
        for name, item in given.items():
            if not known[name][1].init:
                object.__setattr__(value, name, item)
        return value

    def _decode_union(self, kinds: Sequence[Any], data: Json) -> Any:
        if data is None:
            return _none_of(kinds)
        if shared := [one for one in kinds if one in self._special]:
            return self._special[shared[0]](data)
        classes: list[Any] = [one for one in kinds if is_dataclass(one)]
        if isinstance(data, dict) and classes:
            named = {one.__name__: one for one in classes}
            return self._decode(classes[0] if len(classes) == 1 else named[data[KIND]], data)
        plain = [one for one in kinds if one is not type(None) and not is_dataclass(one)]
        if classes and not plain:
            raise TypeError(f"an object, not {type(data).__name__}")
        return self._decode(plain[0], data) if len(plain) == 1 else _frozen(data)

    def _decode_mapping(self, origin: Any, inner: Sequence[Any], data: Json) -> Any:
        key, item = (inner[0], int) if origin is Counter else inner
        pairs = data.items() if key is str else data
        found = {self._decode(key, name): self._decode(item, one) for name, one in pairs}
        return found if origin in (dict, Mapping) else origin(found)

    def _decode_sequence(self, origin: Any, inner: Sequence[Any], data: Json) -> Any:
        if not isinstance(data, list):
            raise TypeError(f"a list, not {type(data).__name__}")
        items = [
            self._decode(one, item) for one, item in zip(_items(origin, inner, len(data)), data, strict=True)
        ]
        return items if origin is list else tuple(items) if origin is Sequence else origin(items)


def _items(origin: Any, inner: Sequence[Any], count: int) -> Sequence[Any]:
    """Return the type of each item: a fixed tuple has one an item, all others have one for all."""
    if origin is tuple and Ellipsis not in inner:
        return inner
    return [inner[0]] * count


def _frozen(data: Json) -> Any:
    return tuple(map(_frozen, data)) if isinstance(data, list) else data


def _checked(kind: type, data: Json) -> Any:
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise TypeError(f"{kind.__name__}, not {type(data).__name__}")
    return data


def _checked_word(words: Sequence[Any], data: Json) -> Any:
    if data not in words:
        raise TypeError(f"one of {words}, not {data!r}")
    return data


def _none_of(kinds: Sequence[Any]) -> None:
    if type(None) not in kinds:
        raise TypeError("null")
