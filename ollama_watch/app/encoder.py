"""Values of declared types as JSON; one writer a type, made once: every begin is saved."""

import json
import types
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, is_dataclass
from functools import lru_cache, partial
from math import isfinite
from typing import Any, Union, get_args, get_origin

from ollama_watch.app.declared import KIND, MAPPINGS, SEQUENCES, declared

Writer = Callable[[Any], str]

PATHS = "surrogateescape"  # how UTF-8 is written and read: a path may hold bytes that are no text
_NATIVE = (dict, Counter, list, tuple)  # what `json` writes without help
_NAMES = 1 << 10  # in mappings: most are those of the last checkpoint
_ABSENT = object()  # the default of a field that has none

as_json = json.JSONEncoder(ensure_ascii=False).encode


def as_bytes(text: str) -> bytes:
    """Return it as it stands on the disk."""
    return text.encode("utf-8", PATHS)


class Encoder:
    """Writes values of declared types; `special` has the writers of types that JSON names by one word."""

    def __init__(self, special: Mapping[Any, Writer]) -> None:
        self._writers: dict[Any, Writer] = {bytes: _latin, object: _plain, Any: _plain, **special}

    def encode(self, kind: Any, value: Any) -> str:
        """Return the JSON of a value of type `kind`; defaults are left out."""
        return self._writer(kind)(value)

    def _writer(self, kind: Any) -> Writer:
        if kind not in self._writers:
            self._writers[kind] = self._made(kind)
        return self._writers[kind]

    def _made(self, kind: Any) -> Writer:
        if is_dataclass(kind):
            return self._of_fields(kind)
        origin, inner = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._of_union(inner)
        if origin in MAPPINGS:
            return self._of_mapping(origin, inner)
        if origin in SEQUENCES:
            return self._of_sequence(origin, inner)
        return _plain

    # ---- one kind each

    def _of_fields(self, kind: Any) -> Writer:
        rows = [
            (name, f"{_plain(name)}: ", _default(field), _is_default(field), self._writer(hint))
            for name, (hint, field) in declared(kind).items()
        ]

        def write(value: Any) -> str:
            found = []
            for name, head, default, is_default, writer in rows:
                item = getattr(value, name)
                if item is not default and not is_default(item):
                    found.append(head + writer(item))
            return "{" + ", ".join(found) + "}"

        return write

    def _of_union(self, kinds: Sequence[Any]) -> Writer:
        writers = {one: self._writer(one) for one in kinds if is_dataclass(one)}
        if not writers:
            return _plain
        named = len(writers) > 1

        def write(value: Any) -> str:
            kind = type(value)
            if kind not in writers:
                return _plain(value)
            text = writers[kind](value)
            return _named(kind, text) if named else text

        return write

    def _of_mapping(self, origin: Any, inner: Sequence[Any]) -> Writer:
        key, item = self._writer(inner[0]), self._writer(int if origin is Counter else inner[1])
        if inner[0] is str and item is _plain:  # all of it at once
            return _plain if origin in _NATIVE else lambda value: as_json(dict(value))
        if origin is Counter:
            key = lru_cache(_NAMES)(key)
        each = _each(item)
        if inner[0] is not str:
            return lambda value: _array(
                [f"[{key(name)}, {one}]" for name, one in zip(value, each(value.values()), strict=True)]
            )
        return lambda value: _object(
            [f"{name}: {one}" for name, one in zip(map(_name, value), each(value.values()), strict=True)]
        )

    def _of_sequence(self, origin: Any, inner: Sequence[Any]) -> Writer:
        if origin is tuple and Ellipsis not in inner:  # of a fixed length: each item has a type of its own
            writers = [self._writer(one) for one in inner]
            if all(writer is _plain for writer in writers):
                return _plain
            return lambda value: _array([writer(one) for writer, one in zip(writers, value, strict=True)])
        item = self._writer(inner[0])
        if item is _plain:
            return _plain if origin in _NATIVE else lambda value: as_json(list(value))
        each = _each(item)
        return lambda value: _array(each(value))


def _plain(value: Any) -> str:
    """Write what `json` knows; its encoder takes some time to begin, so single values go without it."""
    kind = type(value)
    if kind is int or (kind is float and isfinite(value)):
        return repr(value)
    if kind is bool:
        return "true" if value else "false"
    return "null" if value is None else as_json(value)


@lru_cache(_NAMES)
def _name(value: str) -> str:
    return as_json(value)


def _each(writer: Writer) -> Callable[[Collection[Any]], Iterable[str]]:
    """Return what writes many values, at once where the writer can do that."""
    return getattr(writer, "each", partial(map, writer))


def _latin(value: bytes) -> str:
    return as_json(value.decode("latin-1"))


def _array(items: Iterable[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _object(rows: Iterable[str]) -> str:
    return "{" + ", ".join(rows) + "}"


def _named(kind: type, text: str) -> str:
    """Return an object that says which class it is of."""
    return f'{{"{KIND}": "{kind.__name__}"{", " if len(text) > len("{}") else ""}{text[1:]}'


def _default(field: Field[Any]) -> object:
    return _ABSENT if field.default is MISSING else field.default


def _is_default(field: Field[Any]) -> Callable[[Any], bool]:
    """Return what tells whether a value is equal to the field's default: that is not written."""
    if field.default is not MISSING:
        default = field.default
        kind = type(default)
        return lambda item: type(item) is kind and bool(item == default)
    if field.default_factory is not MISSING:
        factory = field.default_factory
        return lambda item: not item and bool(item == factory())
    return lambda item: False
