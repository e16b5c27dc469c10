"""The wordings of a launch, by release (reference 1.1). A new wording is a row here.

Within a wording the releases differ in flags and in what the numbers mean: `parse.flags` and
`state.defaults` know those.
"""

from typing import Literal, NamedTuple

Kind = Literal["none", "argv", "load", "name"]


class Era(NamedTuple):
    """One wording, and the releases that use it."""

    id: str
    since: str  # first release
    until: str  # first release without it; "" for the current wording
    message: bytes  # the whole msg value
    arguments: Kind  # where they stand: nowhere, on the line, in a later load request, only the name
    engine: str  # unless the line says otherwise


ERAS = (
    Era("in-process", "0.1.21", "0.1.32", b"Initializing llama server", "none", "llama-runner"),
    Era("command-line", "0.1.32", "0.11.5", b"starting llama server", "argv", "llama-runner"),
    Era("load-request", "0.11.5", "0.30.0", b"starting runner", "load", "llama-runner"),
    Era("llama-server", "0.30.0", "", b"starting llama-server", "argv", "llama-server"),
    Era(
        "mlx-image",
        "0.14.0",
        "0.14.3",
        b"starting ollama-mlx image runner subprocess",
        "name",
        "image",
    ),
    Era("image", "0.14.3", "0.15.5", b"starting image runner subprocess", "name", "image"),
    Era("mlx", "0.15.5", "", b"starting mlx runner subprocess", "name", "mlx"),
)
BY_MESSAGE = {era.message: era for era in ERAS}
BY_ID = {era.id: era for era in ERAS}
