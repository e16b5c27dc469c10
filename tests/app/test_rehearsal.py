"""Cases are played as the daemon would live them: on log time, with one rule, moment by moment."""

from collections.abc import Sequence
from io import BytesIO

import pytest

from ollama_watch.app.rehearsal import Played, play
from ollama_watch.errors import UserError
from ollama_watch.sources.textfile import lines_of
from ollama_watch.verify.case import Case, Moment, Told
from tests.support.ollama_log import OllamaLog
from tests.verify.ruletext import rule

ONE_SLOT = "expect: {parallel: 1}"
MISSED: Told = {"actual": "4"}


def played(body: str, log: OllamaLog, *moments: tuple[float | None, Sequence[Told]]) -> Played:
    found = tuple(Moment(at=at, alerts=tuple(alerts)) for at, alerts in moments)
    case = Case(name="c", rule="r", moments=found, log=str(log))
    return play(rule(body), case, lines_of(BytesIO(case.log.encode())))


def test_an_alert_that_fires_at_the_end() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, (None, [{"severity": "info", "fact": "parallel", "actual": "4"}])).passed
    assert not played(ONE_SLOT, log, (None, [])).passed


def test_what_lacks_and_what_nobody_expected_are_told_apart() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    (miss,) = played(ONE_SLOT, log, (None, [{"actual": "5"}])).misses

    assert miss.lacking == ({"actual": "5"},)
    assert [told["actual"] for told in miss.unexpected] == ["4"]


def test_moments_are_looked_at_before_what_comes_after_them() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4).wait(100).runs(ctx=8192, parallel=1)

    assert played(ONE_SLOT, log, (60.0, [MISSED]), (300.0, []), (None, [])).passed


def test_an_alert_waits_as_long_as_its_rule_says() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    assert played(f"{ONE_SLOT}\nfor: 5m", log, (290.0, []), (310.0, [MISSED])).passed


def test_an_event_is_held_as_long_as_its_rule_says() -> None:
    log = (
        OllamaLog()
        .server("0.32.1")
        .warns('"invalid environment variable, using default" key=A value=b default=c')
    )

    assert played("on: invalid_environment\nhold: 10m", log, (590.0, [{}]), (610.0, [])).passed


def test_a_rule_that_is_off_is_tried_all_the_same() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    assert played(f"{ONE_SLOT}\nenabled: off", log, (None, [MISSED])).passed


@pytest.mark.parametrize("pattern", ["sha256:*", "*"])
def test_texts_may_be_patterns(pattern: str) -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, (None, [{"model": pattern, "summary": "?"}])).passed


def test_each_alert_is_matched_once_the_most_exact_first() -> None:
    log = OllamaLog().server("0.32.1").runs("a", ctx=8192, parallel=4).runs("b", ctx=8192, parallel=2)

    assert played(ONE_SLOT, log, (None, [{}, MISSED])).passed
    assert not played(ONE_SLOT, log, (None, [MISSED, MISSED])).passed


def test_facts_that_no_log_stands_for() -> None:
    told: Told = {"severity": "info", "fact": "parallel", "expected": "1", "actual": "4", "summary": "s"}
    case = Case(name="c", rule="r", moments=(Moment(at=None, alerts=(told,)),), facts={"parallel": 4})

    assert play(rule(ONE_SLOT), case, ()).passed
    assert not play(rule("expect: {parallel: 4}"), case, ()).passed
    assert not play(rule("expect: {ctx_size: 4}"), case, ()).passed


def test_lines_without_any_time() -> None:
    log = OllamaLog().raw(
        'msg="starting llama server" cmd="ollama runner --model /x --ctx-size 9 --parallel 4"'
    )

    assert played(ONE_SLOT, log, (0.0, [MISSED]), (None, [MISSED])).passed
    with pytest.raises(UserError, match="none of its lines carries a time"):
        played(ONE_SLOT, log, (60.0, [MISSED]))
