"""Every way to make a setting, in the order of precedence, for one release."""

from collections.abc import Iterator, Mapping
from typing import Any

from ollama_watch.cause import settings
from ollama_watch.cause.became.context import capped
from ollama_watch.cause.platform import restart_after
from ollama_watch.cause.recipes import recipe
from ollama_watch.cause.releases import named
from ollama_watch.cli.paint import Paint
from ollama_watch.errors import UserError
from ollama_watch.model import Platform, Value
from ollama_watch.parse.version import Version, version

_HEADS = {
    "request": "in each request (/api)",
    "v1": "in each request (/v1)",
    "model": "in the model (PARAMETER of its Modelfile)",
    "environment": "for the whole server (environment)",
    "built-in": "without any of these",
}
_PLATFORMS: tuple[Platform, ...] = ("linux", "container", "macos", "windows")


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
        "notes": list(_notes(fact, value, facts.get("ctx_trained"), known)),
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


def _notes(fact: str, value: Value, trained: object, release: Version | None) -> Iterator[str]:
    """Yield what none of the ways gets round."""
    over = isinstance(value, int) and isinstance(trained, int) and value > trained
    if fact == "ctx_per_slot" and over:
        sure = release and capped(release)
        no_more = (
            f"Ollama {named(release)} gives no more" if release and sure else "more is of little use to it"
        )
        yield f"the model was trained for {trained} tokens: {no_more}"


def render(found: Mapping[str, Any], paint: Paint) -> str:
    """Return the ways for people; what outranks the others comes first."""
    release = (
        f"Ollama {found['ollama_version']}" if found["ollama_version"] else "Ollama of an unknown release"
    )
    head = f"{found['fact']} = {_shown(found['value'])} in {release}; each outranks those below it"
    notes = [f"{paint('warning', '!')} {note}" for note in found["notes"]]
    return "\n".join(
        [paint("strong", head), *notes, *(line for way in found["ways"] for line in _way(way, paint))]
    )


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
