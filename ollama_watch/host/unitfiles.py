"""Where a unit's variables are written: its own files, and those of `EnvironmentFile=`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from ollama_watch.host import envfile
from ollama_watch.host.bounded import text_of
from ollama_watch.host.setting import Setting, matters, setting

MISSING = "is not there"
_FILE = re.compile(r"(.+) \(ignore_errors=(yes|no)\)")
_ASSIGNED = re.compile(r"""\b(OLLAMA_\w+)=([^\s"']*)""")

Text = tuple[Path, Sequence[str]]  # a file of the unit and its lines


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """A file of `EnvironmentFile=`."""

    path: str
    optional: bool  # written with a "-": may be missing
    trouble: str | None  # why it could not be read; None: it was
    void: tuple[str, ...] = ()  # its lines that systemd ignores, as file:line: name


def placed(assignments: Sequence[str], texts: Sequence[Text], unit: str) -> Iterator[Setting]:
    """Yield what `Environment=` sets; systemctl does not tell where it stands, so its files are asked."""
    for one in assignments:
        name, _, value = one.partition("=")
        if matters(name):
            word = re.compile(rf"""[\s"'=]{re.escape(name)}=""")
            places = (
                f"{path}:{number}"
                for path, rows in reversed(texts)
                for number, row in enumerate(rows, 1)
                if row.lstrip().startswith("Environment") and word.search(row)
            )
            yield setting(name, value, next(places, unit))


def ignored(texts: Sequence[Text]) -> Iterator[Setting]:
    """Yield each OLLAMA_ assignment that is written, unless `Environment=` takes such back."""
    if any(row.strip() == "Environment=" for _, rows in texts for row in rows):
        return
    for path, rows in texts:
        for number, row in enumerate(rows, 1):
            for found in () if row.lstrip()[:1] in ("#", ";") else _ASSIGNED.finditer(row):
                yield setting(found[1], found[2], f"{path}:{number}")


def files(shown: Sequence[str]) -> Iterator[tuple[EnvironmentFile, list[Setting]]]:
    for row in shown:
        if found := _FILE.fullmatch(row):
            paths = sorted(glob(found[1])) if has_magic(found[1]) else [found[1]]  # noqa: PTH207  # absolute
            for path in paths:
                yield _file(path, optional=found[2] == "yes")


def _file(path: str, *, optional: bool) -> tuple[EnvironmentFile, list[Setting]]:
    try:
        text = text_of(Path(path), quiet=False) or ""
    except FileNotFoundError:
        return EnvironmentFile(path, optional, None if optional else MISSING), []
    except OSError as error:
        return EnvironmentFile(path, optional, error.strerror or str(error)), []
    lines = [line for line in envfile.lines(text) if matters(line.name.split()[-1])]
    void = tuple(f"{path}:{line.number}: {line.name}" for line in lines if line.void)
    settings = [setting(line.name, line.value, f"{path}:{line.number}") for line in lines if not line.void]
    return EnvironmentFile(path, optional, None, void), settings
