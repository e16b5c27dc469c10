"""Rules from short texts."""

from ollama_watch.errors import UserError, UserErrors
from ollama_watch.model import Facts
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules

NOTHING_KNOWN: Facts = dict.fromkeys(FACTS)


def rule(body: str) -> Rule:
    """Return a rule whose keys but id, severity and summary are `body`, a line each."""
    keys = "".join(f"    {line}\n" for line in body.splitlines())
    return load_rules([("r.yaml", f"rules:\n  - id: r\n    severity: info\n    summary: s\n{keys}")])[0]


def complaints(*texts: str, shipped: str = "") -> list[UserError]:
    """Return what is wrong with the user's files a.yaml, b.yaml …, in the order it is told."""
    files = [(f"{name}.yaml", text) for name, text in zip("abcdef", texts, strict=False)]
    try:
        load_rules([("shipped.yaml", shipped)] if shipped else [], files)
    except UserErrors as several:
        return several.errors
    except UserError as one:
        return [one]
    return []
