"""An explanation for people: what was configured beside what it became, then why, then what to type."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ollama_watch.cause.causes import CONTEXT_RULES
from ollama_watch.cause.platform import restart_after
from ollama_watch.cause.table import NOT_TOLD
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.text_blocks import MARKS
from ollama_watch.verify.judge import shown

_WORDS = {
    "ctx_per_slot": "context, a request",
    "batch_size": "batch",
    "gpu_layers": "GPU layers",
    "main_gpu": "main GPU",
    "flash_attention": "flash attention",
    "kv_cache_type": "KV cache type",
    "parallel": "parallel slots",
}
_SOURCES = ("request", "model", "environment")
_WIDTHS = (20, 12, 12, 14, 12)
_WINNERS = {
    "built-in": "Ollama's own",
    "environment": "the environment",
    "model": "the model's own options",
    "request": "the request",
    "request or model": "the request or the model",
    "": "not known",
}
_WOULD_TELL = "what would tell: the server's start lines and the access line of the request, in the same log"


def render(one: Mapping[str, Any], paint: Paint) -> str:
    """Return the text of one explanation."""
    parts = [_title(one, paint), "\n".join(_table(one, paint))]
    parts += _findings(one["findings"], paint) or ["nothing is wrong with it"]
    parts += ["\n".join(_elsewhere(row, paint)) for row in one["set_elsewhere"]]
    if one["prompts"]:
        parts.append(_prompts(one["prompts"]))
    return "\n\n".join(parts)


def _title(one: Mapping[str, Any], paint: Paint) -> str:
    release, made = one["facts"]["ollama_version"], one["request"]
    parts = [
        f"Ollama {release or '?'}",
        f"line {one['line']} of {one['source']}",
        one["time"] or "",
        _request(made) if made else "",
    ]
    return paint.joined([paint("strong", clean(one["model"])), *(clean(part) for part in parts if part)])


def _request(made: Mapping[str, Any]) -> str:
    client = f" from {made['client']}" if made["client"] else ""
    return f"{'' if made['certain'] else 'probably '}made by {made['endpoint']}{client}"


def _table(one: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    yield paint("faint", f"{_cells(('', 'request', 'model', 'environment', 'became'))}by")
    for row in one["settings"]:
        said = (_said(row[source]) for source in _SOURCES)
        cells = _cells((_WORDS.get(row["fact"], row["fact"]), *said, _value(row["became"])))
        sure = "" if row["sure"] or not row["winner"] else "probably "
        yield f"{cells}{sure}{_WINNERS.get(row['winner'], row['winner'])}"
        yield from (f"{'':20}{paint('faint', paint.wrapped(step, 20))}" for step in row["steps"])
    if any(row[source] == NOT_TOLD for row in one["settings"] for source in _SOURCES):
        yield paint("faint", "? is what the log does not tell, – what is not set")


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"{clean(text):{width}}" for text, width in zip(texts, _WIDTHS, strict=True))


def _said(value: Any) -> str:
    return "?" if value == NOT_TOLD else "–" if value is None else _value(value)


def _value(value: Any) -> str:
    return "?" if value is None else shown(tuple(value) if isinstance(value, list) else value)


def _findings(findings: Iterable[Mapping[str, Any]], paint: Paint) -> list[str]:
    """Return a block a finding; why and what to type is said once."""
    blocks, said = [], list[object]()
    for found in findings:
        why = (found["causes"], found["fixes"])
        severity = found["severity"]
        head = paint(severity, f"{MARKS[severity]} {severity}")
        lines = [f"{head}  {found['rule']}: {clean(found['message'])}"]
        lines += ["    why           as above"] if why in said else _why(found, paint)
        said.append(why)
        blocks.append("\n".join(lines))
    return blocks


def _why(found: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    for cause in found["causes"]:
        yield f"    why, {cause['confidence']:9} {paint.wrapped(_cause(cause), 19)}"
    if not found["causes"] and found["rule"] in CONTEXT_RULES:
        yield f"    why           {paint.wrapped(f'not known; {_WOULD_TELL}', 18)}"
    for number, fix in enumerate(found["fixes"]):
        yield f"    {'or ' if number else 'fix'}           {clean(fix)}"
        if restart := restart_after(fix):
            yield f"    then          {restart}"


def _cause(cause: Mapping[str, Any]) -> str:
    lines = [str(line) for line in cause["evidence"]]
    where = f" [line{'s' * (len(lines) > 1)} {', '.join(lines)}]" if lines else ""
    return clean(cause["text"]) + where


def _elsewhere(row: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    yield f"{paint('warning', '!')} {paint.wrapped(clean(row['text']), 2)}"
    yield from (f"    {clean(step)}" for step in row["mend"])


def _prompts(sizes: Mapping[str, int]) -> str:
    enough = sizes["enough"]
    holds = f"a context of {enough} would hold them"
    if enough <= sizes["largest"]:
        holds = f"the model takes no more than {enough}"
    return (
        f"prompts of 7 days: the largest had {sizes['largest']} tokens, 95 % at most {sizes['p95']}; {holds}"
    )
