"""Where in a source reading stopped, so that it can go on there after a restart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a journal (`cursor`) or in a file (all else)."""

    cursor: str = ""  # of the last entry that was given
    number: int = 0  # lines or entries given before it
    device: int = 0
    inode: int = 0
    head: str = ""  # the file's first bytes in hex: what stands there even after it was renamed or copied
    offset: int = 0  # bytes before the first line that was not given
    modified: int = 0  # ns since the epoch; a rotated file that was written later was not read yet
    path: str = ""  # of the file itself, behind all links, when it was opened

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot have been a place: it was read from a file that is damaged."""
        bytes.fromhex(self.head)
