"""What every sink is to its outbox."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Protocol, runtime_checkable

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice


class Undelivered(Exception):  # noqa: N818  # an outcome, named as one
    """The far side did not take it now; the outbox tries again."""

    def __init__(self, text: str, *, perhaps: bool = False) -> None:
        """`perhaps`: it may have got there all the same, so the end of it must be told too."""
        super().__init__(text)
        self.perhaps = perhaps


class Absent(Undelivered):
    """Nobody is there who could take it, nor can be started; somebody may come."""


class Refused(Undelivered):
    """The far side will never take it: trying again is of no use."""


class Sink(Protocol):
    """One way of telling people. `wants` is asked by the loop; the rest is called by its outbox's thread."""

    name: str

    def wants(self, alert: Alert) -> bool:
        """Tell whether this alert is for it: then it is told, and all that follows to its end."""

    def tell(self, notice: Notice) -> bool | None:
        """Tell a begin, a repetition, a change (no new sound) or an end; False: there was nothing to say.

        Raises Undelivered if it should be tried again, Refused if that is of no use.
        """

    def close(self) -> None:
        """Let go of everything; what is shown stays only if it outlives the program by its nature."""


@runtime_checkable
class Recording(Protocol):
    """A sink that keeps record and disturbs nobody: it hears of quiet begins too."""

    records: bool


@runtime_checkable
class OnScreen(Protocol):
    """A sink that shows pop-ups in a session."""

    @property
    def screen(self) -> str:
        """Return the id of the session's bus, nothing while it cannot be reached."""

    def hush(self, spoken_for: AbstractSet[str], asleep: AbstractSet[str]) -> None:
        """Show nothing of alerts that others speak for, by key; `asleep`: these stay away after that, too."""


@runtime_checkable
class Recalling(Protocol):
    """A sink that goes on where an earlier process was ended."""

    def recall(self, alerts: Iterable[Alert]) -> None:
        """These hold, and were told by an earlier process. Called before anything else."""


@runtime_checkable
class Resending(Recalling, Protocol):
    """A sink that says again and again what holds: its far side forgets."""

    resend: float  # s between two times

    def say_again(self) -> bool:
        """Tell everything that holds; False: there is nothing. Raises Undelivered."""
