"""Configured against effective: of each setting who said what, what it became, and who won."""

from collections.abc import Mapping
from dataclasses import dataclass

from ollama_watch.cause import settings, variables
from ollama_watch.cause.became.circumstances import Loaded
from ollama_watch.cause.won import UNTOLD, Given, Won, decide
from ollama_watch.model import Launch, Value
from ollama_watch.state import defaults
from ollama_watch.state.record import Record

NOT_TOLD = "not told"  # by the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One setting of one launch. None: it sets nothing, or has no such thing."""

    fact: str
    request: Value = None  # `NOT_TOLD`: the log does not show a request's options
    model: Value = None  # the params layer; `NOT_TOLD`: it was not read
    environment: Value = None  # as the server's own start line shows it
    became: Value = None
    winner: str = ""  # request, model, environment, built-in, or "" where nothing tells
    sure: bool = False
    steps: tuple[str, ...] = ()


def rows(record: Record, launch: Launch) -> tuple[Row, ...]:
    """Return a row for each setting that somebody can make, in the order in which people ask."""
    loaded = _loaded(record, launch)
    return tuple(_row(fact, record, launch, loaded) for fact in settings.FACTS)


def _row(fact: str, record: Record, launch: Launch, loaded: Loaded) -> Row:
    given: Mapping[str, Given] = {
        "request": _request(fact, launch),
        "model": model_says(fact, record),
        "environment": _environment(fact, record),
    }
    became = _became(fact, launch)
    won = decide(fact, record.server.version, builtin=record.builtin, loaded=loaded, **given)
    winner, sure = str(won.source), True
    if winner == "unknown":
        winner, sure = _deduced(fact, given, became, record, loaded), False
    elif fact == "ctx_per_slot" and became is not None and not record.reduced:
        winner, sure = _held(won, given, became)
    return Row(
        fact=fact,
        became=became,
        winner=winner,
        sure=sure,
        steps=won.steps if sure else (),
        **{source: NOT_TOLD if value is UNTOLD else value for source, value in given.items()},
    )


def _became(fact: str, launch: Launch) -> Value:
    if fact == "flash_attention":
        return launch.facts["flash_attention_effective"] or launch.facts["flash_attention"]
    if fact == "gpu_layers" and launch.facts["gpu_layers"] is None:
        return launch.facts["layers_offloaded"]
    return launch.facts[fact]


def _request(fact: str, launch: Launch) -> Given:
    """A request of /v1 carries no option of the runner; what one of /api carried is in no log."""
    if not _has_option(fact) or (launch.request and launch.request.endpoint.startswith("/v1/")):
        return None
    return UNTOLD


def model_says(fact: str, record: Record) -> Given:
    """Return what the params layer says of a setting; `UNTOLD`: it was not read, or its tags do not agree."""
    if not _has_option(fact):
        return None
    if fact == "ctx_per_slot" and record.num_ctx is not None:
        return record.num_ctx
    name = next(way.name for way in settings.ways(fact, record.server.version) if way.source == "model")
    said = [one.options for one in record.names if not record.tags or one.tag in record.tags]
    if not said or any(options is None for options in said):
        return UNTOLD
    values = {_plain(options.get(name)) for options in said if options is not None}
    return values.pop() if len(values) == 1 else UNTOLD


def _plain(value: object) -> Value:
    return value if isinstance(value, int | float | str | bool) else None


def _has_option(fact: str) -> bool:
    return fact not in variables.OF_FACT or fact == "ctx_per_slot"


def _environment(fact: str, record: Record) -> Given:
    """Return what the start line proves; a default that it fills in proves nothing."""
    variable = variables.OF_FACT.get(fact)
    if variable is None:
        return None
    if record.server.env is None:
        return UNTOLD
    if fact == "ctx_per_slot":
        return defaults.environment(record.server)
    shown = record.server.env.get(variable.name)
    if fact == "parallel":
        return None if shown in (None, "", "0", "1") else shown
    return None if shown in (None, "", "false") else shown


def _loaded(record: Record, launch: Launch) -> Loaded:
    facts = launch.facts
    trained, slots, tokens = facts["ctx_trained"], facts["parallel"], facts["ctx_per_slot"]
    flash = facts["flash_attention_effective"]
    return Loaded(
        architecture=record.blob.architecture,
        engine=record.engine,
        library=str(facts["library"]) if facts["library"] else None,
        trained=trained if isinstance(trained, int) else None,
        embedding=record.embedding,
        projector=bool(facts["mmproj"]),
        low_vram=record.server.low_vram,
        num_ctx=tokens if isinstance(tokens, int) else None,
        parallel=slots if isinstance(slots, int) else None,
        flash_attention=flash if isinstance(flash, str) else None,
    )


def _held(won: Won, given: Mapping[str, Given], became: Value) -> tuple[str, bool]:
    """Return who won, and whether that is sure: what it said may have changed since the launch."""
    if won.value is None:
        return str(won.source), given.get(won.source) in (None, became)
    return (str(won.source), True) if won.value == became else ("", False)


def _alone(given: Mapping[str, Given], record: Record, loaded: Loaded) -> Won:
    """Return what the context would be if whoever is untold said nothing."""
    told = {source: None if value is UNTOLD else value for source, value in given.items()}
    return decide("ctx_per_slot", record.server.version, builtin=record.builtin, loaded=loaded, **told)


def _deduced(fact: str, given: Mapping[str, Given], became: Value, record: Record, loaded: Loaded) -> str:
    """Return the one known source that says what it became; what none says, somebody untold asked for."""
    if became is None:
        return ""
    saying = [source for source, value in given.items() if value is not UNTOLD and value == became]
    tokens = became if fact == "ctx_per_slot" and isinstance(became, int) else None
    if tokens:
        alone = _alone(given, record, loaded)
        if alone.value == tokens:
            return str(alone.source)
        if alone.source in ("model", "environment"):
            tokens = None  # Ollama's own is outranked
    if not saying and defaults.is_default(tokens, record.default):
        saying = ["built-in"]
    if not saying and fact != "ctx_per_slot" and record.server.version:
        own = settings.built_in(fact, record.server.version).split(",")[0]
        saying = ["built-in"] if own == str(became) else []
    if len(saying) == 1:
        return saying[0]
    untold = [source for source, value in given.items() if value is UNTOLD]
    return " or ".join(untold) if fact == "ctx_per_slot" and not saying else ""
