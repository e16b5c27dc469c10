"""Texts that are no YAML, or none of ours: what is wrong with them, and what to write instead.

The words matched are libyaml's. A complaint that has no row here is shown as it comes.
"""

import codecs
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import yaml

from ollama_watch.errors import Place, UserError
from ollama_watch.verify.slips import in_quotes

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 1 << 20  # characters of a file; ours have some thousand
_DEEPEST = 20  # levels; a rule's condition is on the seventh
_LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")  # for YAML
# For YAML. Longer than what is readable, but of smaller ranges: compiled in a tenth of the time.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Complaint(NamedTuple):
    """What is wrong with a text, and where: line and column from 0, columns to underline."""

    message: str
    hint: str
    line: int
    column: int
    width: int = 1


class _Meaning(NamedTuple):
    """One complaint of libyaml's and what we say. {sign}, {quoted}: what stands at the mark."""

    problem: str  # pattern
    message: str
    hint: str
    at: Literal["problem", "context"] = "problem"  # which of the error's two marks shows it
    after: str = ""  # pattern of all that stands before the mark on its line; "": anything


_CLOSING = {"{": "}", "[": "]"}
_OWN = "{sign} is a sign of YAML's own here"
_FIRST = r"\s*$"
_LATER = r".*:"  # behind a key and its colon
_MEANINGS = (
    _Meaning("(comment|whitespace) or line break|alphabetic", _OWN, "quote it: {quoted}", at="context"),
    _Meaning("start any token|undefined tag handle|mapping keys", _OWN, "quote it: {quoted}"),
    _Meaning(
        "mapping values", "a second colon, which no plain text may have", "quote the whole text", after=_LATER
    ),
    _Meaning(
        "mapping values",
        "this line runs on from the one above it",
        "indent it as its neighbours; a colon or a blank may be missing above: `key: value`, `- item`",
    ),
    _Meaning(
        "sequence entries", "a list cannot begin behind its key", "put its `- ` on the next line, further in"
    ),
    _Meaning(
        "expected key|'-' indicator|document start",
        "this line is indented unlike those above it",
        "begin it in the column of the line that it belongs beside; keys of a rule stand right of its `- `",
        after=_FIRST,
    ),
    _Meaning(
        "expected key|document start",
        "text after a closing brace or quote",
        "put one pair of quotes around the whole value; inside '…', write '' for a single '",
    ),
    _Meaning(
        "expected ',' or",
        "neither a comma nor the closing bracket",
        "close it, or quote a text that has commas, colons or brackets",
        after=_LATER,
    ),
    _Meaning("expected ',' or", "{sign} is not closed", "add the {closing}", at="context"),
    _Meaning("end of stream", "{sign} is not closed", "add the other {sign}", at="context"),
    _Meaning(
        "expected ':'",
        "a line without its colon",
        "write `key: value`, or `- value` in a list, each with its blank",
        at="context",
    ),
    _Meaning("unknown escape", "\\ is a sign of YAML's own in double quotes", "use single quotes: '…'"),
    _Meaning("another document", "a second document", "leave the --- out: a file is one document"),
    _Meaning("node content", "a value is missing", "write one; a sign alone needs quotes"),
    _Meaning("", "not YAML: {problem}", "look at the indentation and the quotes, here and one line above"),
)


def decoded(raw: bytes, name: str) -> str:
    """Return the text of a file, of which `raw` is all or the first `LARGEST` + 1 bytes.

    Raises UserError if it is too large, or not UTF-8.
    """
    if len(raw) > LARGEST:
        raise UserError(f"{name}: larger than {LARGEST >> 20} MiB")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UserError("UTF-16 text", Place(name, 1, 1, ""), "save the file as UTF-8") from error
        before = lines_of(raw[: error.start].decode())
        source = lines_of(raw.decode(errors="replace"))[len(before) - 1]
        place = Place(name, len(before), len(before[-1]) + 1, source)
        raise UserError("not UTF-8 text", place, "save the file as UTF-8") from error


def lines_of(text: str) -> list[str]:
    return _LINE_END.split(text)


def refused(text: str, lines: Sequence[str]) -> Complaint | None:
    """Complain of what can grow beyond its size, or hides its meaning, before anything is built from it.

    Raises yaml.YAMLError.
    """
    if bad := _UNREADABLE.search(text):
        before = lines_of(text[: bad.start()])
        return Complaint("a control character", "delete it", len(before) - 1, len(before[-1]))
    depth = 0
    anchors: set[str] = set()
    events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
    for event in events:
        if type(event) is yaml.ScalarEvent and not (event.tag or event.anchor):
            continue  # nearly all are
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if found := _refused(event, depth, anchors, lines):
            return found
        anchors.add(getattr(event, "anchor", None) or "")
    return None


def _refused(event: Any, depth: int, anchors: Collection[str], lines: Sequence[str]) -> Complaint | None:
    """Complain of an alias, a tag, or of what stands too deep; `anchors`: those that an alias may mean."""
    line, column = event.start_mark.line, event.start_mark.column
    if isinstance(event, yaml.AliasEvent):
        glob = "quote it, if it is a glob: " + in_quotes(lines[line][column:])
        hint = "write it out" if event.anchor in anchors else glob
        return Complaint(f"an alias: *{event.anchor}", hint, line, column, len(f"*{event.anchor}"))
    if getattr(event, "tag", None):
        hint = f"quote it: {in_quotes(lines[line][column:])}"
        return Complaint("! begins a tag in YAML", hint, line, column)
    if depth > _DEEPEST:
        return Complaint(f"nested more than {_DEEPEST} levels deep", "rules are flatter", line, column)
    return None


def meaning(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Complaint:
    """Return what `error` means, and the place that shows it best."""
    line, column = _spot(error.problem_mark or error.context_mark, lines)
    if tab := re.match(r" *(?=\t)", lines[line]):
        return Complaint("a tab in the indentation", "indent with blanks", line, tab.end())
    problem, before = str(error.problem), lines[line][:column]
    row = next(row for row in _MEANINGS if re.search(row.problem, problem) and re.match(row.after, before))
    if row.at == "context":
        line, column = _spot(error.context_mark, lines)
    text = lines[line][column:]
    closing = _CLOSING.get(text[:1], "other one")
    words = {"sign": text[:1], "quoted": in_quotes(text), "problem": problem, "closing": closing}
    return Complaint(row.message.format(**words), row.hint.format(**words), line, column)


def _spot(mark: yaml.Mark | None, lines: Sequence[str]) -> tuple[int, int]:
    """Return where `mark` stands; the end of the text if it stands behind it."""
    last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    if mark is None or mark.line > last:
        return last, len(lines[last])
    return mark.line, mark.column
