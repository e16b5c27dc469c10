"""Can the folders be had that the program needs: of Ollama's models, of its own state, of the log."""

import ctypes
import errno
import grp
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote

from ollama_watch.app.doctor.outcome import Check, bad, good, idle
from ollama_watch.app.doctor.seen import Seen
from ollama_watch.app.store import default_folder
from ollama_watch.host.reach import Blocked, blocked, groups_of
from ollama_watch.host.units import Unit

_RESTART = "sudo systemctl restart ollama-watchd"
_OF_SERVICE = "/var/lib/ollama-watchd"  # StateDirectory=
_HOMES = ("/home", "/root", "/run/user")
_NAMES = "without them a model is called by its digest"


def models(seen: Seen) -> Iterator[Check]:
    """Tell whether the tags of models can be read where the last launch took its model from."""
    folders = dict.fromkeys(
        log.models for log in seen.logs if log.models and not (log.source.container or log.source.directory)
    )
    if not folders:
        yield idle("models directory", "no launch was read that would tell where it is")
    for folder in folders:
        yield _models(folder, seen.own)


def _models(folder: Path, own: Unit | None) -> Check:
    manifests = folder / "manifests"
    if own and (hidden := _hidden(manifests, own)):
        text = f"{folder} is hidden from the service by ProtectHome={own.sandbox.protect_home}; {_NAMES}"
        return bad("models directory", text, *own.edit(*hidden), _RESTART)
    try:
        found = _blocked(manifests, own)
    except PermissionError:
        found = Blocked(folder, None)
    except FileNotFoundError:
        text = f"{folder} of the last launch is not on this machine (a container's, or another's)"
        return idle("models directory", text)
    except OSError as error:
        return bad("models directory", f"{folder}: {error.strerror}")
    if found is None and own and _is_older_than_its_groups(manifests, own):
        text = f"{folder} cannot be read by the service: it was started before it was let into the group"
        return bad("models directory", f"{text}; {_NAMES}", _RESTART)
    if found is None:
        return good("models directory", str(folder))
    text = f"{folder} cannot be read: {found.path} lets us not in; {_NAMES}"
    return bad("models directory", text, *_let_in(found, folder, own))


def _hidden(folder: Path, own: Unit) -> tuple[str, ...]:
    """Return what to add to the unit so that it shows the folder; nothing if it does."""
    hides = own.sandbox.protect_home not in ("no", "read-only")
    if not hides or not _is_at_home(folder) or _bound(folder, own):
        return ()
    # With ProtectHome=yes a bound path stays out of reach; an empty /home leaves it in (systemd.exec(5)).
    empty = () if own.sandbox.protect_home == "tmpfs" else ("ProtectHome=tmpfs",)
    return (*empty, f'BindReadOnlyPaths="{folder.parent}"')


def _is_at_home(folder: Path) -> bool:
    return any(folder.is_relative_to(home) for home in _HOMES)


def _bound(folder: Path, own: Unit) -> Path | None:
    """Return where an empty home shows the folder: the folders above it are the sandbox's own."""
    if own.sandbox.protect_home != "tmpfs" or not _is_at_home(folder):
        return None
    return next((Path(path) for path in own.sandbox.bound if folder.is_relative_to(path)), None)


def _blocked(folder: Path, own: Unit | None) -> Blocked | None:
    """Ask for the service where it is installed, else for ourselves."""
    if own is None:
        if os.access(folder, os.R_OK | os.X_OK):
            return None
        folder.stat()
        return Blocked(folder, None)
    gids = set()
    for name in own.sandbox.groups:
        with suppress(KeyError):
            gids.add(grp.getgrnam(name).gr_gid)
    whole = not own.account and not own.sandbox.dynamic_user
    return blocked(folder, 0 if whole else None, gids, _bound(folder, own) or Path("/"))


def _is_older_than_its_groups(folder: Path, own: Unit) -> bool:
    """Tell whether the process lacks a group that its unit has by now, as after Ollama's installer."""
    gids = groups_of(own.pid) if own.pid else None
    if gids is None or (not own.account and not own.sandbox.dynamic_user):
        return False
    return blocked(folder, None, gids, _bound(folder, own) or Path("/")) is not None


def _let_in(found: Blocked, folder: Path, own: Unit | None) -> tuple[str, ...]:
    group = ""
    if found.group:  # root's is given to nobody
        with suppress(KeyError):
            group = grp.getgrgid(found.group).gr_name
    if own is None:
        return ("run as a user who may read it, or with sudo",)
    if group:
        return (*own.edit(f"SupplementaryGroups={group}"), _RESTART)
    way = "o+x" if folder.is_relative_to(found.path) and folder != found.path else "-R o+rX"
    return (f"sudo chmod {way} {quote(str(found.path))}",)


def state(seen: Seen) -> Iterator[Check]:
    """Tell whether a restart will know what was told before."""
    if seen.own and seen.own.active:
        yield good("state directory", f"{_OF_SERVICE}, which systemd gives to {seen.own.name}")
        return
    folder = default_folder(seen.place.environ)
    known = next((step for step in (folder, *folder.parents) if os.path.lexists(step)), folder)
    if os.access(known, os.W_OK | os.X_OK) and known.is_dir():
        yield good("state directory", str(folder))
    else:
        text = f"{folder}: {known} is not a folder that we may write to"
        yield bad("state directory", text, f"mend {known}, or: ollama-watchd run --state DIR")


def inotify(seen: Seen) -> Iterator[Check]:
    """Tell whether the kernel can wake us when a file grows; without it files are looked at each second."""
    folders = dict.fromkeys(Path(one.source.path).parent for one in seen.logs if one.source.path)
    if not folders:
        yield idle("inotify", "only files need it")
        return
    for folder in folders:
        number = _watch(folder)
        if number in (None, errno.ENOENT, errno.EACCES, errno.ENOTDIR):  # of the log's own check
            yield good("inotify", f"{folder} can be watched" if number is None else "can be had")
            continue
        text = f"{folder} cannot be watched ({os.strerror(number)}): new lines come up to a second later"
        yield bad("inotify", text, *_MORE.get(number, ()))


_MORE = {
    errno.EMFILE: ("sudo sysctl fs.inotify.max_user_instances=512",),
    errno.ENOSPC: ("sudo sysctl fs.inotify.max_user_watches=524288",),
}
_IN_MODIFY = 2


def _watch(folder: Path) -> int | None:
    """Try to watch the folder; return the kernel's error, None if it can be done."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_CLOEXEC)
    if descriptor < 0:
        return ctypes.get_errno()
    try:
        if libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_MODIFY) < 0:
            return ctypes.get_errno()
    finally:
        os.close(descriptor)
    return None
