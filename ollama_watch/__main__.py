"""`python -m ollama_watch` is the command `ollama-watchd`."""

from ollama_watch.cli import entry

entry()
