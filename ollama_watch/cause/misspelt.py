"""What was meant by a variable that no Ollama reads."""

from difflib import get_close_matches

from ollama_watch.cause import options
from ollama_watch.cause.variables import VARIABLES
from ollama_watch.state.options import meant

_PREFIX = "OLLAMA_"
_CLOSE, _CLOSER = 0.8, 0.9  # without and with the prefix, which all have in common
_LONGEST = 64  # characters; the longest variable has 27
_OTHER_NAMES = {
    "CONTEXT_LENGTH": "CONTEXT CONTEXT_SIZE CONTEXT_WINDOW CTX CTX_LEN CTX_LENGTH CTX_SIZE DEFAULT_CONTEXT "
    "DEFAULT_CONTEXT_LENGTH DEFAULT_NUM_CTX MAX_CONTEXT MAX_CONTEXT_LENGTH MAX_CTX NUM_CONTEXT NUM_CTX N_CTX",
    "NUM_PARALLEL": "MAX_PARALLEL NUM_PARALLEL_REQUESTS NUM_SLOTS N_PARALLEL PARALLEL PARALLEL_REQUESTS "
    "RUN_PARALLEL",
    "FLASH_ATTENTION": "ENABLE_FLASH_ATTENTION FA FLASH FLASH_ATTN FLASHATTENTION USE_FLASH_ATTENTION",
    "KV_CACHE_TYPE": "CACHE_TYPE CACHE_TYPE_K CACHE_TYPE_V KV_CACHE KV_TYPE KVCACHE_TYPE K_CACHE_TYPE",
    "MAX_LOADED_MODELS": "MAX_MODELS NUM_MODELS",
}  # names that people and other programs gave them
_MEANT = {other: name for name, others in _OTHER_NAMES.items() for other in others.split()}


def nearest(name: str) -> str | None:
    """Return the variable that was most likely meant; None if `name` is one, or nothing is near."""
    if name in VARIABLES or option_meant(name):
        return None
    asked = _bare(name)
    if asked in _MEANT:
        return f"{_PREFIX}{_MEANT[asked]}"
    bare = [known.removeprefix(_PREFIX) for known in VARIABLES]
    if close := get_close_matches(asked[:_LONGEST], bare, n=1, cutoff=_CLOSE):
        return f"{_PREFIX}{close[0]}"
    whole = get_close_matches(name.upper()[:_LONGEST], VARIABLES, n=1, cutoff=_CLOSER)
    return whole[0] if whole else None


def option_meant(name: str) -> str | None:
    """Return the option that somebody tried to set by a variable: OLLAMA_NUM_GPU is none, `num_gpu` is."""
    asked = _bare(name)
    if name in VARIABLES or not name.upper().startswith(_PREFIX) or asked in _MEANT:
        return None
    option = asked.lower()
    if option in options.OPTIONS and options.OPTIONS[option].fact:
        return option
    return found if (found := meant(option)) and found != "num_ctx" else None


def _bare(name: str) -> str:
    return name.upper().replace("-", "_").removeprefix(_PREFIX)
