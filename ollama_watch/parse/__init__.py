"""One line in, what it announces out. No I/O; any bytes give events or nothing."""

from ollama_watch.parse.line import parse

__all__ = ["parse"]
