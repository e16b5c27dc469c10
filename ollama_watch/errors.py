"""What goes wrong for people, and where: one exception class for all that a user can mend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a text file; line and column count from 1."""

    file: str
    line: int
    column: int
    source: str  # the whole line, shown under the message
    width: int = 1  # columns to underline

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class UserError(Exception):
    """A mistake the user can mend: `cli` prints it without a traceback and exits 2."""

    def __init__(self, message: str, place: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.hint = message, place, hint

    def __str__(self) -> str:
        text = self.message
        if at := self.place:
            caret = " " * (at.column - 1) + "^" * at.width
            text = f"{at}: {text}\n    {at.source}\n    {caret}"
        return _harmless(f"{text}\nhint: {self.hint}" if self.hint else text)


def _harmless(text: str) -> str:
    """Return `text` with all but its line ends spelt out that is not visible: it may quote anybody."""
    if text.replace("\n", "").isprintable():
        return text
    text = text.replace("\t", " ").replace("\r", " ")  # as wide as before, for the caret
    return "".join(one if one == "\n" or one.isprintable() else repr(one)[1:-1] for one in text)


class NotNow(UserError):  # noqa: N818  # a state of the machine, nobody's mistake
    """What may work at the next try, with nothing changed: `cli` exits 1, so that systemd tries again."""


class UserErrors(UserError):  # noqa: N818  # many of them
    """Several mistakes found in one run; each is shown in full."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__("\n\n".join(str(error) for error in errors))
        self.errors = errors
