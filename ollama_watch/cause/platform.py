"""How variables of the server are set where it runs; told by where its models are."""

import re
import shlex
from collections.abc import Mapping

from ollama_watch.model import Platform

_EDITED = re.compile(r"(sudo systemctl) edit (\S+)  →  ")


def variable(name: str, value: str, platform: Platform) -> str:
    """Return what to type so that the server sees `name` as `value` from its next start on."""
    return variables({name: value}, platform)


def variables(settings: Mapping[str, str], platform: Platform) -> str:
    """Return what to type so that the server sees all of these from its next start on."""
    quoted = {name: shlex.quote(value) for name, value in settings.items()}
    match platform:
        case "windows":
            commands = " && ".join(f'setx {name} "{value}"' for name, value in settings.items())
            return f"{commands}, then quit Ollama in the tray and start it again"
        case "macos":
            commands = " && ".join(f"launchctl setenv {name} {value}" for name, value in quoted.items())
            return f"{commands}, then quit Ollama and start it again"
        case "container":
            given = " ".join(f"-e {name}={value}" for name, value in quoted.items())
            return f"docker run {given} … (or `environment:` in its compose file)"
        case "linux":
            given = " ".join(f'"{name}={value}"' for name, value in settings.items())
            return f"sudo systemctl edit ollama  →  [Service] Environment={given}"


def restart_after(fix: str) -> str:
    """Return what is to be typed after a fix that edits a unit, "" after any other.

    An edit alone changes nothing. It is no part of the fix, which has to fit into a line of a pop-up.
    """
    found = _EDITED.match(fix)
    return f"{found[1]} restart {found[2]}" if found else ""
