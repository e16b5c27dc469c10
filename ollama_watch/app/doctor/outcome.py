"""What a check says: one line, and how to mend what it found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the report. `name` is for programs too and stays what it is."""

    name: str
    ok: bool | None  # None: does not apply here
    text: str
    mend: tuple[str, ...] = ()  # what to type or do, in this order
    details: tuple[str, ...] = ()  # lines to show as they are


def good(name: str, text: str) -> Check:
    return Check(name=name, ok=True, text=text)


def bad(name: str, text: str, *mend: str, details: tuple[str, ...] = ()) -> Check:
    return Check(name=name, ok=False, text=text, mend=mend, details=details)


def idle(name: str, text: str, *mend: str) -> Check:
    """Return a check that has nothing to look at here; `mend`: what would change that."""
    return Check(name=name, ok=None, text=text, mend=mend)
