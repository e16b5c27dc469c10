"""How a cut prompt is worded: by what it was cut to, and beside what its slot has."""

import pytest

from ollama_watch.state.updates import Reported
from tests.support.checked import updates
from tests.support.ollama_log import OllamaLog


@pytest.mark.parametrize(
    ("limit", "worded"),
    [
        (4096, "(limit 4096)"),
        (4095, "(limit 4095)"),  # 0.30.9 and 0.30.10 leave one token
        (4094, "(limit 4094 of its 4096)"),
        (2050, "(limit 2050 of its 4096)"),
        (2048, "(limit 2048 of its 4096)"),
        (2047, "(limit 2047)"),  # too little: it may be another runner's
    ],
)
def test_a_limit_below_the_slots_context_is_told_with_it(limit: int, worded: str) -> None:
    log = OllamaLog().server("0.32.1", tier=4096).runs(ctx=4096)
    log.warns(f'"truncating input prompt" limit={limit} prompt=9000 keep=4 new={limit}')

    (loss,) = [one.fields["loss"] for one in updates(str(log)) if isinstance(one, Reported) if one.fields]
    assert str(loss).endswith(worded)
