"""What llama-bench printed, line by line, and how its words and figures are read in every format."""

import re
from dataclasses import dataclass

from ollama_watch.bench.run import plain
from ollama_watch.bench.settings import UnreadableError
from ollama_watch.errors import Place, UserError

_TEST = re.compile(r"(?:pp\s*(\d{1,9}))?\s*\+?\s*(?:tg\s*(\d{1,9}))?(?:\s*@\s*d\s*(\d{1,9}))?", re.ASCII)
_SPEED = re.compile(
    r"(\d+(?:\.\d+)?)[^\d.]{1,8}(\d+(?:\.\d+)?)", re.ASCII
)  # the ± may have met a wrong code page
_REMARK = re.compile(r"\s*[A-Za-z_][\w ]*: .*")
_SHOWN = 120  # characters of a line in a complaint
_FASTEST = 1e12  # tokens/s; more is no measurement


@dataclass(frozen=True, slots=True)
class Printed:
    """A file of llama-bench. Lines count from 1."""

    name: str  # as people know it
    lines: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return its name in one visible line."""
        return plain(self.name)

    def wrong(self, number: int, message: str, hint: str = "", word: str = "", start: int = 0) -> UserError:
        """Return a complaint about line `number`; `word` is underlined, if it is there from `start` on."""
        line = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
        at = max(line.find(word, start), 0)
        width = len(word) or len(line)
        if at + width > _SHOWN:
            at, width = (at, _SHOWN - at) if at < _SHOWN else (0, _SHOWN)
        return UserError(message, Place(self.name, number, at + 1, line[:_SHOWN], max(width, 1)), hint)

    def unreadable(self, number: int, error: UnreadableError, start: int = 0) -> UserError:
        """Return the complaint about a setting."""
        column, value = error.args
        hint = "llama-bench prints no such value there"
        return self.wrong(number, f"{column} cannot be {plain(value)!r}", hint, value, start)


def is_remark(line: str) -> bool:
    """Return whether it is a line of llama.cpp's log: on a terminal they come in between the results."""
    return _REMARK.fullmatch(line) is not None


def speed(mean: str, error: str) -> tuple[float, float]:
    """Return tokens/s and their deviation; raise ValueError if that is no measurement."""
    found = float(mean), float(error)
    if not (0 < found[0] < _FASTEST and 0 <= found[1] < _FASTEST):
        raise ValueError(mean)
    return found


def read_speed(text: str) -> tuple[float, float]:
    """Return what `2016.93 ± 5.44` says; raise ValueError."""
    found = _SPEED.fullmatch(text)
    if not found:
        raise ValueError(text)
    return speed(found[1], found[2])


def read_test(text: str) -> str:
    """Return the name of a test in today's spelling (builds up to 2024 wrote `pp 512`); raise ValueError."""
    found = _TEST.fullmatch(text)
    if not found:
        raise ValueError(text)
    return name_test(*(int(number or 0) for number in found.groups()))


def name_test(prompt: int, written: int, depth: int) -> str:
    """Return pp512, tg128, pp512+tg128 or tg128 @ d4096, all in tokens; raise ValueError if it is none."""
    if min(prompt, written, depth) < 0 or not prompt + written:
        raise ValueError(prompt, written)
    parts = [f"pp{prompt}"] * bool(prompt) + [f"tg{written}"] * bool(written)
    return "+".join(parts) + (f" @ d{depth}" if depth else "")


def shown_size(size: int) -> str:
    """Return bytes as a table shows them."""
    return f"{size / 2**30:.2f} GiB" if size >= 1 << 30 else f"{size / 2**20:.2f} MiB"
