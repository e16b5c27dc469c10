"""Cases of the rules on what a start of the server changes, and on options that nobody knows."""

from collections.abc import Mapping

from tests.rules.case import Case
from tests.support.ollama_log import OllamaLog

_WARNS, _INFO, _QUIET = ("warning",), ("info",), ()


def _starts(*lives: tuple[str, Mapping[str, object]], gpu: str = "cuda") -> OllamaLog:
    """Start releases one after the other, each with what its start line shows."""
    log = OllamaLog()
    for release, env in lives:
        log.server(release, env, gpu=gpu).wait(60)
    return log


def _one(
    name: str, before: object, now: object, *, release: str = "0.32.1", until: str = "0.32.1"
) -> OllamaLog:
    return _starts((release, {name: before}), (until, {name: now}))


def _tiers(first: int, second: int, *, now: int = 0) -> OllamaLog:
    log = OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 0}, tier=first).wait(60)
    return log.server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": now}, tier=second)


def _port_taken() -> OllamaLog:
    """A second server prints its settings, finds the port taken and ends; then comes the next real start."""
    log = _starts(("0.32.1", {"OLLAMA_KEEP_ALIVE": "5m0s"}))
    log.says('"server config" env="map[OLLAMA_KEEP_ALIVE:24h0m0s]"')
    return log.server("0.32.1", {"OLLAMA_KEEP_ALIVE": "5m0s"})


def _upgraded_to_a_tier() -> OllamaLog:
    return OllamaLog().server("0.15.4").server("0.15.5", tier=32768)


def _option(name: str) -> OllamaLog:
    return OllamaLog().warns(f'"invalid option provided" option={name}')


_UNCHANGED: tuple[tuple[str, object, object], ...] = (
    ("OLLAMA_CONTEXT_LENGTH", 4096, 0),  # the default of older releases, as they print it
    ("OLLAMA_CONTEXT_LENGTH", 32768, 32768),
    ("OLLAMA_CONTEXT_LENGTH", 32768, 16384),
    ("OLLAMA_FLASH_ATTENTION", "false", "true"),
    ("OLLAMA_NUM_PARALLEL", 0, 1),
    ("OLLAMA_MODELS", "/usr/share/ollama/.ollama/models", "/root/.ollama/models"),
    ("OLLAMA_ORIGINS", "[http://localhost app://*]", "[http://localhost app://* file://*]"),
    ("HTTPS_PROXY", "", ""),
    ("OLLAMA_DEBUG", "DEBUG", "INFO"),
)
_LOST: tuple[tuple[str, object, object], ...] = (
    ("OLLAMA_CONTEXT_LENGTH", 32768, 0),
    ("OLLAMA_CONTEXT_LENGTH", 32768, 4096),
    ("OLLAMA_FLASH_ATTENTION", "true", "false"),
    ("OLLAMA_KV_CACHE_TYPE", "q8_0", ""),
    ("OLLAMA_NUM_PARALLEL", 4, 1),
    ("OLLAMA_HOST", "http://0.0.0.0:11434", "http://127.0.0.1:11434"),
    ("OLLAMA_KEEP_ALIVE", "24h0m0s", "5m0s"),
    ("OLLAMA_MODELS", "/srv/models", "/usr/share/ollama/.ollama/models"),
    ("OLLAMA_ORIGINS", "[https://chat.example http://localhost app://*]", "[http://localhost app://*]"),
    ("HIP_VISIBLE_DEVICES", 0, ""),
    ("HTTPS_PROXY", "http://proxy.example:3128", ""),
)

START = (
    *(Case("environment-lost", f"{n} {a} to {b}", _QUIET, _one(n, a, b)) for n, a, b in _UNCHANGED),
    *(Case("environment-lost", f"{n} {a} to {b}", _INFO, _one(n, a, b)) for n, a, b in _LOST),
    Case(
        "environment-lost",
        "with an upgrade",
        _WARNS,
        _one("OLLAMA_KEEP_ALIVE", "24h0m0s", "5m0s", until="0.32.2"),
    ),
    Case(
        "environment-lost",
        "the new release does not show it",
        _QUIET,
        _starts(("0.24.0", {"OLLAMA_MULTIUSER_CACHE": "true"}), ("0.32.1", {"OLLAMA_KEEP_ALIVE": "5m0s"})),
    ),
    Case("environment-lost", "a second server that found its port taken", _QUIET, _port_taken()),
    Case(
        "environment-lost",
        "two at once are one finding",
        _INFO,
        _starts(
            ("0.32.1", {"OLLAMA_KEEP_ALIVE": "24h0m0s", "OLLAMA_KV_CACHE_TYPE": "q8_0"}),
            ("0.32.1", {"OLLAMA_KEEP_ALIVE": "5m0s", "OLLAMA_KV_CACHE_TYPE": ""}),
        ),
    ),
    Case("default-changed", "from 2048 to 4096", _INFO, _starts(("0.6.6", {}), ("0.6.7", {}))),
    Case("default-changed", "back from 4096 to 2048", _WARNS, _starts(("0.6.7", {}), ("0.6.6", {}))),
    Case("default-changed", "by VRAM with the upgrade", _INFO, _upgraded_to_a_tier()),
    Case("default-changed", "the same, of another release", _QUIET, _starts(("0.6.7", {}), ("0.15.4", {}))),
    Case("default-changed", "not told yet", _QUIET, _starts(("0.15.4", {}), ("0.15.5", {}))),
    Case("default-changed", "a smaller tier", _WARNS, _tiers(32768, 4096)),
    Case("default-changed", "the same tier", _QUIET, _tiers(32768, 32768)),
    Case("default-changed", "a larger tier, and a variable in force", _QUIET, _tiers(4096, 32768, now=16384)),
    Case(
        "default-changed",
        "across a life that told nothing",
        _WARNS,
        _starts(("0.6.7", {})).says('"server config" env="map[]"').server("0.6.6"),
    ),
    Case("invalid-option", "gone since an older release", _INFO, _option("use_mlock")),
    Case("invalid-option", "some other server's", _INFO, _option("max_tokens")),
    Case("invalid-option", "num_ctx misspelt", _WARNS, _option("ctx_num")),
    Case("invalid-option", "one letter too many", _WARNS, _option("num_threads")),
    Case("invalid-option", "all options are known", _QUIET, OllamaLog().server("0.32.1").runs(ctx=16384)),
)  # fmt: skip
