"""`ollama-watchd rules check`: mistakes in rule files and their cases."""

import argparse

from ollama_watch.app.workshop import Workshop
from ollama_watch.cli.rules import scope


def arguments(parser: argparse.ArgumentParser) -> None:
    scope.arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found to be right; mistakes are raised, all at once."""
    print(_summary(scope.workshop(arguments, thorough=True)))
    return 0


def _summary(workshop: Workshop) -> str:
    off = sum(not rule.enabled for rule in workshop.rules)
    tried = {case.rule for case in workshop.cases}
    own = [name for name, origin in workshop.origins.items() if len(origin.files) > 1]
    parts = [
        f"{len(workshop.rules)} rules ({off} off)",
        f"{len(workshop.cases)} case{'s' * (len(workshop.cases) != 1)} for {len(tried)} of them",
    ]
    parts += [f"keys of {', '.join(sorted(own))} overridden"] if own else []
    return f"ok: {', '.join(parts)}"
