"""rules/README.md: what each shipped rule looks for, why it matters, and what to do."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from ollama_watch.app.workshop import Workshop, open_workshop
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.rule import Rule

PAGE = Path(__file__).parents[2] / "rules" / "README.md"
_HEAD = """\
# Shipped rules

Made from the rules themselves by `make docs`. Each stands in a file of its name, with the cases that try
it beside it (`NAME.test.yaml`; `ollama-watchd rules test` plays them). To change one, name its `id` in a
file of your own and give the keys that you want otherwise: `rules: [{id: context-small, severity: info}]`.
"""
_LOGIC = ("on", "when", "expect", "unless", "escalate", "count", "within", "hold", "for", "repeat", "tell")


def page() -> str:
    """Return the whole page."""
    workshop = open_workshop(None)
    cases = Counter(case.rule for case in workshop.cases)
    rules = sorted(workshop.rules, key=lambda rule: (-SEVERITIES.index(rule.severity), rule.id))
    sections = ["\n".join(_section(workshop, rule, cases[rule.id])) for rule in rules]
    return "\n\n".join([_HEAD + "\n" + "\n".join(_table(rules)), *sections]) + "\n"


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| Rule | Severity | Looks for |"
    yield "|---|---|---|"
    for rule in rules:
        severity = rule.severity if rule.enabled else f"{rule.severity}, off"
        yield f"| [{rule.id}](#{rule.id}) | {severity} | {rule.about} |"


def _section(workshop: Workshop, rule: Rule, cases: int) -> Iterator[str]:
    yield f"## {rule.id}"
    yield ""
    yield f"{rule.severity}{'' if rule.enabled else ', switched off'}: {rule.about}"
    yield ""
    yield rule.why
    yield ""
    yield "What to do:"
    yield ""
    yield from (f"- {one}" for one in rule.fix)
    yield ""
    yield f"```yaml\n{_logic(workshop, rule)}```"
    yield ""
    yield f"[{cases} cases]({rule.id}.test.yaml)"


def _logic(workshop: Workshop, rule: Rule) -> str:
    keys = workshop.origins[rule.id].keys
    pairs = [(yaml.ScalarNode("tag:yaml.org,2002:str", key), keys[key].node) for key in _LOGIC if key in keys]
    node = yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)
    return yaml.serialize(node, Dumper=yaml.SafeDumper, width=100)
