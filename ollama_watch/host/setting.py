"""A variable that is set somewhere, and which variables matter to Ollama."""

import re
from dataclasses import dataclass

from ollama_watch.parse.secrets import MASK, masked

# What the server, its runners and the GPU libraries below them read (reference 8).
_OURS = re.compile(
    r"(?:OLLAMA_|LLAMA_|GGML_|CUDA_VISIBLE_DEVICES$|HIP_VISIBLE_DEVICES$|ROCR_VISIBLE_DEVICES$"
    r"|GPU_DEVICE_ORDINAL$|HSA_OVERRIDE_GFX_VERSION$|(?i:https?_proxy|no_proxy)$)"
)
_LONGEST = 4000  # characters of a value


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable, what it is set to (secrets masked), and where, for people."""

    name: str
    value: str
    where: str

    @property
    def assignment(self) -> str:
        """Return the line of a unit that sets it, quoted as systemd wants it."""
        return assignment(self.name, self.value)


def matters(name: str) -> bool:
    """Tell whether Ollama, a runner or a GPU library reads a variable of this name, or it looks like one."""
    return bool(_OURS.match(name))


def assignment(name: str, value: str) -> str:
    """Return the line of a unit's [Service] that sets a variable, quoted as systemd wants it."""
    value = "…" if MASK in value else value  # a mask must not be pasted
    for plain, quoted in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("\n", "\\n")):
        value = value.replace(plain, quoted)
    return f'Environment="{name}={value}"'


def setting(name: str, value: str, where: str) -> Setting:
    """Return the setting with its value as it may be shown."""
    return Setting(name, masked(name, value[:_LONGEST]), where)
