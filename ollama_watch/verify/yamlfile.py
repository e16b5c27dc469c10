"""YAML with places: nodes instead of values, so that every complaint can point at its spot.

YAML 1.1 reads `on` and `off` as booleans; here a scalar is the text that the user wrote.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import yaml

from ollama_watch.errors import Place, UserError, UserErrors

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 1 << 20  # characters of a file; ours have some thousand
_DEEPEST = 20  # levels; a rule's condition is on the seventh
_WORD = 100  # characters of a word that is shown or compared
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


class Document:
    """One YAML text and the complaints about it."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines = text.splitlines()
        self.errors: list[UserError] = []
        self.root: yaml.Node | None = None
        if len(text) > LARGEST:
            text = ""
            self.errors.append(UserError(f"{name}: larger than {LARGEST >> 20} MiB"))
        try:
            if not self._refused(text):
                self.root = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.errors.append(UserError(f"not YAML: {error.problem}", self._place(mark) if mark else None))
        except yaml.YAMLError as error:
            self.errors.append(UserError(f"{name}: not YAML: {error}"))

    def _refused(self, text: str) -> bool:
        """Complain of what can grow beyond its size, before anything is built from it."""
        depth = 0
        events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        for event in events:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent):
                where: Any = event
                place = self._place(where.start_mark, where.end_mark)
                self.errors.append(UserError(f"an alias: *{where.anchor}", place, "write it out"))
                return True
            if depth > _DEEPEST:
                place = self._place(event.start_mark)
                self.errors.append(UserError(f"nested more than {_DEEPEST} levels deep", place))
                return True
        return False

    def done(self) -> None:
        """Raise all complaints at once, if there are any."""
        if self.errors:
            raise self.errors[0] if len(self.errors) == 1 else UserErrors(self.errors)

    def place(self, node: yaml.Node) -> Place:
        """Return where `node` stands, underlined as far as it goes on that line."""
        return self._place(node.start_mark, node.end_mark)

    def _place(self, start: yaml.Mark, end: yaml.Mark | None = None) -> Place:
        source = self._lines[start.line] if start.line < len(self._lines) else ""
        width = end.column - start.column if end and end.line == start.line else len(source) - start.column
        return Place(self.name, start.line + 1, start.column + 1, source, max(width, 1))

    def complain(self, node: yaml.Node, message: str, hint: str = "") -> None:
        self.errors.append(UserError(message, self.place(node), hint))

    def unknown(self, node: yaml.Node, what: str, word: str, known: Collection[str]) -> None:
        """Complain of a word that is none of the `known` ones, naming the nearest."""
        word = word[:_WORD]
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
        self.complain(node, f"unknown {what} {word!r}", hint)

    def mapping(
        self,
        node: yaml.Node | None,
        allowed: Collection[str] | None = None,
        required: Sequence[str] = (),
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return (key node, value node) by key; complain of unknown, doubled and missing keys."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            if not self.is_null(node):
                self.complain(node, "expected a mapping of keys to values")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self.complain(key, f"key {name!r} is given twice")
            elif allowed is not None and name not in allowed:
                self.unknown(key, "key", name, allowed)
            else:
                found[name] = (key, value)
        for name in required:
            if name not in found:
                self.complain(node, f"key {name!r} is missing")
        return found

    def sequence(self, node: yaml.Node) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if not self.is_null(node):
            self.complain(node, "expected a list")
        return []

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"

    def text(self, node: yaml.Node) -> str:
        """Return a scalar as the user wrote it, quotes undone."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.complain(node, "expected one value")
        return ""

    def whole(self, node: yaml.Node) -> int:
        text = self.text(node)
        if re.fullmatch(r"\d{1,15}", text):
            return int(text)
        self.complain(node, f"expected a whole number, not {text!r}")
        return 0

    def truth(self, node: yaml.Node) -> bool:
        text = self.text(node).lower()
        if text not in _TRUE + _FALSE:
            self.complain(node, f"expected true or false, not {text!r}")
        return text in _TRUE

    def one_of(self, node: yaml.Node, what: str, words: Collection[str]) -> str:
        text = self.text(node)
        if text not in words:
            self.unknown(node, what, text, words)
        return text

    def span(self, node: yaml.Node) -> float:
        """Return `10m`, `24h` or `1h30m` in seconds."""
        text = self.text(node)[:_WORD]
        parts = _SPAN.findall(text)
        if "".join(number + unit for number, unit in parts) != text or not text:
            self.complain(node, f"expected a span of time, not {text!r}", "write 30s, 10m, 24h or 7d")
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def positions(found: Mapping[str, tuple[yaml.Node, yaml.Node]]) -> dict[str, yaml.Node]:
    """Return the value nodes alone."""
    return {name: value for name, (_, value) in found.items()}
