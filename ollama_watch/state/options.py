"""Names of request options that no release knows, and what was meant by them."""

from difflib import get_close_matches

# Those that change a launch.
_LAUNCH = ("num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap")
_CLOSE = 0.8
_OTHER_NAMES = {
    "num_ctx": "context context_length context_size contextlength ctx ctx_len ctx_num ctx_size max_context "
    "max_context_length max_ctx n_ctx num_context",
    "num_batch": "batch batch_size n_batch",
    "num_gpu": "gpu_layers n_gpu_layers ngl num_gpu_layers",
    "num_thread": "n_threads threads",
    "use_mmap": "mmap no_mmap",
}  # what llama.cpp, other servers and clients call them
_MEANT = {other: option for option, others in _OTHER_NAMES.items() for other in others.split()}


def meant(option: str) -> str | None:
    """Return the option that `option` was most likely meant to be, if that is one that changes a launch."""
    name = option.lower().replace("-", "_")
    close = get_close_matches(name[:50], _LAUNCH, n=1, cutoff=_CLOSE)
    return _MEANT.get(name) or (close[0] if close else None)
