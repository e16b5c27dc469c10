"""What comes of each rule, as the daemon would have come to it."""

from collections.abc import Sequence
from io import BytesIO

from ollama_watch.app.config import Config
from ollama_watch.app.considering import Considered, consider
from ollama_watch.app.judging import Judging
from ollama_watch.app.trial import Trial, read_trial
from ollama_watch.sources.textfile import lines_of
from ollama_watch.verify.rule import Broken, NotFor
from tests.support.ollama_log import OllamaLog
from tests.verify.ruletext import rule

INVALID = "on: invalid_environment"


def tried(log: OllamaLog) -> Trial:
    return read_trial(lines_of(BytesIO(str(log).encode())), Judging(Config()))


def considered(body: str, log: OllamaLog, launch: int = -1) -> Considered:
    trial = tried(log)
    about = trial.launches[launch] if trial.launches else None
    (found,) = consider([rule(body)], trial, about)
    return found


def invalid(*values: str, every: float = 0.0, variables: Sequence[str] = ("A",)) -> OllamaLog:
    """Each of the variables has each of the values, one after the other."""
    log = OllamaLog().server("0.32.1")
    for value in values:
        for variable in variables:
            log.warns(f'"invalid environment variable, using default" key={variable} value={value} default=c')
        log.wait(every)
    return log


def test_the_last_occurrence_that_breaks_the_rule_tells_not_the_last_of_all() -> None:
    found = considered(f"{INVALID}\nunless: {{fine: {{value: z}}}}", invalid("a", "b", "z"))

    assert found.fires
    assert found.facts["value"] == "b"


def test_the_gravest_tells() -> None:
    found = considered(f"{INVALID}\nescalate: {{warning: {{value: b}}}}", invalid("a", "b", "c"))

    assert isinstance(found.verdict, Broken)
    assert (found.verdict.severity, found.facts["value"]) == ("warning", "b")


def test_of_those_that_the_rule_is_not_for_the_last_tells() -> None:
    found = considered(f"{INVALID}\nwhen: {{value: x}}", invalid("a", "b"))

    assert (found.verdict, found.facts["value"], found.fires) == (NotFor(), "b", False)


def test_occurrences_count_within_the_span_alone() -> None:
    body = f"{INVALID}\ncount: 3\nwithin: 1m"
    slow, quick = invalid("a", "b", "c", every=40), invalid("a", "b", "c", every=20)

    assert (considered(body, slow).seen, considered(body, slow).fires) == (2, False)
    assert (considered(body, quick).seen, considered(body, quick).fires) == (3, True)


def test_occurrences_count_for_each_subject() -> None:
    body = f"{INVALID}\ncount: 3"

    assert considered(body, invalid("a", "b", variables="AB")).seen == 2
    assert considered(body, invalid("a", "b", "c", variables="AB")).fires


def test_the_most_that_was_ever_reached_is_told() -> None:
    log = invalid("a", "b", every=1).wait(600)
    log.warns('"invalid environment variable, using default" key=A value=c default=c')

    assert considered(f"{INVALID}\ncount: 3\nwithin: 1m", log).seen == 2


def test_an_event_that_must_last_is_pending_until_it_has() -> None:
    body = f"{INVALID}\nfor: 10m\nhold: 1h"
    log = invalid("a").wait(300).says("x")

    assert not considered(body, log.warns('"server config" env="map[]"')).fires
    assert considered(body, log.wait(600).warns('"server config" env="map[]"')).fires


def test_an_event_whose_hold_is_over_first_never_fires() -> None:
    log = invalid("a").wait(3600).warns('"server config" env="map[]"')

    assert not considered(f"{INVALID}\nfor: 10m\nhold: 5m", log).fires


def test_a_launch_is_pending_until_it_has_lasted() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4)
    body = "expect: {parallel: 1}\nfor: 10m"

    assert not considered(body, log).fires
    assert considered(body, log.wait(600).runs(ctx=8192, parallel=2)).fires
    assert not considered(body, log.wait(600).runs(ctx=8192).wait(60).runs(ctx=8192, parallel=2)).fires


def test_a_launch_lasts_until_the_next_that_keeps_the_rule() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4).wait(60).runs(ctx=8192).wait(3600)
    log.runs("b", ctx=8192)

    assert not considered("expect: {parallel: 1}\nfor: 10m", log, launch=0).fires
    assert considered("expect: {parallel: 1}\nfor: 30s", log, launch=0).fires


def test_it_is_named_after_the_model_that_it_happened_to() -> None:
    log = OllamaLog().server("0.32.1").runs("a", ctx=8192).runs("b", ctx=8192)

    assert considered(INVALID, invalid("a")).name == "A"
    assert considered("expect: {parallel: 1}", log, launch=0).name == tried(log).launches[0].name


def test_of_alerts_that_are_alike_the_last_tells() -> None:
    assert considered(INVALID, invalid("a", variables="AB")).name == "B"


def test_one_that_fires_tells_before_a_graver_one_that_is_pending() -> None:
    log = invalid("a", every=900)
    log.warns('"invalid environment variable, using default" key=B value=b default=c')

    found = considered(f"{INVALID}\nfor: 10m\nescalate: {{warning: {{value: b}}}}", log)

    assert (found.fires, found.facts["value"]) == (True, "a")


def test_what_happens_after_the_hold_is_another_alert() -> None:
    assert not considered(f"{INVALID}\nfor: 10m\nhold: 5m", invalid("a", "b", every=900)).fires


def test_what_happens_to_another_is_another_alert() -> None:
    log = invalid("a", every=240)
    log.warns('"invalid environment variable, using default" key=B value=b default=c')
    log.wait(240).warns('"server config" env="map[]"')

    assert not considered(f"{INVALID}\nfor: 6m\nhold: 5m", log).fires


def test_the_launches_of_other_models_end_nothing() -> None:
    log = OllamaLog().server("0.32.1").runs(ctx=8192, parallel=4).wait(60).runs("b", ctx=8192).wait(3600)
    log.runs("b", ctx=8192)

    assert considered("expect: {parallel: 1}\nfor: 10m", log, launch=0).fires


def test_a_launch_that_is_not_judged_neither_ends_an_alert_nor_begins_one() -> None:
    body = "expect: {layers_offloaded: '> 10'}\nfor: 10m"
    one = OllamaLog().server("0.32.1").launch(ctx=8192).layers(5).started()
    two = OllamaLog().server("0.32.1").runs(ctx=8192).wait(900).launch(ctx=8192).layers(5).started()

    assert considered(body, one.wait(60).runs(ctx=8192).wait(900).runs("b", ctx=8192), launch=0).fires
    assert not considered(body, two, launch=1).fires
