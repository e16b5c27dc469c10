"""From the API's object back to an alert. Whatever the other end sends, it is an alert or UnreadableError."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import SEVERITIES, Cause, Facts, Finding, Launch, Value

_STATES = ("pending", "firing", "resolved")
_ENDS = ("fixed", "replaced", "accepted", "excused", "over", "forgotten")
_SURENESS = ("certain", "likely", "possible")


class UnreadableError(Exception):
    """What came is no alert of ours."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One alert and what its daemon told of it."""

    alert: Alert
    told: float | None  # s since the epoch; None: nobody is told (yet)
    repeat: float  # s after which it may be told again
    inhibited: bool = False  # another one speaks for it: it goes on unseen


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is pending or firing, instead of what was known before."""

    ready: bool  # False: the daemon still reads its log, so what is missing may come
    alerts: tuple[Heard, ...]
    desktop: str = ""  # id of the session bus on whose desktop the daemon shows pop-ups itself


def everything(data: Any) -> Everything:
    """Return what a `snapshot` says; raises UnreadableError."""
    if not isinstance(data, Mapping) or not isinstance(data.get("alerts"), list):
        raise UnreadableError
    alerts = tuple(heard(one) for one in data["alerts"])
    return Everything(data.get("ready") is True, alerts, str(data.get("desktop") or ""))


def heard(data: Any) -> Heard:
    """Return what an `alert` says; raises UnreadableError."""
    try:
        alert = Alert(
            id=str(data["id"]),
            key=str(data["key"]),
            state=_word(data["state"], _STATES),
            finding=_finding(data),
            since=_moment(data["since"]) or 0.0,
            updated=_moment(data["updated"]) or 0.0,
            asleep=data.get("asleep") is True,
            ended=_word(data["ended"], _ENDS) if data.get("ended") else "",
            ended_by=_launch(data, data.get("ended_by")),
        )
        alert = replace(alert, worst=_worst(data, alert.finding))
        told, repeat = _moment(data.get("told")), float(data.get("repeat") or 0.0)
        return Heard(alert, told, repeat, bool(data.get("inhibited_by")))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UnreadableError(str(error)) from error


def _finding(data: Mapping[str, Any]) -> Finding:
    rule = str(data["rule"])
    return Finding(
        rule=rule,
        severity=_word(data["severity"], SEVERITIES),
        launch=_launch(data, data.get("facts")),
        source=str(data["source"]),
        host=None if data["host"] is None else str(data["host"]),
        subject=str(data["key"]).rpartition(f"/{rule}/")[2],
        line=0,
        at=0.0,
        fact=None if data["fact"] is None else str(data["fact"]),
        expected=None if data["expected"] is None else str(data["expected"]),
        actual=_value(data["actual"]),
        message=str(data["summary"]),
        of_model=data["model"] is not None,
        count=int(data["count"]),
        causes=_causes(data),
        fixes=tuple(str(one) for one in data["fixes"]),
    )


def _worst(data: Mapping[str, Any], newest: Finding) -> Finding | None:
    """Return the worst event of its life; a daemon of an older release tells of none."""
    found = data.get("worst")
    if found is None:
        return None
    return replace(
        newest,
        launch=_launch(data, found["facts"]),
        message=str(found["summary"]),
        fields=_facts(found["fields"]),
        causes=_causes(found),
    )


def _causes(data: Mapping[str, Any]) -> tuple[Cause, ...]:
    return tuple(Cause(str(one["text"]), _word(one["confidence"], _SURENESS)) for one in data["causes"])


def _launch(data: Mapping[str, Any], facts: Mapping[str, Any] | None) -> Launch | None:
    """Return a launch with its facts: of all else a pop-up tells nothing."""
    if facts is None:
        return None
    return Launch(
        index=0,
        source=str(data["source"]),
        host=None if data["host"] is None else str(data["host"]),
        line=0,
        cursor="",
        at=0.0,
        era="",
        complete=True,
        started=True,
        failed=False,
        facts=_facts(facts),
    )


def _facts(facts: Mapping[str, Any]) -> Facts:
    return {str(name): _value(value) for name, value in facts.items()}


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no value of a fact: {value!r}")


def _word(found: Any, words: tuple[Any, ...]) -> Any:
    if found not in words:
        raise ValueError(f"one of {words}, not {found!r}")
    return found


def _moment(text: Any) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
