"""What the sandbox of a service keeps from its sinks and its page, and the drop-in that lets it through."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.sinks.sink import Undelivered

if TYPE_CHECKING:
    from ollama_watch.host.units import Sandbox

OURS = "ollama-watchd.service"
AGENT = (
    "systemctl --user enable --now ollama-watchd-desktop   in the session: it shows them, without this sink"
)
_DENIES_ALL = ("any", "::/0")
HOMES = ("/home", "/root", "/run/user")
_LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Kept:
    """What cannot be reached."""

    what: str
    why: str
    mend: str
    perhaps: bool = False  # a program may not want to
    seen: bool = False  # that it cannot: not concluded from what the unit says
    sink: str = ""  # its name, where it is one


def kept(sinks: Sequence[SinkConfig], http: Http, box: "Sandbox") -> Iterator[Kept]:
    """Yield each sink that would be blocked, and the page if others are to reach it, with what to type."""
    for sink in sinks:
        if found := _NEEDS.get(sink.kind, _nothing)(sink, box):
            why, mend, *perhaps = found
            yield Kept(f"sink {sink.name}", why, mend, perhaps=any(perhaps), sink=sink.name)
    if not is_loopback(http) and (found := _page(box)):
        yield Kept(f"http.listen {http.listen}", *found)


def kept_here(sinks: Sequence[SinkConfig] | None, http: Http, environ: Mapping[str, str]) -> list[Kept]:
    """Return the same for this very process, if it is the service; asks systemd, for some seconds at most."""
    if not (sinks or not is_loopback(http)) or "INVOCATION_ID" not in environ:
        return []
    from ollama_watch.host.units import unit  # noqa: PLC0415  # costs a start, and mostly nothing is kept

    own = unit(OURS)
    return list(kept(sinks or (), http, own.sandbox)) if own and own.pid == os.getpid() else []


def is_loopback(http: Http) -> bool:
    """Tell whether only this machine is to reach the page."""
    host = http.listen.rpartition(":")[0].strip("[]")
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


_Found = tuple[str, str] | tuple[str, str, bool] | None  # why it cannot work, the mend, and `perhaps`


def _nothing(_: SinkConfig, __: "Sandbox") -> _Found:
    return None


def _session(_: SinkConfig, __: "Sandbox") -> _Found:
    """The bus lets in nobody but its own user, whatever the sandbox says."""
    return "a service of the system cannot reach anybody's session bus", AGENT


def _network(sink: SinkConfig, box: "Sandbox") -> _Found:
    host = _host(sink)
    if box.private_network:
        return "PrivateNetwork=yes cuts it off", _edit("PrivateNetwork=no")
    families = box.families.split()
    allowed = not families or families[0].startswith("~") or "AF_INET" in families
    if not allowed:
        mend = _edit("RestrictAddressFamilies=AF_INET AF_INET6")
        return "RestrictAddressFamilies= leaves out AF_INET", mend
    if _denies_all(box) and not _is_allowed(host, box):
        text = "IPAddressDeny= lets through addresses of IPAddressAllow= alone (this machine's, as shipped)"
        return text, _edit(f"IPAddressAllow={host if _is_address(host) else 'ADDRESS'}")
    return None


def _denies_all(box: "Sandbox") -> bool:
    return any(word in box.addresses.split() for word in _DENIES_ALL)


def _is_alone(box: "Sandbox") -> bool:
    """Tell whether nothing but this machine itself can be reached, or can reach us."""
    with suppress(ValueError):
        return _denies_all(box) and all(ip_network(word).is_loopback for word in box.allowed.split())
    return False


def _page(box: "Sandbox") -> _Found:
    if box.private_network:
        return "PrivateNetwork=yes cuts it off", _edit("PrivateNetwork=no")
    if not _is_alone(box):
        return None
    return "IPAddressDeny= keeps all other machines from it", _edit("IPAddressAllow=ADDRESS")


def _host(sink: SinkConfig) -> str:
    """Return the host that it talks to, an address for this machine's name; empty: not to be seen by us."""
    with suppress(Undelivered):
        host = sink.receiver.address().hostname or ""
        return _LOCAL if host == "localhost" else host
    return ""


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _is_allowed(host: str, box: "Sandbox") -> bool:
    """Tell whether an address is; of a name nobody knows that."""
    if not _is_address(host):
        return False
    with suppress(ValueError):
        return any(ip_address(host) in ip_network(word) for word in box.allowed.split())
    return False


def _program(sink: SinkConfig, box: "Sandbox") -> _Found:
    path = PurePosixPath(sink.run[0]) if sink.run else PurePosixPath("/")
    hidden = box.protect_home in ("yes", "tmpfs") and any(path.is_relative_to(home) for home in HOMES)
    if hidden and not any(path.is_relative_to(bound) for bound in box.bound):
        return f"ProtectHome={box.protect_home} hides {path}", shown(str(path))
    if _is_alone(box) or box.private_network:
        line = "PrivateNetwork=no" if box.private_network else "IPAddressAllow=ADDRESS"
        return f"{path} reaches no other machine, if it wants to", _edit(line), True
    return None


def shown(path: str) -> str:
    """Return what to type for a service to see a path."""
    return _edit(f"BindReadOnlyPaths={path}")


def _edit(line: str) -> str:
    return f"sudo systemctl edit ollama-watchd  →  [Service] {line}"


_NEEDS: "Mapping[str, Callable[[SinkConfig, Sandbox], _Found]]" = {
    "desktop": _session,
    "alertmanager": _network,
    "webhook": _network,
    "command": _program,
}
