"""Would people be told: the desktop of this session, and what the service's sandbox keeps a sink from."""

from collections.abc import Iterator
from importlib.util import find_spec

from ollama_watch.app.doctor.outcome import Check, bad, good, idle
from ollama_watch.app.doctor.seen import OURS, Seen
from ollama_watch.app.sandboxed import kept
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.sinks.session import session_bus


def desktop(seen: Seen) -> Iterator[Check]:
    """Tell whether a pop-up would be shown in this session."""
    wanted = _is_asked_for(seen)
    if seen.config.sinks is not None and not wanted:
        yield idle("desktop", "no desktop sink is configured")
    elif session_bus() is None:
        text = "no session bus: this is no desktop session"
        hint = "ask from a terminal of the desktop, without sudo"
        yield bad("desktop", text, hint) if wanted else idle("desktop", text)
    elif find_spec("jeepney") is None:
        yield bad("desktop", "jeepney is missing: no pop-ups", "pip install 'ollama-watchd[desktop]'")
    else:
        yield _notification_server(wanted=wanted)


def _notification_server(*, wanted: bool) -> Check:
    """A bus without such a server is no desktop, which is bad news for who asked for one alone."""
    from ollama_watch.host.notifications import server  # noqa: PLC0415  # imports jeepney, which is an extra

    name, trouble = server(session_bus() or "")
    if not trouble:
        return good("desktop", f"pop-ups are shown by {name}")
    mend = "sudo apt install dunst   (or another notification server)"
    return bad("desktop", trouble, mend) if wanted else idle("desktop", trouble)


def _is_asked_for(seen: Seen) -> bool:
    return any(sink.name == "desktop" for sink in seen.config.sinks or ())


def sandbox(seen: Seen) -> Iterator[Check]:
    """Tell of each configured sink whether the installed service can reach what it needs."""
    if seen.own is None:
        yield idle("sandbox", f"{OURS} is not installed")
        return
    sinks = seen.config.sinks or (SinkConfig("log"),)
    blocked = list(kept(sinks, seen.config.http, seen.own.sandbox))
    for one in blocked:
        if one.perhaps:
            yield idle("sandbox", f"{one.what}: {one.why}", one.mend)
        else:
            yield bad("sandbox", f"{one.what}: {one.why}", one.mend)
    if all(one.perhaps for one in blocked):
        names = ", ".join(sink.name for sink in sinks)
        yield good("sandbox", f"{OURS} lets its sinks through: {names}")
