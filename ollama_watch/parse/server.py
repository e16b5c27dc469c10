"""Records of the server and of Ollama's own runners: one function a message (reference 1.7 to 8)."""

import re
from collections.abc import Callable, Mapping
from itertools import islice, pairwise

from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import Args, digest, from_command
from ollama_watch.parse.eras import BY_ID, BY_MESSAGE, Era
from ollama_watch.parse.load_request import load_request
from ollama_watch.parse.logfmt import Attributes
from ollama_watch.parse.secrets import masked, masked_all, without_logins
from ollama_watch.parse.withheld import WITHHELD

Read = Callable[[Attributes], ev.Event | None]

_VARIABLE = re.compile(r"(?:^|\s)([A-Za-z_][A-Za-z0-9_]{0,99}):(?!//)")
# Ollama prints some forty, and none that we use is long.
_MOST_VARIABLES, _LONGEST_VALUE = 200, 4000
_ERROR = 500  # characters of an error's text
_PATH = 4096  # of a path
_ELIDED = re.compile(r"\.\.\.|…")


def launch(era: Era, found: Attributes) -> ev.Event | None:
    """Return the launch that a record of `era` announces, or that it is only a probe."""
    if era.arguments == "none":
        return ev.LaunchLine(era, era.engine, Args())
    if era.arguments == "name":
        port = found.number("port")  # stands after the name: a line without it was cut, perhaps in the name
        return ev.LaunchLine(
            era,
            "image" if found.get("mode") == "imagegen" else era.engine,
            Args(port=port, cut=port is None),
            name=None if port is None else found.word("model") or None,
        )
    command = found.get("cmd")
    if not command:
        return ev.Unreadable(era.message.decode())
    args = from_command(command, cut=found.cut == "cmd")
    if args.model is None and args.hf is None:
        return None if args.cut else ev.Probe()
    return ev.LaunchLine(era, _engine(era, command, args), args)


def _engine(era: Era, command: str, args: Args) -> str:
    """`--ollama-engine` stands before the model: where that part was shortened, the engine is not known."""
    if args.ollama_engine:
        return "ollama-engine"
    shortened = era.engine == "llama-runner" and _ELIDED.search(command.partition("--model")[0])
    return "" if shortened else era.engine


def server_config(found: Attributes) -> ev.Event | None:
    """Split `map[K:V K:V …]` before each name; a value may hold blanks, an elided one is lost."""
    text = found.get("env", "")
    if not text.startswith("map["):
        return None
    cut = found.cut == "env" or not text.endswith("]")
    env, whole = _variables(text[4:] if cut else text[4:-1], cut=cut)
    kept = {k: v for k, v in env.items() if len(v) <= _LONGEST_VALUE and not _ELIDED.search(v)}
    return ev.ServerConfig(masked_all(kept), not whole)


def _variables(text: str, *, cut: bool) -> tuple[dict[str, str], bool]:
    """Return the variables of a text, and whether these are all; the last one of a cut text is lost."""
    names = list(islice(_VARIABLE.finditer(text), _MOST_VARIABLES + 1))
    found = {name[1]: text[name.end() : after.start()].strip() for name, after in pairwise(names)}
    if names and not cut and len(names) <= _MOST_VARIABLES:
        found[names[-1][1]] = text[names[-1].end() :].strip()
        return found, True
    return found, not (cut or names)


def _load(found: Attributes) -> ev.Event | None:
    request = load_request(found.get("request", ""), cut=found.cut == "request")
    return ev.Requested(request) if request else None


