"""Every way to make a setting, in the order of precedence, for one release."""

from collections.abc import Iterator, Mapping
from typing import Any

from ollama_watch.cause import settings
from ollama_watch.cause.platform import restart_after
from ollama_watch.cause.recipes import recipe
from ollama_watch.cli.paint import Paint
from ollama_watch.errors import UserError
from ollama_watch.model import Platform, Value
from ollama_watch.parse.version import version
from ollama_watch.verify.kinds import TRUE
from ollama_watch.verify.slips import nearest

_HEADS = {
    "request": "in each request (/api)",
    "v1": "in each request (/v1)",
    "model": "in the model (PARAMETER of its Modelfile)",
    "environment": "for the whole server (environment)",
    "built-in": "without any of these",
}
_SWITCHES = ("mmap", "mlock")
_TEXTS = ("flash_attention", "kv_cache_type")
_PLATFORMS: tuple[Platform, ...] = ("linux", "container", "macos", "windows")


def wanted(text: str) -> tuple[str, Value]:
    """Return fact and value of FACT=VALUE; raises UserError."""
    word, equals, said = text.partition("=")
    fact = settings.fact_named(word.strip())
    if not equals or not said:
        raise UserError(f"--want {text!r} is no FACT=VALUE", hint="context=32768, flash_attention=on")
    if fact is None:
        raise UserError(f"{word.strip()!r} cannot be set", hint=nearest(word.strip(), settings.FACTS))
    return fact, _value(fact, said.strip())


def _value(fact: str, said: str) -> Value:
    if fact in _TEXTS:
        return {"1": "on", "true": "on", "0": "off", "false": "off"}.get(said.lower(), said.lower())
    if fact in _SWITCHES:
        return said.lower() in (*TRUE, "1")
    if fact == "gpu_layers" and said == "all":
        return 999
    if not said.isascii() or not said.isdigit() or len(said) > 9:  # noqa: PLR2004  # tokens and counts are smaller
        raise UserError(f"{fact} is a number, not {said!r}", hint=f"--want {fact}=8192")
    return int(said)


def ways(
    fact: str, value: Value, about: Mapping[str, Any], release: str | None, model: str | None
) -> dict[str, Any]:
    """Return all ways; `about` is the explanation of a launch, or {} where there is none."""
    facts = about.get("facts") or {}
    text = release or facts.get("ollama_version")
    known = version(text) if text else None
    if release and known is None:
        raise UserError(f"{release!r} is no release of Ollama", hint="--release 0.15.5")
    tag = model or next(iter(about.get("models") or ()), None)
    platforms = [about["platform"]] if "platform" in about else _PLATFORMS
    return {
        "schema_version": 1,
        "fact": fact,
        "value": value,
        "ollama_version": text,
        "model": tag,
        "ways": [
            {
                "source": way.source,
                "name": way.name,
                "settable": way.settable,
                "note": way.note,
                "endpoints": list(way.endpoints),
                "recipes": {
                    platform: found
                    for platform in platforms
                    if (found := recipe(way, value, platform, tag, known)) is not None
                },
            }
            for way in settings.ways(fact, known, facts.get("engine"))
        ],
    }


def render(found: Mapping[str, Any], paint: Paint) -> str:
    """Return the ways for people; what outranks the others comes first."""
    release = (
        f"Ollama {found['ollama_version']}" if found["ollama_version"] else "Ollama of an unknown release"
    )
    head = f"{found['fact']} = {_shown(found['value'])} in {release}; each outranks those below it"
    return "\n".join([paint("strong", head), *(line for way in found["ways"] for line in _way(way, paint))])


def _way(way: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    settable = {True: "", False: "not possible: ", None: "perhaps: "}[way["settable"]]
    built_in = way["source"] == "built-in"
    note = f"  {way['name']}" if built_in else f"  {settable}{way['note']}" if settable or way["note"] else ""
    yield f"\n{_HEADS[way['source']]}{paint('faint', note)}"
    if way["source"] == "v1":
        return  # what helps such clients instead stands below
    for platform, text in way["recipes"].items():
        label = f"{platform}: " if len(way["recipes"]) > 1 else ""
        yield "\n".join(f"    {label}{line}" for line in text.splitlines())
        if restart := restart_after(text):
            yield f"    {label}then {restart}"


def _shown(value: Value) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)
