"""What each release does, written down from the reference and not from the code.

A cell is one letter a release, in the order of `RELEASES`; a dot is a release for which nothing is claimed.
The last column names the section of the reference.
"""

from typing import NamedTuple

from ollama_watch.cause.became.circumstances import Loaded
from ollama_watch.parse.version import Version, version

RELEASES = (
    "0.1.48 0.3.4 0.4.7 0.5.7 0.5.13 0.6.8 0.9.6 0.11.4 0.11.10 0.12.6 0.13.5 0.15.6 0.24.0 0.30.11 0.32.15"
).split()
_SERVER = (0, 30)


def release(text: str) -> Version:
    found = version(text)
    assert found is not None
    return found


class Row(NamedTuple):
    """One line of a table: what is asked, and a letter a release."""

    what: tuple[str, ...]
    cells: str
    section: str

    def claims(self) -> list[tuple[str, str]]:
        """Return (release, letter) of every release for which something is claimed."""
        assert len(self.cells) == len(RELEASES), self
        return [(text, cell) for text, cell in zip(RELEASES, self.cells, strict=True) if cell != "."]


def _row(what: str, cells: str, section: str) -> Row:
    return Row(tuple(what.split()), cells, section)


# fact and source: settable (y) or not (n)
SETTABLE = [
    _row("ctx_per_slot request", "yyyyyyyyyyyyyyy", "11"),
    _row("ctx_per_slot v1", "nnnnnnnnnnnnnnn", "11"),
    _row("ctx_per_slot model", "yyyyyyyyyyyyyyy", "10.3"),
    _row("ctx_per_slot environment", "nnnnyyyyyyyyyyy", "8, 10.1"),
    *(
        _row(f"{fact} {source}", cells, "4 (reload), 10.2, 11")
        for fact in ("batch_size", "gpu_layers", "threads", "main_gpu", "mmap")
        for source, cells in (
            ("request", "yyyyyyyyyyyyyyy"), ("v1", "nnnnnnnnnnnnnnn"),
            ("model", "yyyyyyyyyyyyyyy"), ("environment", "nnnnnnnnnnnnnnn"),
        )
    ),
    _row("mlock request", "yyyyyynnnnnnnnn", "1.4 --mlock, 16.11"),
    _row("mlock v1", "nnnnnnnnnnnnnnn", "11"),
    _row("mlock model", "yyyyyynnnnnnnnn", "1.4 --mlock, 16.11"),
    _row("mlock environment", "nnnnnnnnnnnnnnn", "8"),
    *(
        _row(f"{fact} {source}", "nnnnnnnnnnnnnnn", section)
        for fact, section in (("parallel", "8"), ("flash_attention", "5"), ("kv_cache_type", "5"))
        for source in ("request", "v1", "model")
    ),
    _row("parallel environment", "yyyyyyyyyyyyyyy", "8, 10.2"),
    _row("flash_attention environment", "yyyyyyyyyyyyyyy", "5, 8"),
    _row("kv_cache_type environment", "nnnyyyyyyyyyyyy", "5, 8"),
]  # fmt: skip

# who set the context (r request, m model, e environment): who wins (b what the release gives)
PRECEDENCE = [
    _row("ctx_per_slot -", "bbbbbbbbbbbbbbb", "10.1"),
    _row("ctx_per_slot e", "bbbbeeeeeeeeeee", "10.1"),
    _row("ctx_per_slot m", "mmmmmmmmmmmmmmm", "10.3"),
    _row("ctx_per_slot me", "mmmmmmmmmmmmmmm", "10.3"),
    _row("ctx_per_slot r", "rrrrrrrrrrrrrrr", "10.3"),
    _row("ctx_per_slot re", "rrrrrrrrrrrrrrr", "10.3"),
    _row("ctx_per_slot rm", "rrrrrrrrrrrrrrr", "10.3"),
    _row("ctx_per_slot rme", "rrrrrrrrrrrrrrr", "10.3"),
    *(
        _row(f"{fact} {who}", cells, "10.3")
        for fact in ("batch_size", "gpu_layers", "threads", "main_gpu", "mmap")
        for who, cells in (
            ("-", "bbbbbbbbbbbbbbb"), ("m", "mmmmmmmmmmmmmmm"),
            ("r", "rrrrrrrrrrrrrrr"), ("rm", "rrrrrrrrrrrrrrr"),
        )
    ),
    _row("mlock m", "mmmmmmbbbbbbbbb", "1.4, 16.11"),
    _row("mlock r", "rrrrrrbbbbbbbbb", "1.4, 16.11"),
    _row("mlock rm", "rrrrrrbbbbbbbbb", "1.4, 16.11"),
    _row("parallel e", "eeeeeeeeeeeeeee", "10.2"),
    _row("parallel rme", "eeeeeeeeeeeeeee", "10.2"),
    _row("flash_attention e", "eeeeeeeeeeeeeee", "5"),
    _row("flash_attention rme", "eeeeeeeeeeeeeee", "5"),
    _row("kv_cache_type e", "bbbeeeeeeeeeeee", "5"),
    _row("kv_cache_type rme", "bbbeeeeeeeeeeee", "5"),
]  # fmt: skip


def plain(text: str, **known: object) -> Loaded:
    """Return a plain model on one GPU that holds all of it, but for what is `known` otherwise."""
    own = known.pop("engine", "llama-runner")
    engine = "llama-server" if release(text)[:2] >= _SERVER else own
    facts: dict[str, object] = {
        "architecture": "llama", "library": "cuda", "trained": 131072, "embedding": False,
        "projector": False, "vision": False, "fits": True, "low_vram": False,
    }  # fmt: skip
    return Loaded(**{**facts, **known, "engine": engine})  # type: ignore[arg-type]
