"""Writing manual pages in mdoc(7), which both groff and mandoc read."""

import re
from collections.abc import Iterable, Iterator

DATE = "November 26, 2026"  # of the last change in what the pages say; no build may change them
_CODE = re.compile(r"`([^`]+)`")
_SENTENCE_END = re.compile(r"(?<=[a-zA-Z0-9)][.?!]) (?=[A-Z\\])")
_UNDIVIDED = "\\%"
_NAME = re.compile(r"\w[_=/.]\w")  # in a word that nobody would divide
_PUNCTUATION = ".,:;)?!"


def head(name: str, section: int, what: str) -> Iterator[str]:
    yield '.\\" Made by `make docs`: see tests/docs.'
    yield f".Dd {DATE}"
    yield f".Dt {name.upper()} {section}"
    yield ".Os ollama-watchd"
    yield ".Sh NAME"
    yield f".Nm {name}"
    yield f".Nd {literal(what)}"


def literal(text: str) -> str:
    """Return `text` so that nothing in it is a command; signs are those that one can copy and type."""
    for sign, escape in (("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha")):
        text = text.replace(sign, escape)
    text = text.replace("~", "\\(ti").replace('"', "\\(dq")
    return f"\\&{text}" if text.startswith((".", "\\(aq")) else text


def text(paragraph: str) -> Iterator[str]:
    """Yield a paragraph, a sentence a line as mdoc wants it; what stands in `backquotes` is to be typed."""
    parts = _CODE.split(" ".join(paragraph.split()))
    for sentence in _SENTENCE_END.split("".join(map(_bold_if_code, range(len(parts)), parts))):
        yield f"\\&{sentence}" if sentence.startswith(".") else sentence


def _bold_if_code(index: int, part: str) -> str:
    if index % 2:
        return "\\fB" + " ".join(_UNDIVIDED + literal(word) for word in part.split(" ")) + "\\fP"
    escaped = part.replace("\\", "\\e").replace("-", "\\-").split(" ")
    return " ".join(_UNDIVIDED + word if _NAME.search(word) else word for word in escaped)


def words(macro: str, *arguments: str) -> str:
    """Return a macro's line; punctuation that would be taken for the sentence's is guarded."""
    return " ".join((f".{macro}", *(_word(one) for one in arguments)))


def _word(one: str) -> str:
    guarded = literal(one)
    if one in (*_PUNCTUATION, "|", "(", "[", "]"):
        guarded = f"\\&{one}"
    return f'"{guarded}"' if " " in guarded else guarded


def block(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines as they are to be typed."""
    yield ".Bd -literal -offset indent"
    for line in lines:
        yield literal(line)
    yield ".Ed"


def tagged(rows: Iterable[tuple[str, str]], *, width: str = "Ds") -> Iterator[str]:
    """Yield a list of a word, as it is typed, and what it means."""
    yield f".Bl -tag -width {width}"
    for word, meaning in rows:
        yield words("It Cm", word)
        yield from text(meaning)
    yield ".El"
