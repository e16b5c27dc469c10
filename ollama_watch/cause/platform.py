"""How a variable of the server is set where it runs; told by where its models are."""

import shlex

from ollama_watch.model import Platform


def variable(name: str, value: str, platform: Platform) -> str:
    """Return what to type so that the server sees `name` as `value` from its next start on."""
    setting = f"{name}={shlex.quote(value)}"
    match platform:
        case "windows":
            return f'setx {name} "{value}", then quit Ollama in the tray and start it again'
        case "macos":
            return f"launchctl setenv {name} {shlex.quote(value)}, then quit Ollama and start it again"
        case "container":
            return f"docker run -e {setting} … (or `environment:` in its compose file)"
        case "linux":
            return f'sudo systemctl edit ollama  →  [Service] Environment="{name}={value}"'
