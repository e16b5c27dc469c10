"""A unit as systemd has it loaded: its environment, its files, whether it runs."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import geteuid
from pathlib import Path

from ollama_watch.host.bounded import text_of
from ollama_watch.host.quoting import words
from ollama_watch.host.setting import Setting
from ollama_watch.host.unitfiles import EnvironmentFile, files, ignored, placed

_PATIENCE = 5.0  # s; a manager that hangs must not hang us
_PROPERTIES = (
    "Environment EnvironmentFiles UnsetEnvironment FragmentPath DropInPaths ActiveState MainPID User "
    "LoadState NeedDaemonReload ProtectHome PrivateNetwork IPAddressAllow IPAddressDeny "
    "RestrictAddressFamilies DynamicUser SupplementaryGroups BindReadOnlyPaths BindPaths"
).split()

Properties = Mapping[str, Sequence[str]]  # name -> values, one a line that systemctl printed
Run = Callable[[Sequence[str]], str | None]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a unit keeps from its process, as far as it concerns us."""

    protect_home: str  # no, yes, read-only, tmpfs
    private_network: bool
    addresses: str  # IPAddressDeny= as systemd shows it; "" denies nothing
    families: str  # RestrictAddressFamilies=
    dynamic_user: bool
    groups: tuple[str, ...]
    bound: tuple[str, ...]  # paths that are shown to it all the same
    allowed: str = ""  # IPAddressAllow= as systemd shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One loaded unit."""

    name: str
    user: bool = False  # of a user's manager
    active: bool = False
    pid: int | None = None
    account: str = ""  # User=
    fragment: Path | None = None
    drop_ins: tuple[Path, ...] = ()
    settings: Mapping[str, Setting]  # that matter to Ollama, as the process gets them at its next start
    files: tuple[EnvironmentFile, ...] = ()
    ignored: tuple[Setting, ...] = ()  # written in its files, and not taken by systemd
    needs_reload: bool = False  # its files were changed, and systemd has not read them
    sandbox: Sandbox

    @property
    def whole(self) -> bool:
        """Tell whether every file of its environment could be read."""
        return all(file.trouble is None for file in self.files)

    def systemctl(self, *words: str) -> str:
        """Return a command for people about this unit."""
        who = "systemctl --user" if self.user else "sudo systemctl"
        return " ".join((who, *words, self.name.removesuffix(".service")))

    def edit(self, *lines: str) -> tuple[str, ...]:
        """Return for people how to add lines to its [Service]; those of a file are set in."""
        if len(lines) == 1:
            return (f"{self.systemctl('edit')}  →  [Service] {lines[0]}",)
        return (f"{self.systemctl('edit')}   and add:", "    [Service]", *(f"    {line}" for line in lines))


def unit(name: str, *, user: bool = False, uid: int | None = None, run: Run | None = None) -> Unit | None:
    """Return a unit of the system, or of a user (None: one's own); None where systemd does not know it.

    Asks systemctl, for at most some seconds.
    """
    manager = ["--user", *([f"--machine={uid}@.host"] if uid not in (None, geteuid()) else [])]
    ask = [*(manager if user else ()), "show", f"--property={','.join(_PROPERTIES)}", "--", name]
    shown = (run or _systemctl)(ask)
    if shown is None:
        return None
    found = _properties(shown)
    return _unit(name, found, user=user) if _one(found, "LoadState") == "loaded" else None


def _systemctl(arguments: Sequence[str]) -> str | None:
    """Return what systemctl prints; None where there is none, or no manager that answers it."""
    try:
        done = subprocess.run(
            ["systemctl", "--no-pager", *arguments],  # noqa: S607  # wherever this machine has it
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _properties(shown: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in shown.split("\n"):
        name, equals, value = line.partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found


def _one(found: Properties, name: str) -> str:
    return found.get(name, ("",))[0]


def _unit(name: str, found: Properties, *, user: bool) -> Unit:
    fragment = _one(found, "FragmentPath")
    drop_ins = tuple(Path(path) for path in words(_one(found, "DropInPaths")))
    read = tuple(files(found.get("EnvironmentFiles", ())))
    paths = (*((Path(fragment),) if fragment else ()), *drop_ins)
    texts = [(path, (text_of(path) or "").splitlines()) for path in paths]
    settings = {one.name: one for one in placed(words(_one(found, "Environment")), texts, name)}
    not_taken = tuple(one for one in ignored(texts) if one.name not in settings)
    settings |= {one.name: one for _, given in read for one in given}
    pid = _one(found, "MainPID")
    return Unit(
        name=name,
        user=user,
        active=_one(found, "ActiveState") in ("active", "activating", "reloading"),
        pid=int(pid) if pid.isdecimal() and int(pid) else None,
        account=_one(found, "User"),
        fragment=Path(fragment) if fragment else None,
        drop_ins=drop_ins,
        settings=_without(settings, words(_one(found, "UnsetEnvironment"))),
        files=tuple(file for file, _ in read),
        ignored=not_taken,
        needs_reload=_one(found, "NeedDaemonReload") == "yes",
        sandbox=_sandbox(found),
    )


def _without(settings: Mapping[str, Setting], unset: Sequence[str]) -> dict[str, Setting]:
    """`UnsetEnvironment=` takes out names, and assignments that are equal to the letter."""
    return {
        name: one
        for name, one in settings.items()
        if name not in unset and f"{name}={one.value}" not in unset
    }


def _sandbox(found: Properties) -> Sandbox:
    return Sandbox(
        protect_home=_one(found, "ProtectHome") or "no",
        private_network=_one(found, "PrivateNetwork") == "yes",
        addresses=_one(found, "IPAddressDeny"),
        allowed=_one(found, "IPAddressAllow"),
        families=_one(found, "RestrictAddressFamilies"),
        dynamic_user=_one(found, "DynamicUser") == "yes",
        groups=tuple(_one(found, "SupplementaryGroups").split()),
        bound=tuple(
            word.split(":")[0]
            for name in ("BindReadOnlyPaths", "BindPaths")
            for word in words(_one(found, name))
        ),
    )
