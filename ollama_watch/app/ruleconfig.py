"""Which rule files are in force, and their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ollama_watch.errors import UserError, UserErrors
from ollama_watch.verify.casefile import SUFFIX
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import files_of, shipped_rules
from ollama_watch.verify.yamlfile import LARGEST, Document, positions

Text = tuple[str, str]  # file name, what stands in it


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The shipped rules, or none of them, and the user's files and folders in their order."""

    shipped: bool
    paths: tuple[Path, ...]

    def load(self) -> tuple[tuple[Rule, ...], list[UserError]]:
        """Return the rules, or none and the mistakes in their files."""
        try:
            return load_rules(self.shipped_texts(), self.users_texts()), []
        except UserErrors as several:
            return (), several.errors
        except UserError as one:
            return (), [one]

    def shipped_texts(self) -> list[Text]:
        return shipped_rules() if self.shipped else []

    def users_texts(self) -> list[Text]:
        """Return the user's files; raises UserError if one cannot be read."""
        files = [file for path in self.paths for file in (files_of(path) if path.is_dir() else [path])]
        return [(str(file), read_text(file)) for file in files if not file.name.endswith(SUFFIX)]


def rule_files(
    document: Document, node: yaml.Node | None, beside: Path | None, more: Sequence[Path] = ()
) -> RuleFiles:
    """Read `rules:` of a configuration; its paths are those beside it. `more`: from the command line."""
    keys = positions(document.mapping(node, ("shipped", "paths")))
    shipped = document.truth(keys["shipped"]) if "shipped" in keys else True
    names = (
        [document.text(one) for one in document.sequence(keys["paths"])] if "paths" in keys else ["rules.d"]
    )
    folders = [(beside or Path()) / name for name in names]
    there = [folder for folder in folders if beside and (folder.exists() or "paths" in keys)]
    return RuleFiles(shipped, (*there, *more))


def read_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as stream:
            return stream.read(LARGEST + 1)  # more is refused by whoever reads it
    except OSError as error:
        raise UserError(
            f"{path}: {error.strerror}", hint="is the path right, and may you read it?"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text (byte {error.start})") from error
