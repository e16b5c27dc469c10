"""Which files of a folder hold rules, and which hold cases."""

from pathlib import Path
from shlex import quote

from ollama_watch.errors import UserError

_YAML = (".yaml", ".yml")  # in capitals or not
_CASES = ".test"  # before the suffix
_NOT_MEANT = (".", "#", "~")  # hidden files, and what editors leave while somebody writes


def yaml_files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder in the order of their names; none if it cannot be read."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    return [path for path in files if path.suffix.lower() in _YAML and not path.name.startswith(_NOT_MEANT)]


def closed(folder: Path) -> UserError | None:
    """Return what to tell of a folder that is there, and whose files nobody can list for us."""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return UserError(f"{folder}: is no folder", hint="files with rules or wishes belong into a folder")
    except OSError as error:
        hint = f"whoever runs ollama-watchd has to read it: sudo chmod o+rx {quote(str(folder))}"
        return UserError(f"{folder}: {error.strerror}", hint=hint)
    return None


def files_of(folder: Path) -> list[Path]:
    """Return the rule files of a folder in the order of their names, without the cases beside them."""
    return [path for path in yaml_files(folder) if not holds_cases(path)]


def case_files_in(folder: Path) -> list[Path]:
    return [path for path in yaml_files(folder) if holds_cases(path)]


def holds_cases(path: Path) -> bool:
    """Tell NAME.test.yaml from NAME.yaml."""
    return path.suffix.lower() in _YAML and Path(path.stem).suffix.lower() == _CASES


def beside_rules(path: Path) -> list[Path]:
    """Return the files with the cases of a rule file."""
    return [one for one in case_files_in(path.parent) if Path(one.stem).stem == path.stem]


def beside_cases(path: Path) -> list[Path]:
    """Return the rule files that a file of cases stands beside."""
    return [one for one in files_of(path.parent) if one.stem == Path(path.stem).stem]
