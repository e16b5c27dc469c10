"""A models directory of 300 models: what it costs to read at start, to look at again, and to ask.

    python -m tests.bench.names [--models 300]

Prints milliseconds: the best, the middle and the worst of ten runs. Exits 1 if a first reading takes 50 ms
or more in the middle: other work on the machine shows in the worst.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from ollama_watch.models import gguf
from ollama_watch.models.manifests import names
from ollama_watch.models.shelf import Shelf
from tests.support.ggufhead import ARRAY, F32, TEXT, Gguf
from tests.support.models import Models

_RUNS = 10
_MOST = 50.0  # ms at start
_WORDS = 150_000  # of a vocabulary, and as many merges
_QUESTIONS = 10_000


def build(folder: Path, count: int) -> Models:
    """Return a directory of `count` models in three namespaces, some with a params layer of their own."""
    models = Models(folder)
    for number in range(count):
        space = ("", "ann/", "hf.co/bob/")[number % 3]
        params = {"num_ctx": 2048 + number, "stop": ["<|im_end|>"]} if number % 3 == 0 else {"num_ctx": 4096}
        models.tag(f"{space}model{number}:{number % 7}b", f"{number:064x}", params)
    return models


def weights(path: Path, *, words_first: bool) -> Path:
    """Write a header with a large vocabulary behind the facts, or before them."""
    kind = Gguf()
    words = [
        kind.key("tokenizer.ggml.tokens", ARRAY, kind.array(TEXT, (f"token{n}" for n in range(_WORDS)))),
        kind.key("tokenizer.ggml.scores", ARRAY, kind.array(F32, [0.0] * _WORDS)),
        kind.key("tokenizer.ggml.merges", ARRAY, kind.array(TEXT, (f"a{n} b" for n in range(_WORDS)))),
    ]
    facts = kind.llama()
    path.write_bytes(kind.head([*words, *facts] if words_first else [*facts, *words]))
    return path


def _time(what: str, work: Callable[[], object]) -> float:
    """Print how long `work` takes, in milliseconds; return the median."""
    took = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    print(f"{what:45} {min(took):8.2f} {median(took):8.2f} {max(took):8.2f} ms")  # noqa: T201
    return median(took)


def _ask(shelf: Shelf) -> None:
    for number in range(_QUESTIONS):
        shelf.look(1.0, 10.0)
        shelf.tags(f"{number:064x}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--models", type=int, default=300)
    count = parser.parse_args().models
    with tempfile.TemporaryDirectory() as folder:
        models = build(Path(folder) / "models", count)
        found = names(models.directory)
        shelf = Shelf(models.directory)
        first = _time(f"read {len(found.tags)} names", lambda: names(models.directory))
        _time("look for changes, there are none", lambda: found.stale)
        _time(f"{_QUESTIONS:,} questions between two looks", lambda: _ask(shelf))
        for words_first in (False, True):
            path = str(weights(Path(folder) / "blob", words_first=words_first))
            where = "before" if words_first else "behind"
            _time(f"header, {2 * _WORDS:,} texts {where} the facts", partial(gguf.header, path))
    return int(first >= _MOST)


if __name__ == "__main__":
    sys.exit(main())
