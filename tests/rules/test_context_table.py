"""What fires for the context: seven rows, the first that matches. The rules have to exclude each other."""

from itertools import product
from typing import NamedTuple

import pytest

from ollama_watch.model import Facts
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import judge
from ollama_watch.verify.rule import Broken, NotFor
from tests.support.checked import SHIPPED

RULES = {rule.id: rule for rule in SHIPPED}
OF_THE_TABLE = (
    "context-reverted",
    "context-below-wanted",
    "context-changed",
    "context-small",
    "context-at-default",
)
NOTHING = ()


class Context(NamedTuple):
    """All that the table asks about one launch. A fresh install at its default unless said otherwise."""

    slot: int = 4096
    is_default: bool = True
    wanted: int | None = None
    by: str = "none"
    trained: int | None = None
    embedding: bool | None = None
    failed: bool = False

    @property
    def facts(self) -> Facts:
        known = {
            "ctx_per_slot": self.slot,
            "ctx_is_default": self.is_default,
            "ctx_wanted": self.wanted,
            "ctx_wanted_from": self.by,
            "ctx_trained": self.trained,
            "embedding": self.embedding,
            "failed": self.failed,
        }
        return dict.fromkeys(FACTS) | known


def row(one: Context) -> int:
    """Return the first row of the table that matches, told without the rules."""
    trained = one.trained is not None and one.trained <= one.slot
    embeds = bool(one.embedding) and one.by != "config"
    enough = one.wanted is not None and one.slot >= one.wanted
    if one.failed or trained or embeds or enough:
        return 1
    if one.wanted is not None:
        return 2 if one.is_default else 4 if one.by == "history" else 3
    if one.slot <= 2048:
        return 5
    return 6 if one.slot <= 4096 and one.is_default else 7


RULE_OF_ROW = {number: (rule,) for number, rule in enumerate(OF_THE_TABLE, 2)} | {1: NOTHING, 7: NOTHING}


def fired(one: Context) -> tuple[str, ...]:
    return tuple(rule for rule in OF_THE_TABLE if isinstance(judge(RULES[rule], one.facts), Broken))


def _asked(*, by: str, trained: int) -> Context:
    """2048 that somebody asked for, where 8192 are wanted."""
    return Context(slot=2048, is_default=False, wanted=8192, by=by, trained=trained)


ROWS = (
    (1, "failed to start", Context(slot=2048, failed=True)),
    (1, "failed to start below a wish", Context(wanted=8192, by="config", failed=True)),
    (1, "at its trained length", Context(slot=2048, trained=2048)),
    (1, "at its trained length, below a wish", Context(slot=2048, trained=2048, wanted=8192, by="history")),
    (1, "trained for less, below a wish", Context(slot=2048, trained=1024, wanted=8192, by="config")),
    (1, "at its trained length, no default", _asked(by="model", trained=2048)),
    (1, "trained for less, no default", _asked(by="config", trained=1024)),
    (1, "at its trained length, less than usual", _asked(by="history", trained=2048)),
    (1, "trained for less, less than usual", _asked(by="history", trained=1024)),
    (1, "embedding", Context(slot=2048, embedding=True)),
    (1, "embedding below the variable", Context(slot=2048, wanted=8192, by="environment", embedding=True)),
    (1, "just what is wanted", Context(slot=2048, wanted=2048, by="config")),
    (1, "more than is wanted", Context(slot=4096, wanted=2048, by="history")),
    (2, "the default, below the configuration", Context(wanted=8192, by="config")),
    (2, "the default, below the model's own", Context(wanted=8192, by="model")),
    (2, "the default, below the variable", Context(wanted=8192, by="environment")),
    (2, "the default, below its history", Context(wanted=8192, by="history")),
    (2, "embedding below the configuration", Context(wanted=8192, by="config", embedding=True)),
    (2, "one token below", Context(slot=4096, wanted=4097, by="history")),
    (3, "below the configuration", Context(is_default=False, wanted=8192, by="config")),
    (3, "below the model's own", Context(is_default=False, wanted=8192, by="model")),
    (3, "below the variable", Context(is_default=False, wanted=8192, by="environment")),
    (3, "as small as 1024", Context(slot=1024, is_default=False, wanted=8192, by="environment")),
    (4, "below its history", Context(slot=4096, is_default=False, wanted=8192, by="history")),
    (4, "below its history, as small as 1024", Context(1024, is_default=False, wanted=8192, by="history")),
    (5, "2048, the default", Context(slot=2048)),
    (5, "2048, not the default", Context(slot=2048, is_default=False)),
    (5, "2048, trained for one more", Context(slot=2048, trained=2049)),
    (6, "one token above small", Context(slot=2049)),
    (6, "the default of a small card", Context(slot=4096, trained=131072)),
    (7, "4096 that is no default", Context(is_default=False)),
    (7, "the default of a large card", Context(slot=32768)),
    (7, "one token above the default of a small card", Context(slot=4097)),
)


@pytest.mark.parametrize(("number", "name", "one"), ROWS, ids=[f"row {n}: {name}" for n, name, _ in ROWS])
def test_a_launch_is_told_of_by_the_rule_of_its_row(number: int, name: str, one: Context) -> None:
    assert (row(one), fired(one)) == (number, RULE_OF_ROW[number])


def test_rows_exclude_each_other_whatever_a_launch_is_like() -> None:
    """All that the table can tell apart, in every combination."""
    wishes = [(None, "none"), *product((2048, 4096, 8192), ("config", "model", "environment", "history"))]
    sizes = (1024, 2048, 2049, 4096, 4097, 8192, 32768)
    trained = (None, 512, 2048, 4096, 8192, 131072)
    rest = product(sizes, (True, False), wishes, trained, (None, True, False), (True, False))

    for slot, default, (wanted, by), length, embedding, failed in rest:
        capped = min(wanted, length) if wanted and length else wanted
        one = Context(slot, default, capped, by, length, embedding, failed)
        assert fired(one) == RULE_OF_ROW[row(one)], one


@pytest.mark.parametrize("rule", ["context-reverted", "context-below-wanted", "context-changed"])
def test_rules_on_a_wish_are_not_for_a_launch_of_which_nobody_wants_anything(rule: str) -> None:
    assert judge(RULES[rule], Context().facts) == NotFor()
    assert judge(RULES[rule], Context(is_default=False).facts) == NotFor()


@pytest.mark.parametrize(
    ("rule", "severity", "tell"),
    [
        ("context-reverted", "critical", "each"),
        ("context-below-wanted", "warning", "each"),
        ("context-changed", "info", "each"),
        ("context-small", "warning", "once"),
        ("context-at-default", "info", "once"),
    ],
)
def test_a_row_is_as_grave_and_as_loud_as_it_should_be(rule: str, severity: str, tell: str) -> None:
    assert (RULES[rule].severity, RULES[rule].tell) == (severity, tell)


def test_a_reversion_is_told_at_once_and_again_after_a_day() -> None:
    reverted = RULES["context-reverted"]

    assert (reverted.pending_for, reverted.repeat) == (0.0, 86400.0)