def _capped(found: Attributes) -> ev.Event | None:
    requested, trained = found.number("num_ctx"), found.number("n_ctx_train")
    if requested is None or trained is None:
        return None
    # From 0.9.3 to 0.11.4 the number is that of all slots, and the line says how many there are.
    return ev.Capped(requested // (found.number("num_parallel") or 1), trained, kept=False)


def _reduced(found: Attributes) -> ev.Event | None:
    before, now = found.number("old_num_ctx"), found.number("new_num_ctx")
    return None if before is None or now is None else ev.ContextReduced(before, now)


def _capped_old(found: Attributes) -> ev.Event | None:
    requested, trained = found.number("requested"), found.number("model")
    kept = trained is None
    trained = found.number("training size") if trained is None else trained
    return None if requested is None or trained is None else ev.Capped(requested, trained, kept)


def _truncated(found: Attributes) -> ev.Event | None:
    limit = found.number("limit")
    if limit is None:
        return None
    return ev.Truncated(limit, found.number("prompt"), found.number("new"))


def _invalid_environment(found: Attributes) -> ev.Event | None:
    variable = found.word("key")
    if not variable:
        return None
    value, default = (masked(variable, found.word(key)) for key in ("value", "default"))
    return ev.InvalidEnvironment(variable, value, default)


def _default_context(found: Attributes) -> ev.Event | None:
    tokens = found.number("default_num_ctx")
    return ev.DefaultContext(tokens, found.word("total_vram") or None) if tokens else None


def _named(*, loaded: bool) -> Read:
    def read(found: Attributes) -> ev.Event | None:
        return ev.Named(found.word("model"), loaded) if found.get("model") else None

    return read


def _failed(found: Attributes) -> ev.Event | None:
    return ev.Failed(found.word("model", _PATH) or None, without_logins(found.word("error", _ERROR)))


def _kv_dropped(found: Attributes) -> ev.Event | None:
    return ev.KvDropped(found.word("type")) if found.get("type") else None


def _engine_model(found: Attributes) -> ev.Event | None:
    return ev.EngineModel(found.word("architecture")) if found.get("architecture") else None


def _offload(found: Attributes) -> ev.Event | None:
    return offload(found.word("library"), found)


def offload(library: str, found: Attributes) -> ev.Offload:
    """Read the estimate; partial: some layers fit, not all."""
    fit, model = found.number("layers.offload"), found.number("layers.model")
    partial = fit is not None and model is not None and 0 < fit < model
    return ev.Offload(library.lower(), partial, found.number("layers.requested"))


def _died(found: Attributes) -> ev.Event:
    return ev.RunnerDied(without_logins(found.word("error", _ERROR) or found.word("string", _ERROR)))


def _always(event: ev.Event) -> Read:
    return lambda found: event


MESSAGES: Mapping[bytes, Read] = {
    **{words: _always(event) for words, event in WITHHELD.items()},
    b"load": _load,
    b"server config": server_config,
    b"vram-based default context": _default_context,
    b"inference compute": lambda found: ev.Compute(found.word("library").lower()),
    b"no compatible GPUs were discovered": _always(ev.Compute("cpu")),
    b"entering low vram mode": _always(ev.LowVram()),
    b"kv cache type not supported by model": _kv_dropped,
    b"quantized kv cache requested but flash attention disabled": _kv_dropped,
    b"OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE": _kv_dropped,
    b"unsupported OLLAMA_KV_CACHE_TYPE": _kv_dropped,
    b"requested context size too large for model": _capped,
    b"requested context length is greater than model max context length": _capped_old,
    b"requested context length is greater than the model's training context window size": _capped_old,
    b"truncating input prompt": _truncated,
    b"invalid environment variable, using default": _invalid_environment,
    b"llama-server load failed; reducing automatic context and retrying once": _reduced,
    b"invalid option provided": lambda found: ev.InvalidOption(found.word("option")),
    b"offload": _offload,
    b"loading model": lambda found: ev.LayersAsked(found.number("requested")),
    b"": _engine_model,
    b"template selection": _named(loaded=True),
    b"NewLlamaServer failed": _failed,
    b"failed to create server": _failed,
    b"failed to load model metadata": _failed,
    b"Load failed": _failed,
    b"error loading llama server": _failed,
    b"unable to load any llama server": _failed,
    b"llama runner terminated": _died,
    b"llama-server terminated": _died,
    b"llama runner process no longer running": _died,
    b"llama-server process no longer running": _died,
    b"client connection closed before server finished loading, aborting load": _always(ev.ClientGone()),
    b"client connection closed before llama-server finished loading, aborting load": _always(ev.ClientGone()),
    b"context expired before server started": _always(ev.ClientGone()),
    b"mlx runner is ready": _always(ev.Started(None)),
    b"stopping mlx runner subprocess": _always(ev.Unloaded()),
    b"stopping image runner subprocess": _always(ev.Unloaded()),
} | {era.message: (lambda found, era=era: launch(era, found)) for era in BY_MESSAGE.values()}

_STARTED = re.compile(rb"llama(?: runner|-server) started in (\d{1,9}(?:\.\d{1,9})?) seconds")
_LISTENING = re.compile(rb"Listening on \S++(?: \(version ([^)]{0,100})\))?")
_OFFLOADED = re.compile(rb"offloaded (\d{1,9})/(\d{1,9}) layers to GPU")
_OFFLOAD_TO = re.compile(rb"offload to (\w{1,40})")
_LIBRARY = re.compile(rb"Invalid OLLAMA_LLM_LIBRARY (\S{1,100}) - not found")
_TEMPLATE = b"model is missing tokenizer.chat_template"
_IN_PROCESS = b"Loading Dynamic llm server: "  # and its path: what a launch of 0.1.21 to 0.1.31 begins with


def worded(message: bytes, found: Attributes) -> ev.Event | None:  # noqa: PLR0911  # a row a wording
    """Return what a message with a number or a name in its own text announces, or None."""
    if match := _STARTED.fullmatch(message):
        return ev.Started(float(match[1]))
    if match := _OFFLOADED.fullmatch(message):
        return ev.Offloaded(int(match[1]), int(match[2]))
    if match := _LISTENING.fullmatch(message):
        return ev.Listening((match[1] or b"").decode("ascii", "replace"))
    if match := _OFFLOAD_TO.fullmatch(message):
        library = match[1].decode()
        return offload("" if library == "gpu" else library, found)  # up to 0.1.44 it said no more than gpu
    if match := _LIBRARY.fullmatch(message):
        return ev.LibraryUnknown(match[1].decode("utf-8", "replace"))
    if message.startswith(_IN_PROCESS):
        return launch(BY_ID["in-process"], found)
    if message.startswith(_TEMPLATE) and found.get("model"):
        return ev.Named(found.word("model"), loaded=False)
    return None


__all__ = ["MESSAGES", "digest", "launch", "offload", "server_config", "worded"]
