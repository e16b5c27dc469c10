"""What stands around a table of llama-bench and names the GPU: a backend's own lines, else the prose."""

import re

from ollama_watch.bench.run import plain

_BACKENDS = (
    re.compile(r"\s*Device \d+: (.+?)(?: \(0x\w+\))?(?:, compute capability.*|, VMM.*)?\s*"),  # CUDA, ROCm
    re.compile(r"ggml_vulkan: \d+ = ([^|]+?)\s*(?:\|.*)?"),
    re.compile(r"ggml_metal_device_init: GPU name:\s*(?:MTL\d+ \()?([^()]+?)\)?\s*"),
)
_PROSE = re.compile(
    r"(?:(?:AMD )?Radeon|(?:NVIDIA )?(?:GeForce|RTX|Tesla|Quadro)|Apple)(?: [A-Z0-9]\w*)+(?: \([^()]*\))?"
)


class Devices:
    """The GPUs of the next table, as far as the lines before it have named them."""

    def __init__(self) -> None:
        self._named: list[str] = []  # by a backend
        self._prose = ""  # what was named last
        self._shown = False  # a table had them; the next name begins anew

    def __str__(self) -> str:
        return " + ".join(dict.fromkeys(self._named)) or self._prose

    def table(self) -> None:
        """Note that a table begins."""
        self._shown = True

    def take(self, line: str) -> None:
        """Take in a line that is no row of a table."""
        named = next((plain(found[1]) for one in _BACKENDS if (found := one.fullmatch(line))), "")
        prose = _PROSE.search(line)
        if not named and not prose:
            return
        if self._shown:
            self._named, self._prose, self._shown = [], "", False
        if named:
            self._named.append(named)
        elif prose:
            self._prose = plain(prose[0])
