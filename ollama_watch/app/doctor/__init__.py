"""`ollama-watchd doctor`: can we see everything, and is Ollama set up as its user thinks. One row a check."""

from collections.abc import Callable, Iterator

from ollama_watch.app.doctor import daemon, environment, folders, server, telling
from ollama_watch.app.doctor.outcome import Check
from ollama_watch.app.doctor.seen import Ask, Place, Seen, look

CHECKS: tuple[Callable[[Seen], Iterator[Check]], ...] = (
    server.ollama,
    server.log,
    daemon.configuration,
    server.start,
    server.launches,
    server.release,
    environment.reload,
    environment.environment,
    environment.variables,
    environment.shell_files,
    environment.unit_file,
    folders.models,
    folders.state,
    folders.inotify,
    daemon.daemon,
    telling.sandbox,
    telling.desktop,
)


def examine(seen: Seen) -> list[Check]:
    """Return what every check says, in the order of the table."""
    return [found for check in CHECKS for found in check(seen)]


__all__ = ["CHECKS", "Ask", "Check", "Place", "Seen", "examine", "look"]
