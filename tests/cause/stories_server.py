"""Stories of what the start of the server did to the context."""

from tests.cause.telling import CONTAINER, MACOS, WINDOWS, Story, Tale
from tests.support.ollama_log import OllamaLog

V = "OLLAMA_CONTEXT_LENGTH"
_OF = {"0.6.2": "2048", "0.12.6": "4096", "0.15.5": "0", "0.32.1": "0"}  # as an unset variable is shown


def _small(release: str) -> int:
    return 2048 if _OF[release] == "2048" else 4096


def lost(release: str, *, start: bool = True) -> OllamaLog:
    log = Tale().server(release, {V: 32768}, tier=4096 if _OF[release] == "0" else None)
    log.wait(60).runs(ctx=32768).later(minutes=20)
    env = {V: _OF[release]} if start else {}
    return log.server(release, env, tier=4096 if _OF[release] == "0" else None).runs(ctx=_small(release))


def downgraded() -> OllamaLog:
    log = Tale().server("0.12.6", {V: 32768}).runs(ctx=32768).later(minutes=20)
    return log.server("0.5.7", {"OLLAMA_NUM_PARALLEL": 1}).runs(ctx=2048)


def malformed(release: str, value: str = "32k", *, before: bool = False) -> OllamaLog:
    log = Tale()
    if before:
        log.server(release, {V: 32768}).runs(ctx=32768).later(minutes=20)
    log.server(release, {V: _OF[release]}, tier=4096 if _OF[release] == "0" else None)
    log.warns(f'"invalid environment variable, using default" key={V} value={value} default={_OF[release]}')
    return log.runs(ctx=_small(release))


def upgraded(old: str, new: str, before: int, after: int, tier: int | None = None) -> OllamaLog:
    log = Tale().server(old, {}).runs(ctx=before).later(hours=1)
    return log.server(new, {}, tier=tier).runs(ctx=after)


def other_memory(old: str, new: str, before: str, now: str, tiers: tuple[int, int]) -> OllamaLog:
    log = Tale().server(old, {V: 0}).vram(before, tiers[0]).runs(ctx=tiers[0]).later(hours=1)
    return log.server(new, {V: 0}).vram(now, tiers[1]).runs(ctx=tiers[1])


def by_app(release: str, tokens: int = 4096) -> OllamaLog:
    return Tale().server(release, {V: tokens}).runs(ctx=tokens)


def reinstalled(old: str, new: str, models: str = "") -> OllamaLog:
    env = {"OLLAMA_MODELS": models} if models else {}
    log = Tale().server(old, {**env, V: 32768, "OLLAMA_KEEP_ALIVE": "24h0m0s"}).runs(ctx=32768)
    return log.later(hours=1).server(new, {**env, V: _OF[new], "OLLAMA_KEEP_ALIVE": "5m0s"})


_AGAIN = (f"{V}=32768",)
_WITHOUT = "started without OLLAMA_CONTEXT_LENGTH; before, it had 32768"

LOST = tuple(
    Story(
        of="variable-lost", release=release, log=lost(release),
        rule="context-reverted", says=_WITHOUT, confidence="certain",
        evidence=(f"{V}:{_OF[release]}]", f"{V}:32768]"), fix=_AGAIN, silent=("asked for more",),
    )
    for release in ("0.6.2", "0.12.6", "0.15.5", "0.32.1")
)  # fmt: skip

