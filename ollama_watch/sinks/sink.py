"""What every sink is to its outbox."""

from typing import Protocol

from ollama_watch.alerts.alert import Alert


class Undelivered(Exception):  # noqa: N818  # an outcome, named as one
    """The far side did not take it now; the outbox tries again."""


class Sink(Protocol):
    """One way of telling people. Called by its outbox's thread alone."""

    name: str

    def wants(self, alert: Alert) -> bool:
        """Tell whether this alert is for it."""

    def deliver(self, alert: Alert, *, quiet: bool) -> None:
        """Tell a begin (firing), a change (firing again, `quiet`: no new sound) or an end (resolved).

        Raises Undelivered if it should be tried again.
        """

    def close(self) -> None:
        """Let go of everything; what is shown stays only if it outlives the program by its nature."""
