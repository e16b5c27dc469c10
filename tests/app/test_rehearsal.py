"""Cases are played as the daemon would live them: on log time, with one rule, moment by moment."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest

from ollama_watch.app.rehearsal import Played, play
from ollama_watch.app.workshop import Outcome
from ollama_watch.cli.paint import Paint
from ollama_watch.cli.rules.played_text import block
from ollama_watch.errors import UserError
from ollama_watch.sources.textfile import lines_of
from ollama_watch.verify.case import Case, Moment, Notice, Told
from tests.support.ollama_log import OllamaLog
from tests.verify.ruletext import rule

ONE_SLOT = "expect: {parallel: 1}"
MISSED: Told = {"actual": "4"}


def played(body: str, log: OllamaLog, *moments: tuple[float | None, Sequence[Told]], **more: Any) -> Played:
    found = tuple(Moment(at=at, alerts=tuple(alerts)) for at, alerts in moments)
    case = Case(name="c", rule="r", moments=found, log=str(log), **more)
    return play(rule(body), case, lines_of(BytesIO(case.log.encode())))


def told(
    *notices: tuple[float | None, str | None] | tuple[float | None, str | None, Told],
) -> tuple[Notice, ...]:
    return tuple(Notice(at=at, what=what, alert=dict(*alert)) for at, what, *alert in notices)


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


# ---- time


def test_a_line_of_the_very_moment_is_read_before_it_is_looked_at() -> None:
    log = OllamaLog().server("0.32.1").says("x").wait(60.0 - 0.4).launch(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, (59.9, []), (60.0, [MISSED])).passed


@pytest.mark.parametrize(
    "first",
    [
        'time=2026-03-01T11:59:00Z level=INFO msg="nothing that we follow"',
        "2026/03/01 11:59:00 images.go:1: INFO nothing that we follow",
        '[GIN] 2026/03/01 - 11:59:00 | 200 | 1.2s | 127.0.0.1 | GET "/api/version"',
    ],
)
def test_moments_count_from_the_first_line_that_carries_a_time(first: str) -> None:
    log = OllamaLog().raw(first).launch(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, (59.0, []), (60.0, [MISSED])).passed


def test_a_line_that_names_no_zone_is_written_in_that_of_the_others() -> None:
    log = OllamaLog().raw('[GIN] 2026/03/01 - 13:59:00 | 200 | 1.2s | 127.0.0.1 | GET "/api/version"')
    log.raw('time=2026-03-01T14:00:00+02:00 level=INFO msg="a"').launch(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, (59.0, []), (60.0, [MISSED])).passed


def test_an_occurrence_in_a_line_without_a_time_is_of_the_moment_of_the_line_above() -> None:
    refused = (
        "srv send_error: task id = 7, error: input is too large to process. increase the physical batch size"
    )
    log = OllamaLog().server("0.32.1").runs(ctx=8192, flags="--embedding")
    log.raw('[GIN] 2026/03/01 - 12:10:00 | 400 | 1.0s | 127.0.0.1 | POST "/api/embed"').raw(refused)

    assert played("on: input_refused\nhold: 10m", log, (1199.0, [{}]), (1201.0, [])).passed


# ---- what people are told


CUT = '"truncating input prompt" limit=16384 prompt=20000 keep=4 new=16384'
EVENT = "on: prompt_truncated\n"


def often(*waits: float) -> OllamaLog:
    log = OllamaLog().warns(CUT)
    for wait in waits:
        log.wait(wait).warns(CUT)
    return log


def test_a_begin_and_an_end_are_told_with_their_moments() -> None:
    body = f"{EVENT}hold: 10m"

    assert played(
        body, often(), told=told((0, "begin", {"severity": "info"}), (600, "end")), until=700.0
    ).passed
    assert not played(body, often(), told=told((0, "begin"), (602, "end")), until=700.0).passed
    assert not played(body, often(), told=told((0, "begin")), until=700.0).passed
    assert not played(body, often(), told=told((0, "begin"), (600, "end")), until=500.0).passed


def test_what_the_last_line_brings_is_told_at_its_moment() -> None:
    assert played(EVENT, often(), told=told((0, "begin"))).passed


def test_what_is_told_again_and_what_is_told_once() -> None:
    log, body = often(1800, 3600), f"{EVENT}hold: 4h\nrepeat: 1h\n"

    assert played(body, log, told=told((0, "begin"), (3600, "repeat")), until=7000.0).passed
    assert played(body, log, told=told((0, "begin"), (3600, "repeat"), (7200, "repeat")), until=8000.0).passed
    assert played(f"{body}tell: once", log, told=told((0, "begin")), until=8000.0).passed


def test_nobody_is_told() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)

    assert played(ONE_SLOT, log, told=told((None, None))).passed
    assert not played(ONE_SLOT, log, told=()).passed
    assert played("expect: {parallel: 4}", log, told=()).passed
    assert played(f"{ONE_SLOT}\nfor: 5m", log, told=(), until=290.0).passed
    assert played(f"{ONE_SLOT}\nfor: 5m", log, told=told((300, "begin")), until=310.0).passed


def test_changes_are_passed_over_unless_one_is_named() -> None:
    log = often(60)

    assert played(EVENT, log, told=told((0, "begin")), until=100.0).passed
    assert played(EVENT, log, told=told((0, "begin"), (60, "change", {"times": "2"})), until=100.0).passed
    assert not played(EVENT, log, told=told((0, "begin"), (60, "change", {"times": "3"})), until=100.0).passed


def test_a_count_is_reached_within_its_span() -> None:
    body = f"{EVENT}count: 3\nwithin: 10m\nhold: 1h"

    assert played(body, often(200, 200), told=told((400, "begin", {"times": "1"})), until=500.0).passed
    assert played(body, often(400, 400), told=(), until=900.0).passed


def test_what_is_told_otherwise_is_shown_from_the_first_difference_on() -> None:
    (miss,) = played(f"{EVENT}hold: 10m", often(), told=told((0, "begin"), (5, "repeat")), until=700.0).misses

    assert miss.moment is None
    assert miss.lacking == ({"at": "5s", "what": "repeat"},)
    assert [(one["at"], one["what"]) for one in miss.unexpected] == [("10m", "end")]


def test_time_may_pass_beyond_the_last_line() -> None:
    assert played(f"{EVENT}hold: 10m", often(), (None, []), until=700.0).passed
    assert played(f"{EVENT}hold: 10m", often(), (None, [{}]), until=500.0).passed


def test_long_silences_are_skipped_and_nothing_in_them_is_missed() -> None:
    """A load that is given up after ten minutes is complete then, and told."""
    log = OllamaLog().server("0.32.1").launch(ctx=8192, parallel=4)

    assert played(f"{ONE_SLOT}\nfor: 2d", log, told=told((2 * 86400, "begin")), until=5 * 86400.0).passed
    assert played(ONE_SLOT, log, told=told((5, "begin"), (7 * 86400, "end")), until=8 * 86400.0).passed


def test_it_is_shown_to_people_who_write_cases() -> None:
    found = played(EVENT, often(), told=told((5, "begin")))
    shown = "\n".join(block(Outcome(case=found.case, played=found), Paint()))

    assert "told to people" in shown
    assert "- expected  at: 5s, what: begin" in shown
    assert "+ is told   at: 0s, what: begin, severity: info" in shown
