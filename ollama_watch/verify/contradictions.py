"""What a rule cannot mean, although each of its keys can be read."""

import re
from collections.abc import Mapping

import yaml

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.yamlfile import Document

ID = "[a-z0-9]+(?:-[a-z0-9]+)*"
COUNTED = ("count", "within", "hold")  # what only event rules have
MOST = 1000  # occurrences that are remembered, see `verify.occurrences`

Nodes = Mapping[str, yaml.Node]  # values by key


def check_id(document: Document, node: yaml.Node, name: str) -> None:
    """Complain of an id that cannot be a label, a file name and a word on a command line alike."""
    if isinstance(node, yaml.ScalarNode) and (name or node.style) and not re.fullmatch(ID, name):
        better = re.sub("[^a-z0-9]+", "-", re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")
        hint = f"write {better}" if better else "as in context-too-small"
        document.complain(node, "an id is made of small letters, digits and hyphens", hint)


def check(document: Document, nodes: Nodes, rule: Rule, before: Rule | None) -> None:
    """Complain of what `nodes`, the user's keys, make of `rule`; `before`: what they change."""
    if before is not None and before.on != rule.on:
        was = f"the event {before.on}" if before.on else "launches"
        document.complain(nodes["on"], f"rule {rule.id!r} is about {was}", "give your rule another id")
    elif rule.on and "expect" in nodes:
        hint = "put its conditions under `when:`; the event itself is what breaks the rule"
        document.complain(nodes["expect"], f"a rule on {rule.on} expects nothing", hint)
    elif "expect" in nodes and _is_empty(nodes["expect"]):
        document.complain(nodes["expect"], "nothing is expected", "write what must hold, as in `parallel: 1`")
    for key in COUNTED:
        if key in nodes and not rule.on:
            hint = "leave it out, or name the event, as in `on: prompt_truncated`"
            document.complain(nodes[key], f"`{key}` is for events, and this rule has no `on:`", hint)
    _check_numbers(document, nodes, rule)
    _check_escalate(document, nodes, rule)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.value


def _check_numbers(document: Document, nodes: Nodes, rule: Rule) -> None:
    count = str(nodes["count"].value) if "count" in nodes else ""
    if re.fullmatch("[0-9]{1,15}", count) and not 1 <= rule.count <= MOST:
        document.complain(nodes["count"], f"a count from 1 to {MOST} can be reached", "1 is each occurrence")
    for key, value, hint in (
        ("within", rule.within, "write the span in which `count` must be reached, as in 10m"),
        ("repeat", rule.repeat, "write how long to wait before it is told again, as in 24h, or `tell: once`"),
    ):
        if key in nodes and value == 0 and str(nodes[key].value).startswith("0"):
            document.complain(nodes[key], f"`{key}` of no length", hint)


def _check_escalate(document: Document, nodes: Nodes, rule: Rule) -> None:
    if rule.severity not in SEVERITIES or not isinstance(nodes.get("escalate"), yaml.MappingNode):
        return
    for key, _ in nodes["escalate"].value:
        name = str(key.value)
        if name in SEVERITIES and SEVERITIES.index(name) <= SEVERITIES.index(rule.severity):
            graver = SEVERITIES[SEVERITIES.index(rule.severity) + 1 :]
            hint = f"graver are: {', '.join(graver)}" if graver else "nothing is graver: leave it out"
            document.complain(key, f"{name} is no graver than the rule's own {rule.severity}", hint)


_BRACE = re.compile(r"\{\w+\}|([{}])")


def check_summary(document: Document, node: yaml.Node, text: str) -> None:
    """Complain of a summary that says nothing, or of a brace that would be shown as it is."""
    if isinstance(node, yaml.ScalarNode) and node.style and not text.strip():
        document.complain(node, "an empty summary", "write what people shall read")
    for found in _BRACE.finditer(text):
        if found[1]:
            part = re.split(r"(?<=\})|\s", text[found.start() :], maxsplit=1)[0]
            document.complain(node, "a brace that belongs to no fact", "write {fact}, without blanks", part)
            return
