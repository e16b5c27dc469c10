"""The rules on the bench: what is in force, where it was written, and the cases that try it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ollama_watch.app.casefiles import is_shipped, lines, mistakes
from ollama_watch.app.config import configured_rules, load_config
from ollama_watch.app.rehearsal import Played, play
from ollama_watch.app.ruleconfig import RuleFiles, read_text, rules_of
from ollama_watch.errors import UserError, UserErrors
from ollama_watch.verify.case import Case
from ollama_watch.verify.casefile import cases_beside
from ollama_watch.verify.folders import beside_cases, beside_rules, case_files_in, holds_cases
from ollama_watch.verify.origins import Origins, origins
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.shipped import shipped_folder
from ollama_watch.verify.yamlfile import Document

__all__ = ["Outcome", "Workshop", "lines", "open_workshop", "unknown_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a case, or why it could not be played."""

    case: Case
    played: Played | None = None
    error: UserError | None = None
    as_shipped: bool = False  # a shipped case of a rule that the user changed

    @property
    def passed(self) -> bool:
        return self.played is not None and self.played.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Rules with their origins and cases, all of them read without a mistake."""

    rules: tuple[Rule, ...]
    origins: Origins
    cases: tuple[Case, ...]
    as_shipped: Mapping[str, Rule]  # the shipped rules that the user changes, as they were

    def rule(self, name: str) -> Rule:
        """Return one rule; raises UserError if there is none of that id."""
        found = next((rule for rule in self.rules if rule.id == name), None)
        if found is None:
            raise unknown_rule(name, self.rules)
        return found

    def outcome(self, case: Case) -> Outcome:
        """Play one case, or say why not."""
        as_shipped = is_shipped(case) and case.rule in self.as_shipped
        try:
            return Outcome(case=case, played=self.play(case), as_shipped=as_shipped)
        except UserError as error:
            return Outcome(case=case, error=error, as_shipped=as_shipped)

    def play(self, case: Case) -> Played:
        """Play a case, a shipped one on its rule as shipped; raises UserError if its log cannot be read."""
        shipped = self.as_shipped.get(case.rule) if is_shipped(case) else None
        return play(shipped or self.rule(case.rule), case, lines(case))


def unknown_rule(name: str, rules: Iterable[Rule]) -> UserError:
    near = get_close_matches(name, [rule.id for rule in rules], n=1)
    nearest = f"did you mean {near[0]!r}? " if near else ""
    return UserError(f"unknown rule {name!r}", hint=f"{nearest}`ollama-watchd rules list` has all of them")


def open_workshop(config: Path | None, paths: Sequence[Path] = (), *, thorough: bool = False) -> Workshop:
    """Read rules and cases; raises UserErrors with every mistake of every file.

    `paths`: files and folders of rules, or of cases; they are tried upon the shipped rules, and their cases
    alone count. Without any it is what the configuration has in force. `thorough`: the logs that cases name
    are opened too, and each case needs a name of its own.
    """
    errors: list[UserError] = []
    named, beside = _named(paths) if paths else _configured(config, errors)
    shipped = named.shipped_texts()
    users, unread = named.users_texts()
    rules, wrong = rules_of(shipped, users)
    written = origins((*shipped, *users))
    more, wrong_cases = _beside(dict.fromkeys(beside), written)
    cases = (*(case for rule in rules for case in rule.cases), *more)
    errors += [*unread, *wrong, *wrong_cases, *(mistakes(cases) if thorough else ())]
    if errors := list({str(error): error for error in errors}.values()):
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    changed = {rule.id for rule in rules if len(written[rule.id].files) > 1}
    as_shipped = {rule.id: rule for rule in rules_of(shipped, ())[0] if rule.id in changed} if changed else {}
    return Workshop(rules=rules, origins=written, cases=cases, as_shipped=as_shipped)


def _configured(config: Path | None, errors: list[UserError]) -> tuple[RuleFiles, list[Path]]:
    """Return the rules and cases in force; what is wrong with the configuration goes to `errors`."""
    named = configured_rules(config)
    try:
        load_config(config)
    except UserErrors as several:
        errors += several.errors
    except UserError as one:
        errors.append(one)
    shipped = case_files_in(shipped_folder()) if named.shipped else []
    return named, [*shipped, *_cases_of(named.paths)]


def _named(paths: Sequence[Path]) -> tuple[RuleFiles, list[Path]]:
    """Return the rules and the cases that are meant; a file of cases brings the rules that it is beside.

    The shipped rules may be named too: they are there already.
    """
    cases = [path for path in paths if holds_cases(path)]
    beside = (of for path in cases for of in beside_cases(path))
    rules = dict.fromkeys([*(path for path in paths if path not in cases), *beside])
    shipped = shipped_folder().resolve()
    own = [path for path in rules if shipped not in (path.resolve(), *path.resolve().parents)]
    return RuleFiles(shipped=True, paths=tuple(own)), [*cases, *_cases_of(rules)]


def _cases_of(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        with suppress(PermissionError):  # reading the rules tells
            yield from case_files_in(path) if path.is_dir() else beside_rules(path)


def _beside(paths: Iterable[Path], written: Origins) -> tuple[list[Case], list[UserError]]:
    found: list[Case] = []
    errors: list[UserError] = []
    for path in paths:
        try:
            document = Document(read_text(path), str(path))
        except UserError as error:
            errors.append(error)
            continue
        found += cases_beside(document, _ids(path, written))
        errors += document.errors
    return found, errors


def _ids(path: Path, written: Origins) -> list[str]:
    """Return the rules that the cases of a file may be for: those of the file beside it, or of its name."""
    of = [str(one) for one in beside_cases(path)]
    own = [rule for rule, origin in written.items() if any(file in of for file in origin.files)]
    named = Path(path.stem).stem
    return own or ([named] if named in written else list(written))
