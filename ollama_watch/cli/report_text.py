"""The report of `check` for people: what was read, a block a problem, a line for all that is fine."""

from collections.abc import Iterator, Sequence

from ollama_watch.app.alive import NAME as RUNNING
from ollama_watch.app.check import Input, Report, gravest
from ollama_watch.app.config import WANTED
from ollama_watch.cli import text_words as words
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.places import Places, at_least, count
from ollama_watch.cli.text_blocks import MARKS, advice, block, grouped
from ollama_watch.cli.text_lines import lines
from ollama_watch.model import SEVERITIES, Finding, Line, Severity

_FINE = "nothing reverted, no cut prompt logged, no unreadable launch line"
_UNPARSED = 5  # lines shown
_LONGEST = 160  # characters of one


def render(report: Report, paint: Paint, fail_on: Severity = "warning") -> str:
    """Return the report. From a warning on a finding gets a block, or from `fail_on` if that is milder."""
    least = min(fail_on, "warning", key=SEVERITIES.index)
    parts = [_Section(report, one, least, paint).text() for one in report.inputs]
    return "\n\n".join(parts) + "\n" + _last_line(report, least, paint)


class _Section:
    """One input and what came of it."""

    def __init__(self, report: Report, one: Input, least: Severity, paint: Paint) -> None:
        self.places, self.paint = Places(one), paint
        self.findings = [found for found in report.findings if found.source == one.name]
        self.groups = grouped(found for found in self.findings if at_least(found, least))
        self.launches = [launch for launch in report.launches if launch.source == one.name]
        self.unparsed = [line for name, line in report.unparsed if name == one.name]
        self._aside = [found for found in self.findings if not at_least(found, least)]
        self._untold = {one.launch.index: one.missing for one in report.unknowns if one.rule == WANTED}
        self._about: dict[int, list[Finding]] = {}
        for found in self._aside:
            if found.launch:
                self._about.setdefault(found.launch.index, []).append(found)

    def text(self) -> str:
        blocks = [
            block(group, self._asides(group), self.places, self.paint, brief=self._said(number))
            for number, group in enumerate(self.groups)
        ]
        told = {index for group in self.groups for index in _all_told(group)}
        rest = [one for one in self.launches if one.superseded_by is None and one.index not in told]
        alike = lines(rest, self._about, self._untold, self.paint)
        return "\n".join(
            [self._header(), *blocks, *alike, *self._nameless(), *self._remarks(), *self._unread()]
        )

    def _said(self, number: int) -> bool:
        """Tell whether a block before the one of this number gives the same advice."""
        return advice(self.groups[number]) in map(advice, self.groups[:number])

    def _header(self) -> str:
        one, shown = self.places.input, [launch for launch in self.launches if launch.superseded_by is None]
        models = len({launch.subject for launch in shown})
        noun = ("runner", "runners") if one.name == RUNNING else ("launch", "launches")
        retries = len(self.launches) - len(shown)
        parts = [
            _releases(one.versions),
            self.places.span,
            count(one.lines, "line") if self.places.has_lines else "",
            count(len(shown), *noun) + (f" of {count(models, 'model')}" if shown else ""),
            f"{count(retries, 'more', 'more')} replaced by a retry" if retries else "",
        ]
        return self.paint("strong", self.paint.joined([clean(one.name), *(part for part in parts if part)]))

    def _asides(self, group: Sequence[Finding]) -> list[str]:
        """Return the remarks on the launches of a group that nobody else makes."""
        found = [one for index in _all_told(group) for one in self._about.get(index, ())]
        return list(dict.fromkeys(words.aside(one) for one in found if one.rule != "parallel-splits-context"))

    def _nameless(self) -> Iterator[str]:
        for found in self._aside:
            if found.launch is None:
                text = f"{clean(found.message)} ({self.places.line(found.line)})"
                yield f"{self.paint('info', MARKS['info'])} {self.paint.wrapped(text, 4)}"

    def _remarks(self) -> Iterator[str]:
        for remark in self.places.input.remarks:
            yield f"{self.paint('info', MARKS['info'])} {self.paint.wrapped(clean(remark), 4)}"

    def _unread(self) -> Iterator[str]:
        for line in self.unparsed[:_UNPARSED]:
            yield f"? {self.places.line(line.number)} cannot be read: {_excerpt(line)}"
        if (more := len(self.unparsed) - _UNPARSED) > 0:
            yield f"? and {count(more, 'more line')} like that"


def _all_told(group: Sequence[Finding]) -> list[int]:
    """Return the launches that a block leaves no line for: it is about their arguments or their failure."""
    about = [(found, found.launch) for found in group if found.launch]
    return [launch.index for found, launch in about if found.fact is not None or launch.failed]


def _excerpt(line: Line) -> str:
    text = clean(line.text[: 4 * _LONGEST].decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _releases(versions: Sequence[str]) -> str:
    known = [clean(version) for version in versions]
    if len(known) > 3:  # noqa: PLR2004  # the first and the last say it
        known = [known[0], "…", known[-1]]
    return f"Ollama {' → '.join(known)}" if known else ""


def _last_line(report: Report, least: Severity, paint: Paint) -> str:
    findings = [found for found in report.findings if at_least(found, least)]
    blocks = [group[0] for one in report.inputs for group in grouped(_of(findings, one))]
    if worst := gravest(blocks):
        nouns = {"critical": ("critical", "critical"), "warning": ("warning",), "info": ("note",)}
        numbers = {level: sum(found.severity == level for found in blocks) for level in reversed(SEVERITIES)}
        return paint(worst, ", ".join(count(n, *nouns[level]) for level, n in numbers.items() if n))
    if not report.launches:
        return _nothing(report)
    blind = sum(words.untold(launch) for launch in report.launches)
    rest = f"; {count(blind, 'launch', 'launches')} not judged: the context is not told" if blind else ""
    return paint("ok", f"ok: {_FINE}") + rest


def _of(findings: Sequence[Finding], one: Input) -> list[Finding]:
    return [found for found in findings if found.source == one.name]


def _nothing(report: Report) -> str:
    if all(one.name == RUNNING for one in report.inputs):
        return "no model is running"
    if report.since is not None:
        return "no launch of a model in it since the moment that --since names"
    known = report.findings or any(one.versions for one in report.inputs)
    return "no launch of a model in it" + ("" if known else ": is this what `ollama serve` logs?")
