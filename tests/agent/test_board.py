"""What is due on the screen, moment by moment, without a screen."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from ollama_watch.agent.board import Board, Step
from ollama_watch.agent.memory import Memory
from ollama_watch.agent.received import Everything, Heard
from ollama_watch.alerts.alert import Alert, End
from ollama_watch.model import Severity
from ollama_watch.sinks.buttons import MUTED_FOR
from ollama_watch.sinks.note import Note
from tests.support import made_alerts as made

DAY = 86400.0
NOW = made.BEGIN + 100


def heard(alert: Alert, told: float | None = made.BEGIN) -> Heard:
    return Heard(alert, told, DAY)


def whole(alerts: tuple[Heard, ...], *, ready: bool = True) -> Everything:
    return Everything(ready, alerts)


def ended(alert: Alert, how: End = "fixed", tokens: int = 32768) -> Heard:
    by = made.launch(alert.model, ctx_per_slot=tokens)
    return heard(replace(alert, state="resolved", ended=how, ended_by=by))


def numbered(alert: Alert, number: str) -> Alert:
    return replace(alert, id=number)


def work(board: Board, *what: Everything | Heard, now: float = NOW) -> list[Step]:
    """Let the board hear, and do all that is due."""
    for one in what:
        board.take(one)
    return done(board, board.steps(now), now)


def done(board: Board, steps: Iterable[Step], now: float) -> list[Step]:
    found = []
    for step in steps:
        board.done(step, now)
        found.append(step)
    return found


def titles(steps: list[Step]) -> list[str | None]:
    return [step.note.title if step.note else None for step in steps]


@pytest.fixture(name="board")
def _board() -> Board:
    return Board(Memory(), "warning")


def test_what_people_are_told_is_shown_once(board: Board) -> None:
    alert = made.reverted()

    assert titles(work(board, heard(alert, None))) == []  # it may still be excused
    assert titles(work(board, heard(alert))) == ["qwen2.5-coder:7b runs with 2048 tokens, was 32768"]
    assert titles(work(board, heard(alert))) == []
    assert titles(work(board, whole((heard(alert),)))) == []


def test_what_cannot_be_shown_stays_due(board: Board) -> None:
    board.take(heard(made.reverted()))

    assert len(list(board.steps(NOW))) == 1
    assert len(list(board.steps(NOW))) == 1


def test_it_is_told_again_when_the_daemon_does_so_and_no_sooner(board: Board) -> None:
    """A daemon that lost its memory tells the same alert anew: we did not lose ours."""
    alert = made.reverted()
    work(board, heard(alert))

    assert work(board, heard(alert, made.BEGIN + 60)) == []
    (again,) = work(board, heard(alert, made.BEGIN + DAY))
    assert again.note
    assert not again.note.quiet


def test_what_gets_graver_is_told_at_once(board: Board) -> None:
    mild = made.alert("layers-on-cpu", "a:1b", severity="warning", layers_offloaded=1, layers_total=9)
    work(board, heard(mild))

    grave = replace(mild, finding=replace(mild.finding, severity="critical"))

    (step,) = work(board, heard(grave, made.BEGIN + 1))
    assert step.note
    assert step.note.urgency == 2


def test_how_grave_it_was_is_not_forgotten(board: Board) -> None:
    mild = made.alert("layers-on-cpu", "a:1b", severity="warning", layers_offloaded=1, layers_total=9)
    grave = replace(mild, finding=replace(mild.finding, severity="critical"))
    work(board, heard(grave))

    steps = [*work(board, heard(mild), now=NOW + 20), *work(board, heard(grave), now=NOW + 40)]

    assert [step.note.quiet for step in steps if step.note] == [True, True]


def test_a_change_replaces_quietly_and_not_too_often(board: Board) -> None:
    work(board, heard(made.truncated(count=1, lasted=0)))

    assert work(board, heard(made.truncated(count=2, lasted=1)), now=NOW + 5) == []
    due = board.next_at(NOW + 5)
    assert due == NOW + 10
    (step,) = work(board, now=NOW + 10)
    assert step.note
    assert (step.note.quiet, step.note.title) == (True, "llama3.1:8b loses prompts: 2 cut in 10 min")


def test_the_end_withdraws_it_and_says_what_it_is_back_to(board: Board) -> None:
    alert = made.reverted()
    work(board, heard(alert))

    away, back = work(board, ended(alert))

    assert away.note is None
    assert back.note
    assert back.note.title == "qwen2.5-coder:7b is back to 32768 tokens"
    assert (back.note.urgency, back.note.passing, back.note.lines) == (0, True, ("It had 2048.",))
    assert board.memory.told == {}


@pytest.mark.parametrize("how", ["replaced", "over", "accepted", "excused", "forgotten"])
def test_any_other_end_is_silent(board: Board, how: End) -> None:
    alert = made.reverted()
    work(board, heard(alert))

    assert titles(work(board, ended(alert, how))) == [None]


def test_the_end_of_what_was_never_shown_is_no_news(board: Board) -> None:
    assert work(board, heard(made.reverted(), None), ended(made.reverted())) == []


def test_what_is_missing_when_we_come_back_has_ended_unless_the_daemon_still_reads(board: Board) -> None:
    work(board, heard(made.reverted()))

    assert work(board, whole((), ready=False)) == []
    assert titles(work(board, whole(()))) == [None]
    assert work(board, whole(())) == []


def test_another_process_knows_what_was_shown() -> None:
    memory = Memory()
    work(Board(memory, "warning"), heard(made.reverted()))
    later = Board(memory, "warning")

    assert work(later, whole((heard(made.reverted()),))) == []
    assert titles(work(later, ended(made.reverted()))) == [None, "qwen2.5-coder:7b is back to 32768 tokens"]


def test_what_is_muted_is_silent_for_an_hour_and_told_if_it_still_fires(board: Board) -> None:
    alert = made.reverted()
    (shown,) = work(board, heard(alert))
    board.mute(shown.key, NOW)

    assert titles(work(board)) == [None]
    assert work(board, heard(numbered(alert, "2")), now=NOW + MUTED_FOR - 1) == []
    assert len(work(board, now=NOW + MUTED_FOR)) == 1


def test_the_end_of_what_is_muted_is_silent(board: Board) -> None:
    alert = made.reverted()
    (shown,) = work(board, heard(alert))
    board.mute(shown.key, NOW)
    work(board)

    assert work(board, ended(alert)) == []


def test_a_clock_that_was_set_back_mutes_nothing_for_ever(board: Board) -> None:
    (shown,) = work(board, heard(made.reverted()))
    board.mute(shown.key, NOW + 10 * DAY)

    assert titles(work(board)) == [None, "qwen2.5-coder:7b runs with 2048 tokens, was 32768"]


def test_models_at_the_default_are_one_low_note(board: Board) -> None:
    one, two = (numbered(made.at_default(name), name) for name in ("gemma3:4b", "llama3.2:3b"))

    (first,) = work(board, heard(one))
    (both,) = work(board, heard(two))
    assert first.key == both.key
    assert both.note
    assert (both.note.title, both.note.urgency) == ("2 models run with Ollama's default context", 0)

    (left,) = work(board, ended(one), now=NOW + 20)
    assert left.note
    assert (left.note.title, left.note.quiet) == ("llama3.2:3b runs with 4096 tokens", True)
    assert titles(work(board, ended(two, "replaced"), now=NOW + 40)) == [None]


@pytest.mark.parametrize(("least", "count"), [("info", 4), ("warning", 3), ("critical", 1)])
def test_only_what_is_grave_enough(least: Severity, count: int) -> None:
    """The note on defaults is for all but those who want the worst only; a client's wish is never told."""
    board = Board(Memory(), least)
    changed = made.alert("context-changed", "a:1b", ctx_per_slot=4096, ctx_wanted=8192)
    layers = made.alert("layers-on-cpu", "a:1b", layers_offloaded=1, layers_total=9)
    alerts = [made.reverted(), made.small(), made.at_default(), layers, changed]

    steps = work(board, *(heard(numbered(one, str(n))) for n, one in enumerate(alerts)))

    assert len(steps) == count


