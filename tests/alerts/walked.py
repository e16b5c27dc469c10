"""Print what the first walks of `test_any_life` do: python -m tests.alerts.walked WALKS."""

import hashlib
import sys

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from ollama_watch.alerts.notice import Notice
from tests.alerts.test_any_life import AnyLife, TestAnyLife


class Walked(AnyLife):
    """One that tells, when it is over, what was logged and what people were told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Notice] = []

    def _heard(self, notices: list[Notice], speaking: set[tuple[str, str]]) -> None:
        self.told += notices
        super()._heard(notices, speaking)

    def teardown(self) -> None:
        told = [(one.what, one.alert.id, one.alert.severity, one.alert.ended, one.quiet) for one in self.told]
        text = f"{self.world.log}{self.world.now}{told}"
        sys.stdout.write(f"{hashlib.sha256(text.encode()).hexdigest()[:16]} {len(told)}\n")


if __name__ == "__main__":
    run_state_machine_as_test(Walked, settings=settings(TestAnyLife.settings, max_examples=int(sys.argv[1])))
