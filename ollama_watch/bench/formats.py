"""Which of its formats llama-bench wrote, told by the content; a file's name says nothing."""

from ollama_watch.bench.printed import Printed
from ollama_watch.bench.records import is_csv_head, is_json_start, read_csv, read_json
from ollama_watch.bench.run import Run
from ollama_watch.bench.tables import is_head, read_tables
from ollama_watch.errors import UserError

_HINT = "it reads what llama-bench prints: a Markdown table, or -o json, jsonl or csv"


def read_runs(text: str, name: str) -> list[Run]:
    """Return the runs in a file of llama-bench in their order; raise UserError where it is none or broken."""
    printed = Printed(name, tuple(text.replace("\r\n", "\n").split("\n")))
    runs = _read(printed)
    if not runs:
        raise UserError(f"{printed.label}: no run of llama-bench in it", hint=_HINT)
    return runs


def _read(printed: Printed) -> list[Run]:
    if any(map(is_head, printed.lines)):
        return read_tables(printed)
    if any(map(is_csv_head, printed.lines)):
        return read_csv(printed)
    if any(map(is_json_start, printed.lines)):
        return read_json(printed)
    if number := next((at for at, line in enumerate(printed.lines, 1) if _is_sql(line)), 0):
        raise printed.wrong(number, "SQL is not read here", "run llama-bench with -o json")
    return []


def _is_sql(line: str) -> bool:
    return line.startswith(("CREATE TABLE IF NOT EXISTS llama_bench", "INSERT INTO llama_bench"))