def test_what_we_have_to_say_ourselves_is_shown_once(board: Board) -> None:
    note = Note("Accepted", (), 0, quiet=False)
    board.say("key", note)

    assert titles(work(board)) == ["Accepted"]
    assert work(board) == []


def test_more_alerts_than_one_machine_has_are_told_once(board: Board) -> None:
    """A daemon may collect the journals of a hundred machines."""
    work(board, *(heard(numbered(made.small(), str(number))) for number in range(1100)))

    assert work(board, now=NOW + 60) == []


@pytest.mark.parametrize(
    ("later", "actual", "loud"), [(1.0, 4096, True), (1.0, 2048, False), (0.0, 4096, False)]
)
def test_another_value_of_a_rule_that_tells_once_is_told_when_the_daemon_does(
    board: Board, *, later: float, actual: int, loud: bool
) -> None:
    alert = made.small()
    work(board, heard(alert))

    finding = replace(alert.finding, actual=actual, launch=made.launch("other", ctx_per_slot=actual))
    (step,) = work(board, heard(replace(alert, finding=finding), made.BEGIN + later), now=NOW + 60)

    assert step.note
    assert step.note.quiet is not loud


def inhibited(alert: Alert) -> Heard:
    return replace(heard(alert), inhibited=True)


def test_what_another_alert_spoke_for_comes_back_without_a_sound(board: Board) -> None:
    alert = made.reverted()
    work(board, heard(alert))

    assert titles(work(board, inhibited(alert))) == [None]
    assert work(board, inhibited(alert)) == []
    (back,) = work(board, heard(alert))
    assert back.note
    assert (back.note.title, back.note.quiet) == ("qwen2.5-coder:7b runs with 2048 tokens, was 32768", True)
    assert work(board, heard(alert)) == []


def test_what_sleeps_by_then_waits_until_it_runs_again(board: Board) -> None:
    """A server that failed is up again, and nothing was launched yet."""
    alert = made.reverted()
    work(board, heard(alert))
    work(board, inhibited(alert))

    assert work(board, heard(replace(alert, asleep=True))) == []
    (back,) = work(board, heard(alert))
    assert back.note
    assert back.note.quiet


