"""What the sandbox of a service keeps its sinks from, and the drop-in that lets them through."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath

from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.host.units import Sandbox, unit
from ollama_watch.sinks.sink import Undelivered

OURS = "ollama-watchd.service"
AGENT = (
    "systemctl --user enable --now ollama-watchd-desktop   in the session: it shows them, without this sink"
)
_DENIES_ALL = ("any", "::/0")
HOMES = ("/home", "/root", "/run/user")
_LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Kept:
    """One sink that cannot do its work."""

    sink: str
    why: str
    mend: str
    seen: bool = False  # that it cannot: not concluded from what the unit says


def kept(sinks: Sequence[SinkConfig], box: Sandbox) -> Iterator[Kept]:
    """Yield each sink that would be blocked, with what to type."""
    for sink in sinks:
        if found := _NEEDS.get(sink.kind, _nothing)(sink, box):
            yield Kept(sink.name, *found)


def kept_here(sinks: Sequence[SinkConfig] | None, environ: Mapping[str, str]) -> list[Kept]:
    """Return the same for this very process, if it is the service; asks systemd, for some seconds at most."""
    if not sinks or "INVOCATION_ID" not in environ:
        return []
    own = unit(OURS)
    return list(kept(sinks, own.sandbox)) if own and own.pid == os.getpid() else []


_Found = tuple[str, str] | None  # why it cannot work, and the mend


def _nothing(_: SinkConfig, __: Sandbox) -> _Found:
    return None


def _session(_: SinkConfig, __: Sandbox) -> _Found:
    """The bus lets in nobody but its own user, whatever the sandbox says."""
    return "a service of the system cannot reach anybody's session bus", AGENT


def _network(sink: SinkConfig, box: Sandbox) -> _Found:
    host = _host(sink)
    if box.private_network:
        return "PrivateNetwork=yes cuts it off", _edit("PrivateNetwork=no")
    families = box.families.split()
    allowed = not families or families[0].startswith("~") or "AF_INET" in families
    if not allowed:
        mend = _edit("RestrictAddressFamilies=AF_INET AF_INET6")
        return "RestrictAddressFamilies= leaves out AF_INET", mend
    if any(word in box.addresses.split() for word in _DENIES_ALL) and not _is_allowed(host, box):
        text = "IPAddressDeny= lets through addresses of IPAddressAllow= alone (this machine's, as shipped)"
        return text, _edit(f"IPAddressAllow={host if _is_address(host) else 'ADDRESS'}")
    return None


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


def _is_allowed(host: str, box: Sandbox) -> bool:
    """Tell whether an address is; of a name nobody knows that."""
    if not _is_address(host):
        return False
    with suppress(ValueError):
        return any(ip_address(host) in ip_network(word) for word in box.allowed.split())
    return False


def _program(sink: SinkConfig, box: Sandbox) -> _Found:
    path = PurePosixPath(sink.run[0]) if sink.run else PurePosixPath("/")
    hidden = box.protect_home in ("yes", "tmpfs") and any(path.is_relative_to(home) for home in HOMES)
    if not hidden or any(path.is_relative_to(bound) for bound in box.bound):
        return None
    return f"ProtectHome={box.protect_home} hides {path}", shown(str(path))


def shown(path: str) -> str:
    """Return what to type for a service to see a path."""
    return _edit(f"BindReadOnlyPaths={path}")


def _edit(line: str) -> str:
    return f"sudo systemctl edit ollama-watchd  →  [Service] {line}"


_NEEDS: Mapping[str, Callable[[SinkConfig, Sandbox], _Found]] = {
    "desktop": _session,
    "alertmanager": _network,
    "webhook": _network,
    "command": _program,
}
