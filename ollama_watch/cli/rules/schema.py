"""`ollama-watchd rules schema`: for editors with a YAML language server."""

import argparse

from ollama_watch.serve.text import to_json
from ollama_watch.verify.schema import schema


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "First line of a rule file: # yaml-language-server: $schema=ollama-watchd.schema.json"


def run(arguments: argparse.Namespace) -> int:
    print(to_json(schema(), indent=1))
    return 0