def test_what_ends_while_another_one_speaks_for_it_ends_as_ever(board: Board) -> None:
    alert = made.reverted()
    work(board, heard(alert))
    work(board, inhibited(alert))

    assert titles(work(board, ended(alert))) == [None, "qwen2.5-coder:7b is back to 32768 tokens"]


def test_what_another_one_spoke_for_from_the_start_is_told_after_that(board: Board) -> None:
    alert = made.reverted()
    assert work(board, inhibited(alert)) == []

    (step,) = work(board, heard(alert))
    assert step.note
    assert not step.note.quiet


def test_what_sleeps_is_first_shown_when_it_runs_again(board: Board) -> None:
    alert = made.reverted()
    assert work(board, whole((heard(replace(alert, asleep=True)),))) == []

    assert len(work(board, heard(alert))) == 1


def test_what_was_shown_stays_when_it_falls_asleep(board: Board) -> None:
    alert = made.reverted()
    work(board, heard(alert))

    assert work(board, heard(replace(alert, asleep=True)), now=NOW + 20) == []
    assert work(board, heard(replace(alert, asleep=True), made.BEGIN + DAY), now=NOW + DAY) == []


def test_what_was_milder_for_a_while_is_no_news_when_it_is_as_grave_as_before(board: Board) -> None:
    grave = made.reverted()
    mild = replace(grave, finding=replace(grave.finding, severity="warning"))
    work(board, heard(grave))

    (milder,), (graver,) = work(board, heard(mild), now=NOW + 20), work(board, heard(grave), now=NOW + 40)
    assert milder.note
    assert graver.note
    assert [(one.urgency, one.quiet) for one in (milder.note, graver.note)] == [(1, True), (2, True)]


def small_ones(count: int) -> list[Alert]:
    """As many models with a small context."""
    return [numbered(made.small(f"model-{number:02}:7b"), str(number)) for number in range(count)]


def test_up_to_five_of_a_rule_have_a_pop_up_each(board: Board) -> None:
    steps = work(board, whole(tuple(map(heard, small_ones(5)))))

    assert titles(steps) == [f"model-{number:02}:7b runs with 2048 tokens" for number in range(5)]


def test_more_of_a_rule_share_one_that_shrinks_in_place_and_goes_with_the_last(board: Board) -> None:
    models = small_ones(200)

    (step,) = work(board, whole(tuple(map(heard, models))))
    assert step.note
    assert (step.key, step.note.title) == ("context-small", "200 models run with a small context")
    assert step.note.lines[:2] == tuple(f"model-{number:02}:7b runs with 2048 tokens" for number in (0, 1))
    assert (step.note.lines[5], len(step.note.lines)) == ("… and 195 more", 7)

    (step,) = work(board, *map(ended, models[:198]), now=NOW + 20)
    assert step.note
    assert (step.key, step.note.title, step.note.quiet) == (
        "context-small",
        "2 models run with a small context",
        True,
    )
    (alone,) = work(board, ended(models[198]), now=NOW + 40)
    assert (alone.key, titles([alone])) == ("context-small", ["model-199:7b runs with 2048 tokens"])
    last = work(board, ended(models[199]), now=NOW + 60)
    assert titles(last) == [None, "model-199:7b has 32768 tokens now"]
    assert not board.memory.told


def test_those_with_a_pop_up_of_their_own_move_into_the_shared_one(board: Board) -> None:
    models = small_ones(8)
    work(board, *map(heard, models[:5]))

    steps = work(board, heard(models[5]), now=NOW + 60)
    assert [step.key for step in steps[:-1] if step.note is None] == [one.key for one in models[:5]]
    assert titles(steps[-1:]) == ["6 models run with a small context"]
    assert work(board, heard(models[6]), now=NOW + 61) == []  # heard of in one go with what else comes
    assert board.next_at(NOW + 61) == NOW + 70
    (step,) = work(board, heard(models[7]), now=NOW + 70)
    assert step.note
    assert (step.note.title, step.note.quiet) == ("8 models run with a small context", False)


def test_a_restart_keeps_what_is_shared_together(board: Board) -> None:
    models = small_ones(6)
    work(board, *map(heard, models))
    work(board, *map(ended, models[:4]), now=NOW + 20)

    after = Board(board.memory, "warning")
    assert work(after, now=NOW + 30) == []
    assert work(after, whole(tuple(map(heard, models[4:]))), now=NOW + 30) == []
    assert [one.id for one in after.alerts("context-small")] == ["4", "5"]


def test_a_rule_that_is_muted_says_nothing_of_any_alert(board: Board) -> None:
    models = small_ones(7)
    work(board, *map(heard, models[:6]))
    board.mute("context-small", NOW)
    assert titles(work(board)) == [None]

    assert work(board, *map(ended, models[:6]), heard(models[6]), now=NOW + 60) == []
    assert len(work(board, now=NOW + MUTED_FOR)) == 1
