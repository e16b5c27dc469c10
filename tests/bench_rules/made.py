"""Tables of llama-bench made for a test, and what follows from them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ollama_watch.bench.compare import compare
from ollama_watch.bench.formats import read_runs
from ollama_watch.bench.names import names
from ollama_watch.bench.rulewriter import rules_text
from ollama_watch.bench.scope import scoped
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules

DATA = Path(__file__).parent / "data"
SIZES = {"qwen2 3B": "1.95 GiB", "qwen2 7B": "4.36 GiB"}


def table(column: str, *rows: str, backend: str = "ROCm") -> str:
    """Return a table that swept `column`; a row is `qwen2 7B, 0, pp512, 1000 ± 5`."""
    split = [row.split(", ") for row in rows]
    lines = [
        f"| {model} | {SIZES.get(model, '9 GiB')} | 1 B | {backend} | {' | '.join(rest)} |"
        for model, *rest in split
    ]
    head = f"| model | size | params | backend | {column} | test | t/s |"
    rule = f"| --- | ---: | ---: | --- |{' ---: |' * len(column.split('|'))} ---: | ---: |"
    return "\n".join([head, rule, *lines, "", "build: 8cf427ff (5163)", ""])


def data(name: str) -> str:
    """Return a file that the real llama-bench wrote."""
    return (DATA / name).read_text(encoding="utf-8")


def written(text: str, *models: str) -> tuple[str, list[str]]:
    """Return the file of rules that follows from `text`, and the refusals; `models`: NAME=TAG."""
    runs = read_runs(text, "bench.md")
    follows, refused = scoped(compare(runs), names((run.model for run in runs), models))
    return rules_text(follows, "bench.md", "info") if follows else "", list(map(str, refused))


def rules(text: str, *models: str) -> Sequence[Rule]:
    """Return the rules that follow from `text`, as the daemon loads them beside nothing else."""
    made, _ = written(text, *models)
    return load_rules([], [("bench.yaml", made)]) if made else ()


def refusals(text: str, *models: str) -> Iterable[str]:
    return written(text, *models)[1]
