"""A thousand rules of a user's own are read, and held against a launch, at the same cost each as ten."""

from functools import partial

from ollama_watch.app.config import Config
from ollama_watch.app.judging import Judging
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from tests.support.checked import launches
from tests.support.ollama_log import OllamaLog
from tests.support.work import work

RULE = """\
  - id: ours-{n}
    severity: info
    summary: "ours is {n}"
    when: {{engine: llama-server}}
    expect: {{parallel: "<= 64", ctx_per_slot: ">= {n}"}}
"""


def files(count: int) -> list[tuple[str, str]]:
    """Return the texts of as many rules, ten to a file."""
    return [
        (f"{first}.yaml", "rules:\n" + "".join(RULE.format(n=first + n) for n in range(10)))
        for first in range(0, count, 10)
    ]


def test_to_read_twice_as_many_is_twice_the_work() -> None:
    shipped = shipped_rules()
    none, few, many = (work(partial(load_rules, shipped, files(count))) for count in (0, 50, 100))

    assert many - none < 2.2 * (few - none)


def test_to_hold_a_launch_against_twice_as_many_is_twice_the_work() -> None:
    (launch,) = launches(str(OllamaLog().server("0.32.1").launch(ctx=4096).wait(2).started()))
    few, many = (Judging(Config(rules=load_rules([], files(count)))) for count in (50, 100))

    assert len(list(many.verdicts(launch))) == 100
    assert work(lambda: list(many.verdicts(launch))) < 2.2 * work(lambda: list(few.verdicts(launch)))
