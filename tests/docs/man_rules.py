"""ollama-watchd-rules(5): the language of rules, made of the tables that the loader reads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ollama_watch.cli.rules.spans import span
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import KINDS
from ollama_watch.verify.operators import OPERATORS, ORDERED
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.schema import schema
from tests.docs.mdoc import block, head, literal, tagged, text

PAGE = Path(__file__).parents[2] / "packaging" / "man" / "ollama-watchd-rules.5"
_ABOUT = """\
A rule says what each launch of a model has to keep, or which event nobody wants. The shipped rules are in
force unless `shipped: false` stands in the configuration; rules of yours are read from `rules.d` beside it.
A rule with the `id` of a shipped one changes only the keys it gives, so shipped rules can be upgraded under
it.

`ollama-watchd rules list` shows what is in force, `rules show` one rule, `rules check` the mistakes in a
file, `rules test` plays the cases, and `rules try` says of a line why each rule fires or not.

What the log does not tell is unknown. Unknown in `expect` is not judged and never breaks a rule; in `when`
the rule applies; in `unless` it does not excuse.
""".split("\n\n")
EXAMPLE = """\
rules:
  - id: one-slot-alone
    severity: warning
    summary: "{model} shares its context between {parallel} slots"
    expect: {parallel: 1}
    unless: {failed-to-start: {failed: true}}
    cases:
      - {name: four slots, facts: {parallel: 4}, alerts: [{actual: 4}]}
      - {name: one slot, facts: {parallel: 1}, alerts: []}
  - {id: context-small, severity: critical}
"""
_CONDITIONS = (
    ("8192", "A value."),
    (" ".join(sign for sign in OPERATORS if sign not in ORDERED), "Before a value: is it, or is it not."),
    (" ".join(sign for sign in OPERATORS if sign in ORDERED), "Before a number or a release: is it so."),
    ("2048..8192", "A range, both ends in it; of numbers alone."),
    ("[on, auto]", "A list: any of them. YAML reads `on` as true; both mean the same here."),
    ("qwen*", "A pattern, of names and words; `!qwen*` holds where none matches."),
    (">= ctx_wanted", "A comparison with another fact of the same kind."),
    ("all", "As many layers as the model has; of `gpu_layers` and `layers_offloaded` alone."),
)
_KIND_NAMES = {"default": "a number, or the list of what it may be"}


_RULE = Rule(id="", severity="info", summary="")
_DEFAULTS = {
    "tell": _RULE.tell,
    "enabled": "true",
    "count": str(_RULE.count),
    "for": span(_RULE.pending_for),
    "repeat": span(_RULE.repeat),
    "within": span(_RULE.within),
    "hold": span(_RULE.hold),
}


def page() -> str:
    """Return the whole page."""
    return "\n".join(_lines(schema()["$defs"])) + "\n"


def _lines(shapes: Any) -> Iterator[str]:
    yield from head("ollama-watchd-rules", 5, "rules of ollama-watchd")
    yield ".Sh SYNOPSIS"
    yield ".Pa rules.d/*.yaml"
    yield ".Sh DESCRIPTION"
    for index, paragraph in enumerate(_ABOUT):
        yield from (".Pp",) if index else ()
        yield from text(paragraph)
    yield ".Sh KEYS OF A RULE"
    yield from text(
        "Severities are, from mild to grave: " + ", ".join(f"`{one}`" for one in SEVERITIES) + "."
    )
    yield from tagged(_described(shapes["rule"]["properties"]))
    yield ".Sh CONDITIONS"
    yield from text("Under `when`, `expect`, `unless` and `escalate` stands what a fact must be:")
    yield from tagged(_CONDITIONS)
    yield ".Sh FACTS"
    yield from text("Of a launch:")
    yield from _facts()
    yield ".Sh EVENTS"
    yield from text("What may stand behind `on`, with the fields that its conditions and texts may name:")
    yield from _events()
    yield ".Sh CASES"
    yield from text("A case is lines of a log, or facts, and what the rule tells of them.")
    yield from tagged(_described(shapes["case"]["properties"]))
    yield ".Sh EXAMPLES"
    yield from block(EXAMPLE.splitlines())
    yield ".Sh SEE ALSO"
    yield ".Xr ollama-watchd 1 ,"
    yield ".Xr ollama-watchd-config 5"


def _described(properties: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for key, shape in properties.items():
        default = f" Default: `{_DEFAULTS[key]}`." if key in _DEFAULTS else ""
        yield key, f"{shape['description']}.{default}"


def _facts() -> Iterator[str]:
    yield ".Bl -tag -width Ds"
    for name, fact in FACTS.items():
        yield f".It Cm {literal(name)} Pq {literal(_kind(fact.kind))}"
        yield from text(f"{fact.meaning}.")
    yield ".El"


def _events() -> Iterator[str]:
    yield ".Bl -tag -width Ds"
    for name, event in EVENTS.items():
        yield f".It Cm {literal(name)}"
        yield from text(f"{event.meaning}.")
        if event.fields:
            fields = ", ".join(f"`{field}` ({_kind(kind)})" for field, kind in event.fields.items())
            yield from text(f"Fields: {fields}.")
    yield ".El"


def _kind(kind: str) -> str:
    return _KIND_NAMES.get(kind, KINDS[kind].noun)
