"""What a sink lacks at the start. The daemon starts all the same, and the other sinks tell."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ollama_watch.app.credentials import hint
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sandboxed import AGENT, HOMES, Kept, kept_here, shown
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.sinks.sink import Undelivered


def lacking(sinks: Sequence[SinkConfig] | None, http: Http, environ: Mapping[str, str]) -> list[Kept]:
    """Return each configured sink that cannot do its work as things are, and what the unit keeps from us.

    Asks systemd if this is the service, for some seconds at most.
    """
    kept = kept_here(sinks, http, environ)
    boxed, found = {one.sink: one for one in kept}, [one for one in kept if not one.sink]
    for sink in sinks or ():
        own, box = _CHECKS.get(sink.kind, _nothing)(sink), boxed.get(sink.name)
        if own and box and not box.perhaps:  # of the two the unit knows the mend
            found.append(replace(box, seen=True))
        elif own:
            found.append(Kept(f"sink {sink.name}", *own, seen=True, sink=sink.name))
        elif box:
            found.append(box)
    return found


_Found = tuple[str, str] | None  # why it cannot work, and the mend


def _nothing(_: SinkConfig) -> _Found:
    return None


def _desktop(_: SinkConfig) -> _Found:
    from ollama_watch.sinks.session import has_library, session_bus  # noqa: PLC0415  # only where it is asked for

    if session_bus() is None:
        return "there is no session bus", AGENT
    return None if has_library() else ("jeepney is missing", "pip install 'ollama-watchd[desktop]'")


def _program(sink: SinkConfig) -> _Found:
    path = sink.run[0]
    if os.access(path, os.X_OK) and not os.path.isdir(path):  # noqa: PTH112  # as exec sees it
        return None
    mend = f"is it there, and executable? chmod +x {path}"
    if path.startswith(tuple(f"{home}/" for home in HOMES)):
        mend += f"; a service may not see it: {shown(path)}"
    return f"{path} cannot be run", mend


def _receiver(sink: SinkConfig) -> _Found:
    """What is missing now would be missed at the first alert."""
    receiver = sink.receiver
    try:
        receiver.check()
    except Undelivered as error:
        files = (receiver.url_file, receiver.bearer_token_file, receiver.ca_file)
        return str(error), hint(files) or "it is read anew each time: no restart is needed"
    return None


_CHECKS: Mapping[str, Callable[[SinkConfig], _Found]] = {
    "desktop": _desktop,
    "alertmanager": _receiver,
    "webhook": _receiver,
    "command": _program,
}
