"""Contexts above the trained length: cut to it, or only called too large."""

import pytest

from tests.support.checked import checked, found
from tests.support.ollama_log import OllamaLog

ESTIMATE = '"requested context length is greater than model max context length" requested=8192 model=4096'


@pytest.mark.parametrize(
    ("release", "ctx", "told"),
    [("0.1.32", 4096, [("context-capped", "info")]), ("0.1.33", 8192, []), ("0.1.34", 8192, [])],
)
def test_what_is_launched_all_the_same_was_not_capped(
    release: str, ctx: int, told: list[tuple[str, str]]
) -> None:
    log = OllamaLog().server(release).warns(ESTIMATE).runs(ctx=ctx)

    assert found(checked(str(log))) == told
