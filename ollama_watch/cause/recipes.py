"""What to type so that a setting is as it is wanted: for one way, one platform, one release.

Names of models are hostile: they stay data wherever they are put, and where that cannot be had
(a Modelfile has no quoting against a line break, cmd.exe none at all) there is no recipe.
Windows means cmd.exe.
"""

import json
import re
import shlex

from ollama_watch.cause import options, settings
from ollama_watch.cause.platform import variables
from ollama_watch.cause.settings import Way
from ollama_watch.model import Platform, Value
from ollama_watch.parse.version import Version

_NOBODY = "MODEL"  # stands for a tag that the log did not tell
_ADDRESS = "http://127.0.0.1:11434"
_NAME = re.compile(r"[A-Za-z0-9][\w.:/-]{0,350}", re.ASCII)  # what Ollama takes for a name
_CACHE_TYPES = frozenset(("f16", "q8_0", "q4_0"))  # reference 5; others are dropped, from 0.30 fatal
_SWITCH = {"on": "1", "off": "0"}
_LONGEST = 60  # characters of a name's copy in a new name; Ollama takes 80


def recipe(
    way: Way, value: Value, platform: Platform, model: str | None, release: Version | None
) -> str | None:
    """Return the text to type, or None where this way does not lead there.

    `model`: its tag; None: not known, then MODEL stands for it. For /v1 the text says what helps instead.
    """
    match way.source:
        case "request" if way.settable:
            return _request(way, value, platform, model)
        case "model" if way.settable:
            return _modelfile(way, value, platform, model)
        case "environment" if way.settable:
            text = _environment_value(way, value)
            needed = _besides(way, text, release)
            return None if text is None else variables({**needed, way.name: text}, platform)
        case "v1":
            return _instead(way, value, platform, model, release)
    return None


def _environment_value(way: Way, value: Value) -> str | None:
    """Return the text that the server reads as `value`; None: it takes no such value."""
    match way.fact:
        case "flash_attention":
            return _SWITCH.get(value) if isinstance(value, str) else None
        case "kv_cache_type":
            return value if isinstance(value, str) and value in _CACHE_TYPES else None
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return str(value) if whole else None


def _besides(way: Way, text: str | None, release: Version | None) -> dict[str, str]:
    """Return what else has to be set: up to 0.24 a quantized cache needs flash attention (reference 5)."""
    needed = way.fact == "kv_cache_type" and text != "f16" and settings.CACHE_NEEDS_FLASH.holds(release)
    return {"OLLAMA_FLASH_ATTENTION": "1"} if needed else {}


def _request(way: Way, value: Value, platform: Platform, model: str | None) -> str | None:
    """Without a prompt the model is only loaded, which is what is wanted."""
    written = options.written(options.OPTIONS[way.name], value)
    if written is None or not way.endpoints:
        return None
    body = {"model": model or _NOBODY, "options": {way.name: value}}
    text = json.dumps(body)
    command = f"curl {_ADDRESS}{way.endpoints[0]} -d"
    if platform != "windows":
        return f"{command} {shlex.quote(text)}"
    if not _NAME.fullmatch(body["model"] if isinstance(body["model"], str) else ""):
        return None
    escaped = text.replace('"', '\\"')
    return f'{command} "{escaped}"'


def _modelfile(way: Way, value: Value, platform: Platform, model: str | None) -> str | None:
    """Return a command that writes the two lines and makes a model of them, its weights shared.

    The file is named like the model: one called Modelfile may be the user's own.
    """
    written = options.written(options.OPTIONS[way.name], value)
    source = model or _NOBODY
    if written is None or not _NAME.fullmatch(source):
        return None
    lines = (f"FROM {source}", f"PARAMETER {way.name} {written}")
    name = new_name(source, way.name, written)
    file = f"{name}.Modelfile"
    create = f"ollama create {name} -f {file}"
    if platform == "windows":
        return f"({'&'.join(f'echo {line}' for line in lines)})>{file} && {create}"
    # Neither the name nor the value has a sign that any quoting would mind.
    command = f"printf '{lines[0]}\\n{lines[1]}\\n' > {file} && {create}"
    return f'docker exec ollama sh -c "{command}"' if platform == "container" else command


def new_name(model: str, option: str, written: str) -> str:
    """Return a name for the model with a parameter of its own: `qwen3-8b-num_ctx-32768`."""
    copied = re.sub(r"[^A-Za-z0-9_.-]+", "-", model.rpartition("/")[2])[:_LONGEST].strip("-._")
    return f"{copied or 'model'}-{option}-{written.lstrip('-')}"


def _instead(
    way: Way, value: Value, platform: Platform, model: str | None, release: Version | None
) -> str | None:
    """Say what helps a client of /v1; None where nothing does."""
    others = [other for other in settings.ways(way.fact, release) if other.source in ("model", "environment")]
    found = [(other, recipe(other, value, platform, model, release)) for other in others]
    helps = [f"  {_WHO[other.source]}: {text}" for other, text in found if text]
    carried = f"no request to /v1 can carry {way.name}" if way.name else "no request can carry this"
    return "\n".join((f"{carried}; instead", *helps)) if helps else None


_WHO = {"model": "a model of its own for such clients", "environment": "for the whole server"}
