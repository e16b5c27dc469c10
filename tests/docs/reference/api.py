"""packaging/reference/api.md: the pages, the life of an alert, and what programs read, as it is made."""

import json
from pathlib import Path
from typing import Any, get_args

from ollama_watch.alerts.alert import End, State
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import Config
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.cli import report_json
from ollama_watch.serve.status import alert
from ollama_watch.serve.text import to_json
from ollama_watch.serve.view import AlertView
from ollama_watch.sinks.log import MESSAGE_IDS, fields
from tests.docs.reference.markdown import code, codes, page, table
from tests.support.checked import SHIPPED, checked, lines

_LOG = Path(__file__).parents[2] / "cli" / "text" / "reverted.log"
PAGES = {
    "/": "people: what is wrong, why, what to type, what runs, what is unknown; `/#alert-ID`: one alert",
    "/metrics": "Prometheus, see [metrics](metrics.md)",
    "/api/v1/alerts": "what is pending or firing, with causes and fixes",
    "/api/v1/alerts/stream": "the same as server-sent events: all of it, then each change and each end",
    "/api/v1/status": "sources, runners with all their facts and each model's last 50 contexts, alerts",
    "/-/healthy": "probes: 200 while it runs",
    "/-/ready": "probes: 200 when the logs' history has been read, else 503",
}
STATES = {
    "pending": "it is broken, and not yet for as long as the rule's `for` says; nobody is told",
    "firing": "it is broken",
    "resolved": "it is over; shown once, by the stream",
}
ENDS = {
    "": "it is not over",
    "fixed": "a later launch of the model keeps the rule",
    "replaced": "the rule is for it no more, another one may be; or the rule is gone",
    "accepted": "you said that it is fine: `ollama-watchd accept`, or *That's fine* on the desktop",
    "excused": "what the log told later excuses it",
    "over": "an event's `hold` has passed, or its source became another file, unit or container",
    "forgotten": "7 days without a launch; the log alone tells",
}
_FACTS = {"ctx_per_slot": 2048, "…": "all of facts.md"}


_PAGES = """\
## Pages

All are read-only (`GET`, `HEAD`), and answer to `localhost`, to addresses, and to `http.allowed_hosts`;
one that listens at any address also to the name of its machine, as links in alerts have it. At most 16
connections are at work, 4 of them streams; the next gets 503, but for a stream of a user who has fewer of
them than another: then the oldest of that one ends. A request has 5 seconds to arrive, the handshake of TLS
included. Keys may be added to the JSON, none is renamed; what is not known is `null`."""
_STREAM = """\
## The stream

`/api/v1/alerts/stream` begins with `event: snapshot`: `run` (another number is another process), `ready`
(false while the log's history is still read, so that what is missing may come), `desktop` (the id of the
session bus on whose desktop the daemon shows pop-ups itself, else `null`) and `alerts`. It goes on
with `event: alert` for each change and each end. Every event has an `id:`, the number of the change; come
back with `Last-Event-ID` and you get what you missed, or everything where that is not kept any more. A
comment comes after 15 seconds of silence."""
_LIFE = """\
`told` is when people were last told of it, `null` if they were not. `asleep`: its runner is gone and nothing
was mended; the same violation at the next launch is the same alert, and nobody is told again before `repeat`
(in seconds) is over. `id` is of one begin, `key` of all of them. What another alert speaks for, as
`server-down` and `thrashing` do, is in the stream alone and goes on there: `inhibited_by` is the `id` of the
other one, else `null`. `worst` is of events that one can be measured by (`prompt_truncated`: `dropped`,
`input_refused`: `tokens`, `thrashing`: `changes`), else `null`: the worst since the begin, with `summary`,
`time`, `fields`, `causes` and `facts`; all else is of the newest."""
_REPORT = """\
## `check --format json`

One object; here one launch and one finding of several. `unknowns` are rules that the log does not tell
enough for, `unparsed` launch lines in words that we do not know."""


def text() -> str:
    return page("What programs read", _pages(), _STREAM, _life(), _alert(), _check(), _journal())


def _pages() -> str:
    return f"{_PAGES}\n\n{table(('Page', 'For'), ((code(path), what) for path, what in PAGES.items()))}"


def _life() -> str:
    states = table(("`state`", "Means"), ((code(one), STATES[one]) for one in get_args(State)))
    ends = table(("`ended`", "Means"), ((code(one or "null"), ENDS[one]) for one in get_args(End)))
    return f"## The life of an alert\n\n{states}\n\n{ends}\n\n{_LIFE}"


def _alert() -> str:
    return f"## An alert of `/api/v1/alerts`\n\n```json\n{to_json(sample_alert(), indent=1)}\n```"


def sample_alert() -> dict[str, Any]:
    """Return an alert of the sample log, as the API has it, most facts left out."""
    watch = _watched()
    (found,) = (one for one in watch.book.active() if one.rule == "context-reverted")
    entry = watch.book.entries[found.key]
    made = alert(AlertView(found, entry.told_at if entry.told else None, entry.rule.repeat))
    return {**made, "facts": _FACTS}


def _watched() -> Watch:
    watch = Watch(Config(rules=SHIPPED), {"server.log": Watched(Reading("server.log"), live=True)})
    for line in lines(_LOG.read_bytes()):
        watch.feed("server.log", line)
    watch.finish("server.log")
    return watch


def _check() -> str:
    return f"{_REPORT}\n\n```json\n{to_json(sample_check(), indent=1)}\n```"


def sample_check() -> dict[str, Any]:
    """Return the report of the sample log with one launch and its finding, most facts left out."""
    made: dict[str, Any] = json.loads(report_json.render(checked(_LOG.read_bytes())))
    (finding,) = (one for one in made["findings"] if one["rule"] == "context-reverted")
    launch = {**made["launches"][finding["launch"]], "facts": _FACTS}
    return {**made, "launches": [launch], "findings": [finding]}


def _journal() -> str:
    ids = table(
        ("Transition", "`journalctl MESSAGE_ID=…`"), ((what, code(one)) for what, one in MESSAGE_IDS.items())
    )
    (found,) = (one for one in _watched().book.active() if one.rule == "context-reverted")
    names = codes(sorted(fields(Notice(found, "begin"))))
    return f"## Entries in the journal\n\nThe sink `log` of a service writes these fields: {names}\n\n{ids}"
