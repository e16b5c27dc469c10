"""YAML with places: nodes instead of values, so that every complaint can point at its spot.

YAML 1.1 reads `on` and `off` as booleans; here a scalar is the text that the user wrote.
"""

import re
from collections.abc import Collection, Mapping, Sequence

import yaml

from ollama_watch.errors import Place, UserError, UserErrors
from ollama_watch.verify.kinds import FALSE, TRUE
from ollama_watch.verify.notyaml import LARGEST, LOADER, Complaint, lines_of, meaning, refused
from ollama_watch.verify.slips import WORD, like, meant_span, nearest

__all__ = ["LARGEST", "SPAN", "Document", "Pairs", "positions"]

_LONGEST = 10 * 365 * 86400.0  # s
SPAN = r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d|w))+"
_PART = re.compile(r"([0-9.]+)([a-z]+)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

Pairs = dict[str, tuple[yaml.Node, yaml.Node]]  # (key node, value node) by key


class Document:
    """One YAML text and the complaints about it."""

    def __init__(self, text: str, name: str) -> None:
        text = text.removeprefix("\ufeff")
        self.name = name
        self._lines = lines_of(text)
        self.errors: list[UserError] = []
        self.root: yaml.Node | None = None
        if len(text) > LARGEST:
            self.errors.append(UserError(f"{name}: larger than {LARGEST >> 20} MiB"))
            return
        try:
            found = refused(text, self._lines)
            if found is None:
                self.root = yaml.compose(text, Loader=LOADER)
                return
        except yaml.MarkedYAMLError as error:
            found = meaning(error, self._lines)
        except yaml.YAMLError as error:
            found = Complaint(f"not YAML: {error}", "", 0, 0)
        place = Place(name, found.line + 1, found.column + 1, self._lines[found.line], found.width)
        self.errors.append(UserError(found.message, place, found.hint))

    def done(self) -> None:
        """Raise all complaints at once, if there are any."""
        if self.errors:
            raise self.errors[0] if len(self.errors) == 1 else UserErrors(self.errors)

    def place(self, node: yaml.Node, word: str = "") -> Place:
        """Return where `node`, or `word` in it, stands, underlined as far as it goes on that line."""
        start, end = node.start_mark, node.end_mark
        for number in range(start.line, end.line + 1) if word else ():
            source = self._lines[number]
            found = source.find(word, start.column if number == start.line else 0)
            if found >= 0 and not (number == end.line and found >= end.column):
                return Place(self.name, number + 1, found + 1, source, len(word))
        source = self._lines[start.line]
        width = (end.column if end.line == start.line else len(source.rstrip())) - start.column
        return Place(self.name, start.line + 1, start.column + 1, source, max(width, 1))

    def complain(self, node: yaml.Node, message: str, hint: str = "", word: str = "") -> None:
        """Complain of `node`, or of `word` in it."""
        self.errors.append(UserError(message, self.place(node, word), hint))

    def unknown(self, node: yaml.Node, what: str, word: str, known: Collection[str]) -> None:
        """Complain of a word that is none of the `known` ones, naming the nearest."""
        where = "list" if what == "rule" else "schema"
        self.complain(node, f"unknown {what} {word[:WORD]!r}", nearest(word, known, where), word)

    def mapping(
        self,
        node: yaml.Node | None,
        allowed: Collection[str] | None = None,
        required: Sequence[str] = (),
        other_words: Mapping[str, str] = {},
    ) -> Pairs:
        """Return (key node, value node) by key; complain of unknown, doubled and missing keys.

        A key that is all but spelt like a known one is read as that one, once complained of. `other_words`:
        for a key that is not allowed, the one that is meant, or a hint.
        """
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            if required or not self.is_null(node):
                hint = "write `key: value` lines, further in, without `- `"
                hint = f"begin with `{required[0]}: …`" if required else hint
                self.complain(node, "expected a mapping of keys to values", hint)
            return {}
        found = self._pairs(node, allowed, other_words)
        for name in required:
            if name not in found and not (node.value and allowed == (name,)):  # told as the only one known
                self.complain(node, f"key {name!r} is missing", f"add `{name}: …`")
        return found

    def _pairs(
        self, node: yaml.MappingNode, allowed: Collection[str] | None, other_words: Mapping[str, str]
    ) -> Pairs:
        found: Pairs = {}
        guessed: Pairs = {}
        for key, value in node.value:
            name = self._key(key, value)
            if name in found:
                first = found[name][0].start_mark.line + 1
                self.complain(key, f"key {name[:WORD]!r} is given twice", f"the first is on line {first}")
            elif name and allowed is not None and name not in allowed:
                meant = other_words.get(name, "")
                hint = f"write `{meant}`" if meant in allowed else meant or nearest(name, allowed)
                self.complain(key, f"unknown key {name[:WORD]!r}", hint)
                near = [meant] if meant else like(name, allowed)
                guessed |= {word: (key, value) for word in near if word in allowed}
            elif name:
                found[name] = key, value
        return {**guessed, **found}

    def _key(self, key: yaml.Node, value: yaml.Node) -> str:
        """Return a key; "" if it is none, once complained of."""
        if not isinstance(key, yaml.ScalarNode):
            self.complain(key, "braces or brackets begin a key here", "quote a text that begins with them")
            return ""
        if key.tag.endswith(":merge"):
            self.complain(key, "<< is not available", "write the keys out")
            return ""
        between = self._lines[key.end_mark.line][key.end_mark.column : value.start_mark.column]
        if self.is_null(value) and ":" in key.value and ":" not in between:
            self.complain(key, "no blank after the colon", f"write {str(key.value).replace(':', ': ', 1)}")
            return ""
        return str(key.value)

    def sequence(self, node: yaml.Node) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if not self.is_null(node):
            self.complain(node, "expected a list", "begin each of its items with `- `")
        return []

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"

    def text(self, node: yaml.Node) -> str:
        """Return a scalar as the user wrote it, quotes undone."""
        return self._scalar(node) or ""

    def _scalar(self, node: yaml.Node) -> str | None:
        """Return a scalar; None if it is none or null, once complained of."""
        if not isinstance(node, yaml.ScalarNode):
            hint = "write one value, not a list"
            if isinstance(node, yaml.MappingNode):
                hint = (
                    "quote a text that begins with a brace"
                    if node.flow_style
                    else "write one value, not keys"
                )
            self.complain(node, "expected one value", hint)
        elif self.is_null(node):
            self.complain(node, "no value stands here", "write one, or leave the key out")
        else:
            return str(node.value)
        return None

    def whole(self, node: yaml.Node) -> int:
        text = self._scalar(node)
        if text is not None and re.fullmatch("[0-9]{1,15}", text):
            return int(text)
        if text is not None:
            self.complain(node, f"expected a whole number, not {text[:WORD]!r}", "write digits alone")
        return 0

    def truth(self, node: yaml.Node) -> bool:
        text = self._scalar(node)
        if text is not None and text.lower() not in TRUE + FALSE:
            self.complain(node, f"expected true or false, not {text[:WORD]!r}", "write true or false")
        return text is not None and text.lower() in TRUE

    def one_of(self, node: yaml.Node, what: str, words: Collection[str]) -> str:
        text = self._scalar(node)
        if text is not None and text not in words:
            self.unknown(node, what, text, words)
        return text or ""

    def span(self, node: yaml.Node) -> float:
        """Return `10m`, `24h` or `1h30m` in seconds."""
        text = self._scalar(node)
        if text is None:
            return 0.0
        text = text[:WORD]
        if not re.fullmatch(SPAN, text):
            hint = meant_span(text, lambda better: bool(re.fullmatch(SPAN, better)))
            self.complain(node, f"expected a span of time, not {text!r}", hint or "write 30s, 10m, 24h or 7d")
            return 0.0
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
        if seconds > _LONGEST:
            self.complain(
                node, "a span of more than ten years", "nothing is kept for so long; write 30d or 52w"
            )
            return _LONGEST
        return seconds


def positions(found: Pairs) -> dict[str, yaml.Node]:
    """Return the value nodes alone."""
    return {name: value for name, (_, value) in found.items()}
