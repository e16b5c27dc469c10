"""Warnings of a launch are kept with it, a bounded number of them."""

from ollama_watch.state.updates import Changed
from tests.support.checked import updates
from tests.support.ollama_log import OllamaLog

_CACHE = '"model does not support caching, disabling parallel processing"'
_FLASH = '"flash attention enabled but not supported by gpu"'


def test_retries_and_repetitions_do_not_make_them_grow() -> None:
    log = OllamaLog().server("0.12.6", {"OLLAMA_NUM_PARALLEL": 4})
    for _ in range(30):
        log.warns(_FLASH).launch(ctx=8192, parallel=4)
    for _ in range(30):
        log.warns(_CACHE)

    records = [one.record for one in updates(str(log.started())) if isinstance(one, Changed)]

    assert len(records[-1].said) == max(len(one.said) for one in records) == 20


def test_a_retry_keeps_what_was_said_before_the_first_try() -> None:
    log = OllamaLog().server("0.12.6").warns(_FLASH).launch(ctx=8192).launch(ctx=8192).started()

    last = [one.record for one in updates(str(log)) if isinstance(one, Changed)][-1]

    assert [one.line for one in last.said] == [4]
