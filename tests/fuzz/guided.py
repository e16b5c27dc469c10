"""`make fuzz-guided`: atheris looks for lines that take new ways through the parser (`pip install atheris`).

Arguments are libFuzzer's: -runs=N, -max_total_time=SECONDS, -seed=N; folders keep what it found.
"""

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    print("skipped: atheris is not installed (pip install atheris; it wants Python 3.11 to 3.13)")  # noqa: T201
    sys.exit(0)

with atheris.instrument_imports(include=["ollama_watch"]):
    import ollama_watch.parse
    import ollama_watch.parse.argv
    import ollama_watch.parse.load_request  # noqa: F401

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from tests.support.golden import LINES
from tests.support.hostile import hostile

_MAX = "-max_len=4096"


def one(data: bytes) -> None:
    """Feed the lines of one input to one program."""
    reading = Reading("fuzz")
    for number, text in enumerate(data.split(b"\n"), 1):
        reading.feed(Line(text, number, 1767225600.0), live=True)


def main() -> None:
    """Begin with the golden lines and the worst cases."""
    with tempfile.TemporaryDirectory() as folder:
        for number, line in enumerate((*dict.fromkeys(LINES), *hostile(400).values())):
            Path(folder, str(number)).write_bytes(line)
        atheris.Setup([sys.argv[0], _MAX, *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
