"""Ollama's unit as it is installed, read from its files: a sandbox may let nobody ask the service manager."""

from collections.abc import Iterator
from pathlib import Path

# The earlier one outranks the later.
_FOLDERS = ("etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")
_KEY = "LogNamespace"


def is_installed(unit: str, root: Path) -> bool:
    """Tell whether the system has a file of this unit."""
    return any((root / folder / unit).is_file() for folder in _FOLDERS)


def log_namespace(unit: str, root: Path) -> str | None:
    """Return the namespace of the journal that a system unit logs to; None: the default one.

    Units of users cannot have one (systemd.exec(5)).
    """
    found = ""
    for file in _files(unit, root):
        for value in _values(file):
            found = value
    return found if found and "%" not in found else None  # a specifier is systemd's to fill in


def _files(unit: str, root: Path) -> Iterator[Path]:
    """Yield the unit's file, then its drop-ins by their names; of two that are called alike, the first."""
    whole = (root / folder / unit for folder in _FOLDERS)
    yield from [path for path in whole if path.is_file()][:1]
    drop_ins: dict[str, Path] = {}
    for folder in _FOLDERS:
        for path in (root / folder / f"{unit}.d").glob("*.conf"):
            drop_ins.setdefault(path.name, path)
    yield from (path for _, path in sorted(drop_ins.items()))


def _values(file: Path) -> Iterator[str]:
    """Yield what the key is set to in [Service], an empty value included: that takes it back."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    section = ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            section = line
        name, equals, value = line.partition("=")
        if section == "[Service]" and equals and name.strip() == _KEY:
            yield value.strip()
