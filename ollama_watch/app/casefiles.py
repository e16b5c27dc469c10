"""The lines of cases, and what only shows when their files are opened."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import yaml

from ollama_watch.app.ruleconfig import read_text
from ollama_watch.errors import Place, UserError
from ollama_watch.model import Line
from ollama_watch.sources.textfile import lines_of, read_lines
from ollama_watch.verify.case import Case
from ollama_watch.verify.shipped import shipped_folder
from ollama_watch.verify.yamlfile import Document

_BESIDE = "a case names a log by its path from the folder of its own file"


def lines(case: Case) -> Iterator[Line]:
    """Yield the lines of a case; raises UserError, with its place, if its file cannot be read."""
    if not case.file:
        yield from lines_of(BytesIO(case.log.encode()))
        return
    try:
        yield from read_lines(written_in(case).parent / case.file)
    except UserError as error:
        raise UserError(error.message, _place(case, "file", case.file), error.hint or _BESIDE) from error


def written_in(case: Case) -> Path:
    """Return the file that a case stands in."""
    return Path(case.origin.rpartition(":")[0])


def is_shipped(case: Case) -> bool:
    return written_in(case).parent == shipped_folder()


def mistakes(cases: Iterable[Case]) -> Iterator[UserError]:
    """Yield what is wrong with cases that have been read: the same name in two files, files that are not."""
    seen: dict[tuple[str, str, bool], Case] = {}
    for case in cases:
        first = seen.setdefault((case.rule, case.name, is_shipped(case)), case)
        if first is not case:
            message = f"rule {case.rule!r} has two cases of the name {case.name!r}"
            yield UserError(message, _place(case, "name", case.name), f"the first is at {first.origin}")
        try:
            for _ in lines(case) if case.file else ():
                pass
        except UserError as error:
            yield error


def _place(case: Case, key: str, value: str) -> Place | None:
    """Return where `key: value` of a case stands; None where its file cannot be read again."""
    path, line = written_in(case), int(case.origin.rpartition(":")[2])
    try:
        document = Document(read_text(path), str(path))
    except UserError:
        return None
    for node in _mappings(document.root):
        for name, found in node.value if node.start_mark.line + 1 == line else ():
            if name.value == key and found.value == value:
                return document.place(found)
    return None


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _mappings(one)
