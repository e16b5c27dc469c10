"""Values of declared types to what `json` writes; one writer a type, made once: every begin is saved."""

import types
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, is_dataclass
from typing import Any, Union, get_args, get_origin

from ollama_watch.app.declared import KIND, MAPPINGS, PLAIN, SEQUENCES, Json, declared

Writer = Callable[[Any], Json]


class Encoder:
    """Writes values of declared types; `special` has the writers of types that JSON names by one word."""

    def __init__(self, special: Mapping[Any, Writer]) -> None:
        self._writers: dict[Any, Writer] = {bytes: _latin, object: _plain, Any: _plain, **special}

    def encode(self, kind: Any, value: Any) -> Json:
        """Return what `json` can write of a value of type `kind`; defaults are left out."""
        return self._writer(kind)(value)

    def _writer(self, kind: Any) -> Writer:
        if kind not in self._writers:
            self._writers[kind] = self._made(kind)
        return self._writers[kind]

    def _made(self, kind: Any) -> Writer:
        """Return a writer of values that are not None."""
        if kind in PLAIN:
            return _as_it_is
        if is_dataclass(kind):
            return self._of_fields(kind)
        origin, inner = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._of_union(inner)
        if origin in MAPPINGS:
            return self._of_mapping(origin, inner)
        if origin in SEQUENCES:
            return self._of_sequence(origin, inner)
        return _as_it_is

    # ---- one kind each

    def _of_fields(self, kind: Any) -> Writer:
        rows = [(name, _default(field), self._writer(hint)) for name, (hint, field) in declared(kind).items()]

        def write(value: Any) -> Json:
            found = {}
            for name, is_default, writer in rows:
                item = getattr(value, name)
                if not is_default(item):
                    found[name] = None if item is None else writer(item)
            return found

        return write

    def _of_union(self, kinds: Sequence[Any]) -> Writer:
        writers = {one: self._writer(one) for one in kinds if is_dataclass(one)}
        if not writers:
            return _plain
        named = len(writers) > 1

        def write(value: Any) -> Json:
            kind = type(value)
            if kind not in writers:
                return _plain(value)
            data = writers[kind](value)
            return {KIND: kind.__name__, **data} if named else data

        return write

    def _of_mapping(self, origin: Any, inner: Sequence[Any]) -> Writer:
        key, item = self._writer(inner[0]), self._optional(int if origin is Counter else inner[1])
        if inner[0] is str and item in (_as_it_is, _plain):
            return dict  # what is plain is copied at once
        if inner[0] is str:
            return lambda value: {name: item(one) for name, one in value.items()}
        return lambda value: [[key(name), item(one)] for name, one in value.items()]

    def _of_sequence(self, origin: Any, inner: Sequence[Any]) -> Writer:
        if origin is tuple and Ellipsis not in inner:  # of a fixed length: each item has a type of its own
            writers = [self._optional(one) for one in inner]
            return lambda value: [writer(item) for writer, item in zip(writers, value, strict=True)]
        item = self._optional(inner[0])
        return list if item is _as_it_is else lambda value: [item(one) for one in value]

    def _optional(self, kind: Any) -> Writer:
        writer = self._writer(kind)
        if writer in (_as_it_is, _plain):
            return writer
        return lambda value: None if value is None else writer(value)


def _as_it_is(value: Any) -> Json:
    return value


def _plain(value: Any) -> Json:
    return list(value) if type(value) is tuple else value


def _latin(value: bytes) -> Json:
    return value.decode("latin-1")


def _default(field: Field[Any]) -> Callable[[Any], bool]:
    """Return what tells whether a value is the field's default: that is not written."""
    if field.default is not MISSING:
        default = field.default
        kind = type(default)
        return lambda item: item is default or (type(item) is kind and bool(item == default))
    if field.default_factory is not MISSING:
        factory = field.default_factory
        return lambda item: not item and bool(item == factory())
    return lambda item: False
