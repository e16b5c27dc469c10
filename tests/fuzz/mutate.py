"""Lines made of the golden ones by what damages, wraps and forges lines; a seed gives the same ones."""

from collections.abc import Callable, Iterator
from random import Random

from tests.support.golden import LINES
from tests.support.hostile import hostile

_BITS = (
    b'"', b"\\", b'\\"', b"=", b" ", b":", b"[", b"]", b"{", b"}", b"|", b"\x1b[31m", b"\x1b[", b"\x00",
    b"\xff", b"\xed\xa0\x80", b"\n", b"\r", b"...", "…".encode(), b"msg=", b'msg="', b'msg=\\"', b"time=",
    b"--model ", b" -c ", b"9" * 30, b"-1", b"0", b"1e9", b"NaN", b"\\u0041", b"\\ud800", b"\\x1b", b"map[",
    b"[GIN] ", b"sha256-", b"a" * 64, b"http://a:b@c", b"%s%n", b"{model}", b"<b>", b"$(id)", b"';--",
    "\u202e".encode(), b"mlx-runner",
)  # fmt: skip
_NUMBERS = (b"0", b"-1", b"1", b"2048", b"4294967296", b"999999999999999999", b"9" * 19, b"9" * 5000)
Change = Callable[[Random, bytes], bytes]


def mutants(seed: int, count: int) -> Iterator[bytes]:
    """Yield `count` lines."""
    random = Random(seed)  # noqa: S311  # no secret
    worst = list(hostile(2000).values())
    for _ in range(count):
        line = random.choice(LINES) if random.random() < 0.95 else random.choice(worst)
        for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5, 8))):
            line = random.choice(_CHANGES)(random, line)
        yield line[: 1 << 20]


def _cut(random: Random, line: bytes) -> bytes:
    return line[: random.randrange(len(line) + 1)]


def _head(random: Random, line: bytes) -> bytes:
    return line[random.randrange(len(line) + 1) :]


def _insert(random: Random, line: bytes) -> bytes:
    at = random.randrange(len(line) + 1)
    return line[:at] + random.choice(_BITS) * random.choice((1, 1, 1, 2, 50)) + line[at:]


def _replace(random: Random, line: bytes) -> bytes:
    at = random.randrange(len(line) + 1)
    return line[:at] + random.choice(_BITS) + line[at + random.randrange(12) :]


def _flip(random: Random, line: bytes) -> bytes:
    changed = bytearray(line)
    for _ in range(random.randrange(1, 5)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _number(random: Random, line: bytes) -> bytes:
    """Put another number in the place of one."""
    digits = [at for at, byte in enumerate(line) if 48 <= byte <= 57]  # 0 to 9
    if not digits:
        return line
    start = end = random.choice(digits)
    while end < len(line) and line[end : end + 1].isdigit():
        end += 1
    return line[:start] + random.choice(_NUMBERS) + line[end:]


def _word(random: Random, line: bytes) -> bytes:
    """Drop, double or move a word."""
    words = line.split(b" ")
    at = random.randrange(len(words))
    word = words.pop(at)
    for _ in range(random.randrange(3)):
        words.insert(random.randrange(len(words) + 1), word)
    return b" ".join(words)


def _splice(random: Random, line: bytes) -> bytes:
    other = random.choice(LINES)
    return line[: random.randrange(len(line) + 1)] + other[random.randrange(len(other) + 1) :]


def _repeat(random: Random, line: bytes) -> bytes:
    start = random.randrange(len(line) + 1)
    piece = line[start : start + random.randrange(1, 40)]
    return line[:start] + piece * random.choice((2, 10, 300)) + line[start:]


def _wrap(random: Random, line: bytes) -> bytes:
    """What other programs do to a whole record."""
    escaped = line.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return (
        random.choice((b'msg="%s"', b'{"log":"%s\\n"}', b'msg=mlx-runner msg="%s"', b"ollama | %s")) % escaped
    )


_CHANGES: tuple[Change, ...] = (
    _cut, _head, _insert, _insert, _replace, _flip, _number, _number, _word, _splice, _repeat, _wrap
)  # fmt: skip
