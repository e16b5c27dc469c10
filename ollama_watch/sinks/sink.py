"""What every sink is to its outbox."""

from typing import Protocol

from ollama_watch.alerts.alert import Alert


class Undelivered(Exception):  # noqa: N818  # an outcome, named as one
    """The far side did not take it now; the outbox tries again."""


class Sink(Protocol):
    """One way of telling people. `wants` is asked by the loop; the rest is called by its outbox's thread."""

    name: str

    def wants(self, alert: Alert) -> bool:
        """Tell whether this alert is for it."""

    def deliver(self, alert: Alert, *, quiet: bool) -> None:
        """Tell a begin (firing), a change (firing again, `quiet`: no new sound) or an end (resolved).

        Raises Undelivered if it should be tried again.
        """

    def close(self) -> None:
        """Let go of everything; what is shown stays only if it outlives the program by its nature."""
