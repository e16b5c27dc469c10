"""How variables of the server are set where it runs; told by where its models are."""

import shlex
from collections.abc import Mapping

from ollama_watch.model import Platform


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
