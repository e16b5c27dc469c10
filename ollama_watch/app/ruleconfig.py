"""Which rule files are in force, and their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ollama_watch.errors import UserError, UserErrors
from ollama_watch.verify.folders import closed, files_of, holds_cases
from ollama_watch.verify.notyaml import decoded
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from ollama_watch.verify.yamlfile import LARGEST, Document, positions

Text = tuple[str, str]  # file name, what stands in it


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The shipped rules, or none of them, and the user's files and folders in their order."""

    shipped: bool
    paths: tuple[Path, ...]

    def load(self) -> tuple[tuple[Rule, ...], list[UserError]]:
        """Return the rules, or none and the mistakes in their files."""
        texts, errors = self.users_texts()
        rules, wrong = rules_of(self.shipped_texts(), texts)
        errors += wrong
        return ((), errors) if errors else (rules, errors)

    def shipped_texts(self) -> list[Text]:
        return shipped_rules() if self.shipped else []

    def users_texts(self) -> tuple[list[Text], list[UserError]]:
        """Return the user's files that can be read, and what is wrong with the others."""
        texts: list[Text] = []
        errors = [trouble for path in self.paths if _is_folder(path) and (trouble := closed(path))]
        for file in (file for path in self.paths for file in _files(path)):
            try:
                texts += [] if holds_cases(file) else [(str(file), read_text(file))]
            except UserError as error:
                errors.append(error)
        return texts, errors


def _files(path: Path) -> list[Path]:
    return files_of(path) if _is_folder(path) else [path]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # in a folder that we may not enter: reading it tells
        return False


def rules_of(shipped: Sequence[Text], users: Sequence[Text]) -> tuple[tuple[Rule, ...], list[UserError]]:
    """Return the rules of (file name, text) pairs, or none and all mistakes in them."""
    try:
        return load_rules(shipped, users), []
    except UserErrors as several:
        return (), several.errors
    except UserError as one:
        return (), [one]


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
        if path.exists() and not (path.is_file() or path.is_dir()):  # reading a pipe may never end
            raise UserError(f"{path}: a pipe or a device", hint="name a regular file")
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise UserError(
            f"{path}: {error.strerror}", hint="is the path right, and may you read it?"
        ) from error
    return decoded(raw, str(path))