STORIES = (
    *LOST,
    Story(  # its start line was cut before the variable: nobody saw that it is gone
        of="variable-lost-unseen", release="0.12.6", log=lost("0.12.6", start=False),
        rule="context-reverted", says=_WITHOUT, confidence="likely", fix=_AGAIN,
    ),
    Story(
        of="variable-lost-in-container", release="0.12.6", log=lost("0.12.6"), at=CONTAINER,
        rule="context-reverted", says=_WITHOUT, confidence="certain", fix=("docker run -e", *_AGAIN),
    ),
    Story(
        of="variable-unknown-to-release", release="0.5.7", log=downgraded(), rule="context-reverted",
        says="Ollama 0.5.7 reads no OLLAMA_CONTEXT_LENGTH; the start before had 32768",
        confidence="certain", evidence=("server config", f"{V}:32768]"),
        fix=("PARAMETER num_ctx 32768",), silent=(f"{V}=", "started without"),
    ),
    *(
        Story(
            of="malformed", release=release, log=malformed(release),
            rule="context-small" if release == "0.6.2" else "context-at-default",
            says=f"{V}=32k is no number", confidence="certain",
            evidence=(f"key={V} value=32k",), fix=_AGAIN,
        )
        for release in ("0.6.2", "0.12.6", "0.32.1")
    ),
    Story(
        of="malformed-told-at-the-start", release="0.12.6", log=malformed("0.12.6", "32,768"),
        rule="environment-invalid", says="32,768 is no whole number", confidence="certain",
        evidence=("value=32,768",), fix=_AGAIN,
    ),
    Story(
        of="malformed-beyond-guessing", release="0.12.6", log=malformed("0.12.6", "large"),
        rule="environment-invalid", says="large is no whole number", confidence="certain",
        fix=("a plain value without a unit",), silent=(f"{V}=",),
    ),
    Story(  # it is there, and cannot be read: nobody took it away
        of="malformed-after-it-was-right", release="0.12.6",
        log=malformed("0.12.6", before=True), rule="context-reverted",
        says="is no number", confidence="certain", fix=_AGAIN, silent=("started without",),
    ),
    Story(
        of="default-changed", release="0.6.8", log=upgraded("0.5.7", "0.6.8", 2048, 4096),
        rule="context-at-default", says="Ollama 0.5.7 gave 2048 by default, 0.6.8 gives 4096",
        confidence="certain", evidence=("server config",), fix=(V,),
    ),
    Story(
        of="default-changed", release="0.6.8", log=upgraded("0.5.7", "0.6.8", 2048, 4096),
        rule="default-changed", says="Ollama 0.5.7 became 0.6.8", confidence="certain",
        evidence=("server config",), fix=(f"{V}=2048",),
    ),
    Story(
        of="default-changed", release="0.16.1",
        log=upgraded("0.12.6", "0.16.1", 4096, 32768, tier=32768), rule="default-changed",
        says="Ollama 0.12.6 became 0.16.1", confidence="certain",
        evidence=("server config", "vram-based default context"), fix=(f"{V}=4096",),
    ),
    Story(  # back to a release that has no such variable
        of="default-changed-back", release="0.5.7", log=upgraded("0.6.8", "0.5.7", 4096, 2048),
        rule="default-changed", says="Ollama 0.6.8 became 0.5.7", confidence="certain",
        fix=("PARAMETER num_ctx 4096",), silent=(f"{V}=",),
    ),
    *(
        Story(
            of="vram-tier", release=release,
            log=Tale().server(release, {V: 0}, tier=4096).runs(ctx=4096),
            rule="context-at-default",
            says="4096 is what Ollama gives by default with 16.0 GiB of GPU memory",
            confidence="certain", evidence=("vram-based default context",), fix=(V,),
        )
        for release in ("0.15.5", "0.24.0", "0.32.1")
    ),
    *(
        Story(  # the release is another one too, and has nothing to do with it
            of="vram-tier-changed", release=new,
            log=other_memory(old, new, "24.0 GiB", "8.0 GiB", (32768, 4096)),
            rule=rule, says=says, confidence="certain", evidence=evidence,
            fix=(V,), silent=("became", "0.15.5 gave"),
        )
        for old, new in (("0.24.0", "0.24.0"), ("0.15.5", "0.32.1"))
        for rule, says, evidence in (
            ("context-at-default", "with 8.0 GiB of GPU memory; before, it found 24.0 GiB", ("8.0 GiB",)),
            ("default-changed", "8.0 GiB now, 24.0 GiB before", ("server config", "8.0 GiB")),
        )
    ),
    *(
        Story(
            of="app-slider", release="0.32.1", log=by_app("0.32.1"), at=at, want={"*": 32768},
            rule="context-reverted", says="desktop app sets OLLAMA_CONTEXT_LENGTH", confidence="possible",
            evidence=(f"{V}:4096",), fix=("settings of Ollama's app: context length 32768",),
        )
        for at in (MACOS, WINDOWS)
    ),
    Story(
        of="app-slider", release="0.12.11", log=by_app("0.12.11", 8192), at=MACOS,
        want={"*": 32768}, rule="context-reverted", says="desktop app", confidence="possible",
        fix=("settings of Ollama's app",),
    ),
    Story(
        of="app-without-slider", release="0.12.9", log=by_app("0.12.9", 8192), at=MACOS,
        want={"*": 32768}, rule="context-reverted", says="the server's OLLAMA_CONTEXT_LENGTH gives 8192",
        confidence="certain", evidence=(f"{V}:8192", "KvSize:8192"), silent=("app",),
    ),
    Story(
        of="installer-overwrote-the-unit", release="0.12.6", log=reinstalled("0.6.2", "0.12.6"),
        rule="environment-lost", says="an installer writes the unit anew", confidence="likely",
        evidence=(f"{V}:4096", f"{V}:32768"),
        fix=('Environment="OLLAMA_CONTEXT_LENGTH=32768" "OLLAMA_KEEP_ALIVE=24h0m0s"',),
    ),
    Story(
        of="unit-was-changed", release="0.12.6", log=reinstalled("0.12.6", "0.12.6"),
        rule="environment-lost", says="the unit, or whatever starts the server, was changed",
        confidence="possible", evidence=(f"{V}:4096", f"{V}:32768"), silent=("installer",),
    ),
    Story(
        of="app-s-variables-were-lost", release="0.32.1",
        log=reinstalled("0.12.6", "0.32.1", "/Users/me/.ollama/models"), rule="environment-lost",
        says="installer", confidence="likely", fix=("launchctl setenv OLLAMA_CONTEXT_LENGTH 32768",),
    ),
)  # fmt: skip
