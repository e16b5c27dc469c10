"""JSON, JSON lines and CSV: every run with all its settings, one record each."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ollama_watch.bench.printed import Printed, is_remark, name_test, shown_size, speed
from ollama_watch.bench.run import Model, Run, plain
from ollama_watch.bench.settings import UnreadableError, settings
from ollama_watch.errors import UserError

_NEEDED = ("model_type", "n_prompt", "n_gen", "avg_ts", "stddev_ts")
_FLAGS = {
    "cuda": "CUDA",
    "vulkan": "Vulkan",
    "metal": "Metal",
    "sycl": "SYCL",
    "opencl": "OpenCL",
}  # until 2024
_ABOUT = frozenset(
    (
        *_NEEDED,
        *_FLAGS,
        *"kompute gpu_blas blas rpc backends cpu_info gpu_info build_commit build_number".split(),
        *"model_filename model_size model_n_params n_depth test_time".split(),
    )
)
_FIGURES = ("avg_", "stddev_", "samples_")  # all other fields are settings
_FIRST = re.compile(r'\s*(?:\[\s*|\[?\s*\{\s*(?:".*)?)')  # line of an array or object
_FIELDS = 80  # lines of one object; some fifty in 2026
_HINT = "llama-bench writes whole records with -o json, jsonl or csv; is the file cut off?"


def is_json_start(line: str) -> bool:
    return _FIRST.fullmatch(line) is not None


def is_csv_head(line: str) -> bool:
    return set(_NEEDED) <= {word.strip('" \r') for word in line.split(",")}


def read_json(printed: Printed) -> list[Run]:
    """Return the runs of an array of objects, or of one object after the other; raise UserError."""
    return [_run(printed, number, record) for number, record in _objects(printed)]


def read_csv(printed: Printed) -> list[Run]:
    """Return the runs of its lines; raise UserError."""
    start = next(at for at, line in enumerate(printed.lines) if is_csv_head(line))
    kept = [at for at, line in enumerate(printed.lines[start:], start + 1) if not is_remark(line)]
    rows = csv.reader((printed.lines[at - 1] for at in kept), strict=True)
    head: list[str] = []
    runs = []
    try:
        for row in rows:
            number = kept[rows.line_num - 1]
            if not head or row == head:  # the second one of files that were joined
                head = row
            elif len(row) == len(head):
                runs.append(_run(printed, number, dict(zip(head, row, strict=True))))
            elif row:
                count = f"{len(row)} values where the head has {len(head)}"
                raise printed.wrong(number, count, _HINT)
    except csv.Error as error:
        raise printed.wrong(kept[rows.line_num - 1], f"not CSV: {error}", _HINT) from error
    return runs


def _objects(printed: Printed) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield (line, object); what llama.cpp logs before and in between is passed over."""
    text = "\n".join("" if is_remark(line) else line for line in printed.lines)
    number = next(at for at, line in enumerate(printed.lines, 1) if is_json_start(line))
    at = sum(len("" if is_remark(line) else line) + 1 for line in printed.lines[: number - 1])
    decoder = json.JSONDecoder()
    while True:
        start = at
        while at < len(text) and text[at] in " \t\r\n[],":
            at += 1
        number += text.count("\n", start, at)
        if at == len(text):
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _not_json(printed, number, error) from error
        if not isinstance(found, dict):
            raise printed.wrong(number, "not a record of llama-bench", _HINT)
        yield number, found
        number += text.count("\n", at, end)
        at = end


def _not_json(printed: Printed, number: int, error: Exception) -> UserError:
    if isinstance(error, json.JSONDecodeError):
        return printed.wrong(max(error.lineno, number), f"not JSON: {error.msg}", _HINT)
    return printed.wrong(number, "not a record of llama-bench", _HINT)


def _run(printed: Printed, number: int, record: Mapping[str, object]) -> Run:
    words = {plain(name): _word(value) for name, value in record.items()}
    if missing := [name for name in _NEEDED if name not in words]:
        raise printed.wrong(number, f"a record without {', '.join(missing)}", _HINT)
    try:
        told = settings({name: word for name, word in words.items() if not _is_about(name)})
        mean, error = speed(words["avg_ts"], words["stddev_ts"])
        test = name_test(*(int(words.get(name) or 0) for name in ("n_prompt", "n_gen", "n_depth")))
    except UnreadableError as unreadable:
        raise printed.unreadable(_line_of(printed, number, unreadable.args[0]), unreadable) from unreadable
    except ValueError as wrong:
        raise _no_measurement(printed, number, words) from wrong
    run = Run(
        model=Model(
            words["model_type"], _size(words), re.split(r"[/\\]", words.get("model_filename", ""))[-1]
        ),
        backend=_backend(words),
        test=test,
        speed=mean,
        error=error,
        settings=told,
        build=_build(words),
    )
    return replace(run, device=words.get("cpu_info" if run.library == "cpu" else "gpu_info", ""))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else plain(str(value))


def _is_about(name: str) -> bool:
    return name in _ABOUT or name.startswith(_FIGURES)


def _no_measurement(printed: Printed, number: int, words: Mapping[str, str]) -> UserError:
    try:
        speed(words["avg_ts"], words["stddev_ts"])
    except ValueError:
        told = f"no tokens/s: avg_ts {words['avg_ts']!r}, stddev_ts {words['stddev_ts']!r}"
        return printed.wrong(_line_of(printed, number, "avg_ts"), told, _HINT, '"avg_ts"')
    told = f"no test: n_prompt {words['n_prompt']!r}, n_gen {words['n_gen']!r}"
    return printed.wrong(_line_of(printed, number, "n_prompt"), told, _HINT, '"n_prompt"')


def _line_of(printed: Printed, number: int, name: str) -> int:
    """Return the line of a field, in whichever line of its object it stands."""
    lines = printed.lines[number - 1 : number - 1 + _FIELDS]
    return next((at for at, line in enumerate(lines, number) if f'"{name}":' in line), number)


def _size(words: Mapping[str, str]) -> str:
    size = words.get("model_size", "")
    return shown_size(int(size)) if re.fullmatch(r"\d{1,18}", size, re.ASCII) else size


def _build(words: Mapping[str, str]) -> str:
    commit, number = words.get("build_commit", ""), words.get("build_number", "")
    return f"{commit} ({number})" if number else commit


def _backend(words: Mapping[str, str]) -> str:
    if words.get("backends"):
        return words["backends"]
    on = [title for name, title in _FLAGS.items() if words.get(name) in ("true", "1")]
    if on == ["CUDA"] and re.search(r"AMD|Radeon", words.get("gpu_info", "")):  # HIP was CUDA's flag, too
        return "ROCm"
    return ",".join(on) or "CPU"
