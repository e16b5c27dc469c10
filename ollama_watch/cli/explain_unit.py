"""What the unit and shells' files set of the server's variables, held against what it saw."""

import os
from collections.abc import Mapping
from typing import Any

from ollama_watch.app.homes import own_home
from ollama_watch.host import drift, shells, units

_FINE = ("seen", "given", "unsure")


def set_elsewhere(one: Mapping[str, Any], unit: str) -> list[dict[str, object]]:
    """Return what is set and did not reach the server of an explained launch, and how to mend it.

    `unit` "": nothing is asked. Where there is no such unit, shells' files say nothing either.
    """
    found = units.unit(unit) if unit else None
    if found is None:
        return []
    server = drift.Server(
        shown=one["environment"], release=one["facts"]["ollama_version"], unit=found, process=None
    )
    return [
        {
            "variable": row.setting.name,
            "value": row.setting.value,
            "where": row.setting.where,
            "seen": row.seen,
            "verdict": row.verdict,
            "text": row.text,
            "mend": list(row.mend),
        }
        for row in drift.rows(server, shells.shell_settings([own_home(os.environ)]))
        if row.verdict not in _FINE
    ]
