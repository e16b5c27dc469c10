"""The rules on the bench: what is in force, where it was written, and the cases that try it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from ollama_watch.app.config import configured_rules, load_config
from ollama_watch.app.rehearsal import Played, play
from ollama_watch.app.ruleconfig import RuleFiles, read_text
from ollama_watch.errors import UserError, UserErrors
from ollama_watch.model import Line
from ollama_watch.sources.textfile import lines_of, read_lines
from ollama_watch.verify.case import Case
from ollama_watch.verify.casefile import cases_beside
from ollama_watch.verify.folders import beside_cases, beside_rules, case_files_in, holds_cases
from ollama_watch.verify.origins import Origins, origins
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.shipped import shipped_folder
from ollama_watch.verify.slips import nearest
from ollama_watch.verify.yamlfile import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Rules with their origins and cases, all of them read without a mistake."""

    rules: tuple[Rule, ...]
    origins: Origins
    cases: tuple[Case, ...]

    def rule(self, name: str) -> Rule:
        """Return one rule; raises UserError if there is none of that id."""
        found = next((rule for rule in self.rules if rule.id == name), None)
        if found is None:
            raise unknown_rule(name, self.rules)
        return found

    def play(self, case: Case) -> Played:
        """Play one case; raises UserError if its file cannot be read."""
        return play(self.rule(case.rule), case, lines(case))


def unknown_rule(name: str, rules: Iterable[Rule]) -> UserError:
    return UserError(f"unknown rule {name!r}", hint=nearest(name, [rule.id for rule in rules]))


def open_workshop(config: Path | None, paths: Sequence[Path] = ()) -> Workshop:
    """Read rules and cases; raises UserErrors with every mistake of every file.

    `paths`: files and folders of rules, or of cases; they are tried upon the shipped rules, and their cases
    alone count. Without any it is what the configuration has in force.
    """
    named, beside = _named(paths) if paths else _configured(config)
    rules, errors = named.load()
    written = origins((*named.shipped_texts(), *named.users_texts()))
    more, wrong = _beside(dict.fromkeys(beside), written)
    if errors := [*errors, *wrong]:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    cases = [case for rule in rules for case in rule.cases]
    return Workshop(rules=rules, origins=written, cases=(*cases, *more))


def _configured(config: Path | None) -> tuple[RuleFiles, list[Path]]:
    load_config(config)  # tells its own mistakes
    named = configured_rules(config)
    shipped = case_files_in(shipped_folder()) if named.shipped else []
    return named, [*shipped, *_cases_of(named.paths)]


def _named(paths: Sequence[Path]) -> tuple[RuleFiles, list[Path]]:
    """Return the rules and the cases that are meant; a file of cases brings the rules that it is beside."""
    cases = [path for path in paths if holds_cases(path)]
    rules = [path for path in paths if path not in cases]
    rules += [of for path in cases for of in beside_cases(path) if of not in rules]
    return RuleFiles(shipped=True, paths=tuple(rules)), [*cases, *_cases_of(rules)]


def _cases_of(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from case_files_in(path) if path.is_dir() else beside_rules(path)


def _beside(paths: Iterable[Path], written: Origins) -> tuple[list[Case], list[UserError]]:
    found: list[Case] = []
    errors: list[UserError] = []
    for path in paths:
        document = Document(read_text(path), str(path))
        found += cases_beside(document, _ids(path, written))
        errors += document.errors
    return found, errors


def _ids(path: Path, written: Origins) -> list[str]:
    """Return the rules that the cases of a file may be for: those of the file beside it, or of its name."""
    of = [str(one) for one in beside_cases(path)]
    own = [rule for rule, origin in written.items() if any(file in of for file in origin.files)]
    named = Path(path.stem).stem
    return own or ([named] if named in written else list(written))


def lines(case: Case) -> Iterator[Line]:
    """Yield the lines of a case; raises UserError if its file cannot be read."""
    if case.file:
        return read_lines(Path(case.origin.rpartition(":")[0]).parent / case.file)
    return lines_of(BytesIO(case.log.encode()))
