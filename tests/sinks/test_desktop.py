"""Pop-ups, held against a real dunst on a bus and a screen of their own."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("jeepney")

from ollama_watch.sinks.buttons import MUTED_FOR
from ollama_watch.sinks.desktop import Desktop
from ollama_watch.sinks.note import Note
from ollama_watch.sinks.notifier import Notifier
from tests.support import made_alerts as made
from tests.support.desktop import Desktop as Screen
from tests.support.plain_server import PlainServer
from tests.support.wait import until

MODELS = ("gemma3:4b", "llama3.2:3b")


def test_a_begin_is_shown_by_its_severity(screen: Screen, sink: Desktop) -> None:
    made.tell(sink, made.reverted())
    made.tell(sink, made.small("deepseek-r1:14b"))

    until(lambda: len(screen.shown()) == 2)
    first, second = screen.shown()
    assert first.title == "qwen2.5-coder:7b runs with 2048 tokens, was 32768"
    assert "The log's 8192 is 4 slots × 2048" in first.body
    assert (first.urgency, second.urgency, first.app) == ("CRITICAL", "NORMAL", "ollama-watchd")


def test_it_is_closed_when_it_is_over(screen: Screen, sink: Desktop) -> None:
    for how in ("fixed", "forgotten"):
        alert = made.reverted()
        made.tell(sink, alert)
        until(screen.shown)

        made.tell(sink, made.over(alert, how))

        until(lambda: not screen.shown())


def test_a_change_replaces_it_in_place(screen: Screen, sink: Desktop) -> None:
    made.tell(sink, made.truncated(count=1, lasted=0))
    until(lambda: screen.titles() == ["llama3.1:8b loses prompts: 1 cut in 10 min"])
    (before,) = screen.shown()

    made.tell(sink, made.truncated(count=12), quiet=True)

    until(lambda: screen.titles() == ["llama3.1:8b loses prompts: 12 cut in 10 min"])
    assert screen.shown()[0].id == before.id


def test_what_its_user_put_away_a_quiet_change_does_not_bring_back(screen: Screen, sink: Desktop) -> None:
    made.tell(sink, made.truncated(count=1))
    until(screen.shown)
    screen.dismiss()
    until(lambda: not screen.shown())

    made.tell(sink, made.truncated(count=2), quiet=True)
    assert screen.shown() == []
    made.tell(sink, made.truncated(count=3))

    until(lambda: screen.titles() == ["llama3.1:8b loses prompts: 3 cut in 10 min"])


def test_all_models_at_the_default_share_one_pop_up(screen: Screen, sink: Desktop) -> None:
    """It grows and shrinks with them, and goes with the last."""
    one, two = made.at_default("llama3.2:3b"), made.at_default("gemma3:4b")
    made.tell(sink, one)
    until(lambda: screen.titles() == ["llama3.2:3b runs with 4096 tokens"])
    (first,) = screen.shown()

    made.tell(sink, two)
    until(lambda: screen.titles() == ["2 models run with Ollama's default context"])
    (both,) = screen.shown()
    assert both.body.split("\n")[:2] == [f"{name}: 4096 tokens, takes 131072" for name in MODELS]
    assert (both.id, both.urgency) == (first.id, "LOW")

    made.tell(sink, made.over(one))
    until(lambda: screen.titles() == ["gemma3:4b runs with 4096 tokens"])
    made.tell(sink, made.over(two))
    until(lambda: not screen.shown())


def test_what_still_fires_after_an_hour_of_silence_is_told_anew(screen: Screen) -> None:
    """By the clock: nothing else happens meanwhile but what would have been told."""
    now = [made.BEGIN]
    sink = Desktop(clock=lambda: now[0])
    alert = made.truncated(count=1, lasted=0)
    made.tell(sink, alert)
    until(screen.shown)
    sink.mute(alert.key, now[0])
    until(lambda: not screen.shown())

    now[0] += MUTED_FOR - 1
    made.tell(sink, made.truncated(count=12))
    made.tell(sink, made.reverted())
    until(lambda: screen.titles() == ["qwen2.5-coder:7b runs with 2048 tokens, was 32768"])
    now[0] += 1
    made.tell(sink, made.reverted(), quiet=True)

    until(lambda: "llama3.1:8b loses prompts: 12 cut in 10 min" in screen.titles())
    sink.close()


def test_what_sleeps_after_its_hour_of_silence_is_told_anew_when_it_runs_again(screen: Screen) -> None:
    now = [made.BEGIN]
    sink = Desktop(clock=lambda: now[0])
    alert = made.small()
    made.tell(sink, alert)
    until(screen.shown)
    sink.mute(alert.key, now[0])
    until(lambda: not screen.shown())

    now[0] += MUTED_FOR
    sink.hush(set(), {alert.key})
    made.tell(sink, made.reverted("other"))
    until(lambda: screen.titles() == ["other runs with 2048 tokens, was 32768"])
    made.tell(sink, made.reverted("other"), quiet=True)
    assert len(screen.shown()) == 1
    sink.hush(set(), set())

    until(lambda: len(screen.shown()) == 2)
    sink.close()


def test_what_another_alert_speaks_for_goes_and_comes_back_without_a_sound(
    screen: Screen, sink: Desktop
) -> None:
    """What sleeps by then comes back when it runs again."""
    alert = made.reverted()
    made.tell(sink, alert)
    made.tell(sink, made.small("deepseek-r1:14b"))
    until(lambda: len(screen.shown()) == 2)

    sink.hush({alert.key}, set())
    until(lambda: screen.titles() == ["deepseek-r1:14b runs with 2048 tokens"])
    sink.hush(set(), {alert.key})
    made.tell(sink, alert, quiet=True)
    assert screen.titles() == ["deepseek-r1:14b runs with 2048 tokens"]
    sink.hush(set(), set())

    until(lambda: "qwen2.5-coder:7b runs with 2048 tokens, was 32768" in screen.titles())


def test_what_its_user_put_away_does_not_come_back_with_the_silence(screen: Screen, sink: Desktop) -> None:
    alert = made.reverted()
    made.tell(sink, alert)
    until(screen.shown)
    screen.dismiss()
    until(lambda: not screen.shown())

    sink.hush({alert.key}, set())
    sink.hush(set(), set())
    made.tell(sink, made.small())

    until(lambda: screen.titles() == ["qwen2.5-coder:7b runs with 2048 tokens"])


def test_the_end_of_what_another_one_spoke_for_is_told(screen: Screen, sink: Desktop) -> None:
    alert = made.reverted()
    made.tell(sink, alert)
    until(screen.shown)
    sink.hush({alert.key}, set())
    until(lambda: not screen.shown())

    made.tell(sink, replace(made.over(alert), ended_by=made.launch("qwen2.5-coder:7b", ctx_per_slot=32768)))

    until(lambda: screen.titles() == ["qwen2.5-coder:7b is back to 32768 tokens"])


@pytest.mark.parametrize(
    "name", ["<b>bold</b> & <img src=x>", "a\nb\tc", "\x1b[31mred\x07", "\u202egnitset", "x\x00y", "\ud800"]
)
def test_a_hostile_name_is_text_and_no_more(screen: Screen, sink: Desktop, name: str) -> None:
    """A long one, so that the body holds it whole."""
    made.tell(sink, made.small(f"{name}{'x' * 60}"))

    until(screen.shown)
    (seen,) = screen.shown()
    text = seen.title + seen.body.replace("\n", "")
    assert text.isprintable()
    assert "<" not in seen.body
    assert "<b>bold" not in seen.drawn.removeprefix("<b>")
    made.tell(sink, made.reverted())  # and the connection still works
    until(lambda: len(screen.shown()) == 2)


def test_a_server_without_markup_gets_the_text_as_it_is(screen: Screen, sink: Desktop) -> None:
    """And a change makes no sound."""
    screen.stop_dunst()
    name = f"{'x' * 60}<b>&amp;"
    with PlainServer(screen.bus) as server:
        made.tell(sink, made.small(name))
        made.tell(sink, made.small(name), quiet=True)
        made.tell(sink, made.over(made.small(name)))

        first, second = server.told
        assert first.body.startswith(f"{name}\n")
        assert (first.replaces, second.replaces, server.withdrawn) == (0, 7, [7])
        assert first.hints == {"urgency": ("y", 1)}
        assert second.hints == {"urgency": ("y", 1), "suppress-sound": ("b", True)}


def test_what_is_wanted() -> None:
    """The note on defaults passes though it is info; a change that a client asked for never does."""
    usual, all_of_them, worst = Desktop(), Desktop("info"), Desktop("critical")
    changed = made.alert("context-changed", "a:1b", ctx_per_slot=4096, ctx_wanted=8192)
    layers = made.alert("layers-on-cpu", "a:1b", layers_offloaded=1, layers_total=9)
    alerts = [made.reverted(), made.small(), made.at_default(), layers, changed]

    assert [usual.wants(alert) for alert in alerts] == [True, True, True, False, False]
    assert [all_of_them.wants(alert) for alert in alerts] == [True, True, True, True, False]
    assert [worst.wants(alert) for alert in alerts] == [True, False, False, False, False]


def test_many_alerts_cost_bounded_memory(screen: Screen) -> None:
    screen.stop_dunst()
    with PlainServer(screen.bus):
        notifier = Notifier(lambda: screen.bus)
        for number in range(1030):
            notifier.show(str(number), Note("title", (), 1, quiet=False))

        assert len(notifier._shown) == 1000  # noqa: SLF001  # nothing else tells
        notifier.close()


def test_many_of_a_rule_share_one_pop_up_that_goes_with_the_last(screen: Screen, sink: Desktop) -> None:
    models = [made.small(f"model-{number:02}:7b") for number in range(8)]
    for alert in models:
        made.tell(sink, alert)
    until(lambda: screen.titles() == ["8 models run with a small context"])

    for alert in models[:6]:
        made.tell(sink, made.over(alert))
    until(lambda: screen.titles() == ["2 models run with a small context"])
    for alert in models[6:]:
        made.tell(sink, made.over(alert))
    until(lambda: not screen.shown())


def test_another_process_goes_on_with_what_many_share(screen: Screen, tmp_path: Path) -> None:
    models = [made.small(f"model-{number:02}:7b") for number in range(6)]
    first = Desktop(state=tmp_path / "popups.json")
    for alert in models:
        made.tell(first, alert)
    made.tell(first, made.over(models[0]))
    until(lambda: screen.titles() == ["5 models run with a small context"])
    first.close()

    second = Desktop(state=tmp_path / "popups.json")
    second.recall(models[1:])
    assert [one.model for one in second.alerts("context-small")] == [one.model for one in models[1:]]
    for alert in models[1:]:
        made.tell(second, made.over(alert))

    until(lambda: not screen.shown())
    second.close()
