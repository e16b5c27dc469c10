"""What people hear over days, reboots and upgrades: at most one notice a problem that still exists."""

from collections import Counter
from pathlib import Path

import pytest

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import WANTED as OTHERS
from ollama_watch.app.config import Config, Want
from ollama_watch.verify.condition import Compared, Condition
from tests.support.checked import SHIPPED
from tests.support.world import World, rules

WANTED = Config(rules=SHIPPED, want=(Want("*", 32768),))
DAY, QUARTER = 86400.0, 900.0
OLDER = Path(__file__).parent / "checkpoints" / "0.1.json"  # of a daemon that told of a, b and c
# What comes between two launches: nothing that the log shows, a runner that dies, a server, or a daemon.
BETWEEN = (
    "keep-alive ends",
    "runner dies",
    "server restarts",
    "server stops",
    "daemon restarts",
    "daemon is killed",
)


def loud(notices: list[Notice]) -> list[tuple[str, str]]:
    """Return what people hear: a change is shown without a sound."""
    return [(notice.what, notice.alert.rule) for notice in notices if notice.what != "change"]


def settle(world: World) -> list[Notice]:
    """Let the daemon look for a while."""
    told = []
    for seconds in (0.0, 1.0, 6.0):
        world.log.wait(seconds)
        told += world.turn()
    return told


def between(world: World, what: str) -> list[Notice]:
    match what:
        case "runner dies":
            world.log.says('"llama-server process no longer running" sys=9 string="signal: killed"')
        case "server restarts":
            world.log.server("0.32.1")
        case "server stops":
            world.systemd("stopped")
            world.log.wait(60).server("0.32.1")
        case "daemon restarts" | "daemon is killed":
            world.dies()
            return world.comes_up(upgraded=what == "daemon restarts")
    return []


