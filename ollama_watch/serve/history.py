"""What each model had for one request, launch by launch: as far back as it is kept, no further."""

from itertools import islice

from ollama_watch.model import Launch
from ollama_watch.serve.text import moment
from ollama_watch.serve.view import SourceView, View

_MODELS = 100  # those that were launched last


def contexts(source: SourceView, launch: Launch) -> list[dict[str, object]]:
    """Return the contexts of a model's last launches, the oldest first; `state.subject` keeps 50."""
    return [
        {"at": moment(one.at), "ctx_per_slot": one.per_slot, "is_default": one.of_default}
        for one in source.contexts(launch)
    ]


def past(view: View) -> list[dict[str, object]]:
    """Return `past` of `/api/v1/status`: models that ran and do not run now, the newest first."""
    gone = ((source, launch) for source in view.sources for launch in _gone(source))
    newest = sorted(gone, key=lambda one: one[1].at, reverse=True)
    models = (_model(source, launch) for source, launch in newest)
    return list(islice((one for one in models if one["contexts"]), _MODELS))


def _gone(source: SourceView) -> list[Launch]:
    running = {launch.index for launch in source.runners}
    return [launch for launch in source.launches.values() if launch.index not in running]


def _model(source: SourceView, launch: Launch) -> dict[str, object]:
    return {
        "source": source.label,
        "host": source.host,
        "model": launch.name,
        "since": moment(launch.at),
        "failed": launch.failed,
        "ctx_wanted": launch.facts["ctx_wanted"],
        "contexts": contexts(source, launch),
    }