@pytest.mark.parametrize("what", BETWEEN)
def test_a_launch_each_quarter_of_an_hour_is_one_notice_a_day(what: str) -> None:
    world = World(WANTED)
    told: list[tuple[float, str]] = []
    begin = world.log.now
    for number in range(3 * 96):
        world.log.wait(begin + number * QUARTER - world.log.now)
        world.log.runs("a", ctx=8192)
        notices = [*settle(world), *between(world, what)]
        told += [(world.log.now - begin, notice.what) for notice in notices]

    assert [what for _, what in told] == ["begin", "repeat", "repeat"]
    assert [round(at // DAY) for at, _ in told] == [0, 1, 2]


def test_what_the_log_does_not_show_again_is_not_told_again() -> None:
    """Without a launch nobody knows whether it is still so."""
    world = World(WANTED)
    world.log.runs("a", ctx=8192)
    assert loud(settle(world)) == [("begin", "context-below-wanted")]

    world.log.wait(3 * DAY)
    assert loud(settle(world)) == []


def reboot(world: World, *, checkpoint: bool = True, upgraded: bool = False) -> list[Notice]:
    """End server and daemon, and start them; the models are loaded again when the daemon is up."""
    world.systemd("stopped")
    world.dies()
    world.log.wait(90).server("0.32.1")
    told = world.comes_up(upgraded=upgraded) if checkpoint else world.resume("")
    for model in "abc":
        world.log.wait(60).runs(model, ctx=8192)
        told += settle(world)
    return told


@pytest.mark.parametrize("upgraded", [False, True])
def test_what_was_told_before_a_reboot_is_not_told_after_it(upgraded: bool) -> None:  # noqa: FBT001  # a case
    world = World(WANTED)
    for model in "abc":
        world.log.runs(model, ctx=8192)
    assert loud(settle(world)) == 3 * [("begin", "context-below-wanted")]
    ids = {alert.id for alert in world.active.values()}

    assert loud(reboot(world, upgraded=upgraded)) == []
    assert {alert.id for alert in world.active.values()} == ids


def test_without_a_checkpoint_each_problem_is_told_once() -> None:
    world = World(WANTED)
    for _ in range(3):
        for model in "abc":
            world.log.wait(QUARTER).runs(model, ctx=8192)
    world.dies()

    assert loud([*world.resume(""), *settle(world)]) == 3 * [("begin", "context-below-wanted")]


def test_history_without_a_checkpoint_tells_of_nothing_that_is_over() -> None:
    """Of what was broken, mended, cut or gone long ago nobody hears."""
    world = World(WANTED)
    world.log.runs("a", ctx=8192).warns('"truncating input prompt" limit=8192 prompt=9000 keep=4 new=8192')
    world.log.wait(QUARTER).runs("a", ctx=32768)
    world.log.wait(DAY).runs("b", ctx=8192).wait(DAY).server("0.32.1").runs("c", ctx=8192)
    world.dies()

    told = [*world.resume(""), *settle(world)]
    assert Counter(notice.alert.model for notice in told).total() == 1
    assert loud(told) == [("begin", "context-below-wanted")]


def test_the_checkpoint_of_an_older_release_tells_nothing_anew() -> None:
    """It was written by one that knew no fingerprint of the rules and counted no begins."""
    world = World(WANTED)
    for model in "abc":
        world.log.runs(model, ctx=8192)
    world.turn()
    known = {alert.id for alert in world.active.values()}
    world.log.wait(60)
    lines = len(str(world.log).splitlines())

    assert loud(world.resume(OLDER.read_text(encoding="utf-8"), lines)) == []
    assert {alert.id for alert in world.active.values()}.isdisjoint(known)  # as that release made them
    assert loud(reboot(world)) == []


def test_what_nobody_was_told_is_told_after_a_kill() -> None:
    world = World(WANTED)
    world.log.launch("a", ctx=8192)
    assert loud(world.turn()) == []  # it loads
    (alert,) = world.active.values()
    world.dies()
    world.log.wait(3).started()

    (notice,) = [*world.comes_up(), *settle(world)]
    assert (notice.what, notice.alert.id) == ("begin", alert.id)


@pytest.mark.parametrize("kept", [True, False])
def test_a_wish_that_changed_while_the_daemon_was_down_counts_at_once(kept: bool) -> None:  # noqa: FBT001  # a case
    """Most people edit the file and restart the service."""
    world = World(Config(rules=SHIPPED, want=(Want("*", 32768 if kept else 4096),)))
    world.log.runs("a", ctx=8192)
    assert len(loud(settle(world))) == kept
    world.dies()
    world.adopt(Config(rules=SHIPPED, want=(Want("*", 4096 if kept else 32768),)))

    (notice,) = [*world.comes_up(), *settle(world)]
    expected = ("end", "accepted") if kept else ("begin", "")
    assert (notice.what, notice.alert.ended) == expected


def test_a_wish_that_was_raised_accepts_nothing() -> None:
    """What ran as wanted until then, and what had another alert, is too small by the new wish."""
    world = World(Config(rules=SHIPPED))
    world.log.runs("a", ctx=2048)
    before = {rule for _, rule in loud(settle(world))}
    assert before

    ends = world.adopt(Config(rules=SHIPPED, want=(Want("*", 65536),)))
    told = {(notice.alert.rule, notice.alert.ended) for notice in [*ends, *settle(world)]}
    assert {how for rule, how in told if rule in before} == {"replaced"}
    assert ("context-below-wanted", "") in told or ("context-reverted", "") in told


def test_a_wish_that_is_taken_back_ends_its_alert() -> None:
    """Other models are still wanted otherwise: the rule is in force, and for this one no more."""
    one_slot = (Condition("parallel", Compared("==", 1), "1"),)
    own, other = Want("*", None, one_slot), Want("qwen3:8b", None, one_slot)
    world = World(Config(rules=SHIPPED, want=(own, other)))
    world.log.runs("a", ctx=65536, parallel=4)
    assert ("begin", OTHERS) in loud(settle(world))

    ends = world.adopt(Config(rules=SHIPPED, want=(other,)))
    assert [(notice.alert.rule, notice.alert.ended) for notice in ends] == [(OTHERS, "accepted")]


@pytest.mark.parametrize(
    ("wish", "ends"), [(Want("*", 4096), ["accepted"]), (Want("*", 65536), []), (Want("b", 4096), [])]
)
def test_what_ran_before_a_launch_that_failed_is_held_against_other_wishes(
    wish: Want, ends: list[str]
) -> None:
    """The one that failed is no measure; what somebody else wants of it is not known any more."""
    world = World(WANTED)
    world.log.runs("a", ctx=8192)
    assert loud(settle(world)) == [("begin", "context-below-wanted")]
    world.log.launch("a", ctx=8192).says('"Load failed" error="no memory"')
    settle(world)

    told = [*world.adopt(Config(rules=SHIPPED, want=(wish,))), *settle(world)]

    assert [notice.alert.ended for notice in told if notice.alert.rule == "context-below-wanted"] == ends
    assert ("context-below-wanted" in {alert.rule for alert in world.active.values()}) is not bool(ends)


def test_a_rule_that_was_eased_ends_what_a_launch_before_one_that_failed_began() -> None:
    world = World(Config(rules=rules(4096)))
    world.log.runs("a", ctx=2048)
    settle(world)
    world.log.launch("a", ctx=2048).says('"Load failed" error="no memory"')
    settle(world)

    told = world.adopt(Config(rules=rules(1024)))

    assert ("context-low", "accepted") in {(notice.alert.rule, notice.alert.ended) for notice in told}


def test_a_rule_that_was_eased_while_a_launch_loads_counts_when_that_one_fails() -> None:
    world = World(Config(rules=rules(4096)))
    world.log.runs("a", ctx=2048)
    settle(world)
    world.log.launch("a", ctx=2048)
    world.turn()
    world.adopt(Config(rules=rules(1024)))
    world.log.says('"Load failed" error="no memory"')

    assert ("end", "context-low") in loud(world.turn())
