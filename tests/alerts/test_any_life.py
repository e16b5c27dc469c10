"""Any life of a server, its models and the daemon: what people are told of it, held against a model of it.

The world checks each notice by itself (`ledger`, `world`); here is what must be true of all of them together.
"""

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import Config
from ollama_watch.model import Severity
from tests.alerts.truth import Truth
from tests.support.ollama_log import digest
from tests.support.world import STATES, World, key, rules

MODELS, OUTCOMES = ("a", "b"), ("starts", "starts", "fails", "loads")
FAILED = '"Load failed" error="no memory"'
SETTLED = 36.0  # s after which nothing is open: the patience of 5 s, and `for: 30s`
WEEK = 7 * 86400.0
MOST_SINKS = 5
models, leasts = st.sampled_from(MODELS), st.sampled_from([1024, 4096])
severities: st.SearchStrategy[Severity] = st.sampled_from(["info", "warning", "warning", "critical"])


class AnyLife(RuleBasedStateMachine):
    """Steps are what may happen to a server, to the daemon, and to its configuration."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.least, self.adopted_at = 4096, 0.0
        self.truths: dict[str, Truth] = {}
        self.unsure: set[str] = set()  # models whose last launch ended so that either may be right
        self.loading: str | None = None
        self.trained: dict[str, int] = {}

    # ---- a server

    @rule(
        model=models,
        per_slot=st.sampled_from([2048, 2048, 4096, 32768]),
        parallel=st.sampled_from([1, 2, 4]),
        outcome=st.sampled_from(OUTCOMES),
        trained=st.sampled_from([0, 0, 0, 2048, 131072]),
        then=st.sampled_from([0.0, 0.0, 40.0]),
    )
    def launches(
        self, model: str, per_slot: int, parallel: int, outcome: str, trained: int, then: float
    ) -> None:
        if self.loading:
            self.unsure.add(self.loading)
            self.loading = None
        before = self.truths.get(model)
        self.world.log.launch(model, ctx=per_slot * parallel, parallel=parallel)
        self._turn()
        trained = trained if model not in self.trained else 0
        if trained:
            self.world.log.wait(1).dump(model, context_length=trained)
            self.trained[model] = trained
        known = self.trained.get(model)
        self.truths[model] = Truth(self.world.now, per_slot, parallel, known)
        if outcome == "starts":
            self.unsure.discard(model)
            self.world.log.started()
        elif outcome == "fails":
            self.world.log.says(FAILED)
            self.truths.pop(model)
            if before:
                self.truths[model] = before
        else:
            self.loading = model
        self._turn()
        self._wait(then)

    @precondition(lambda self: self.loading)
    @rule()
    def has_loaded(self) -> None:
        self.world.log.started()
        self.unsure.discard(str(self.loading))
        self.loading = None
        self._turn()

    @rule(model=models)
    def thrashes(self, model: str) -> None:
        for per_slot in (2048, 4096, 2048, 4096):
            self.launches(model, per_slot, 1, "starts", 0, 20.0)

    @rule(model=models)
    def cuts_a_prompt(self, model: str) -> None:
        self.world.log.warns('"truncating input prompt" limit=2048 prompt=5000 keep=4 new=2048')
        self._turn()

    @rule(kind=st.sampled_from(["stopped", "failed"]))
    def ends(self, kind: str) -> None:
        self.world.systemd(kind)
        self._unloads()

    @rule()
    def restarts(self) -> None:
        self.world.log.server("0.32.1")
        self._unloads()

    def _unloads(self) -> None:
        """What is gone is not mended; but a launch that was loading may be judged by then.

        What ends in any case, as after a week, may have waited for another one to cease speaking for it.
        """
        loading, entries = self.loading, self.world.watch.book.entries
        now = self.world.log.now
        states = {name: one for name, one in entries.items() if one.rule.id in STATES}
        before = {name for name, one in states.items() if not one.ending and not one.over(now)}
        self._unsure_if_loading()
        self._turn()
        if self.world.up and not loading:
            assert before <= set(self.world.watch.book.entries), "an unload ended a violation"

    @rule(seconds=st.sampled_from([1.0, 4.0, 40.0, 40.0, 900.0, 7300.0, 7300.0, WEEK]))
    def time_passes(self, seconds: float) -> None:
        if seconds < WEEK:
            self._wait(seconds)
            return
        self._unsure_if_loading()
        self._wait(WEEK + 700)
        self.truths.clear()
        if self.world.up:
            left = [alert for alert in self.world.active.values() if alert.rule in STATES]
            assert not left, "nobody is reminded of a launch for more than a week"

    # ---- the daemon and its configuration

    @rule(least=leasts, severity=severities)
    def accepts(self, least: int, severity: Severity) -> None:
        self.least, self.adopted_at = least, self.world.now
        self.world.adopt(Config(rules=rules(least, severity)))
        self._turn()

    @rule(least=leasts, severity=severities)
    def comes_up_with_other_rules(self, least: int, severity: Severity) -> None:
        self.world.dies()
        self.accepts(least, severity)
        self.comes_up(upgraded=False)

    @precondition(lambda self: len(self.world.boxes) < MOST_SINKS)
    @rule()
    def comes_up_with_another_sink(self) -> None:
        self.world.dies()
        self.world.gets_a_sink()
        self.comes_up(upgraded=False)

    @precondition(lambda self: self.world.up and not self.loading)
    @rule(seconds=st.sampled_from([100.0, 250.0, 5400.0]))
    def a_clock_is_set_back(self, seconds: float) -> None:
        self.world.sets_back(seconds)
        self._turn()

    @rule()
    def dies(self) -> None:
        self.world.dies()

    @rule(upgraded=st.booleans())
    def comes_up(self, upgraded: bool) -> None:  # noqa: FBT001  # drawn
        self.world.sets_back(
            -self.world.set_back
        )  # what passed while nobody looked is seen by the clock alone
        self._heard(self.world.comes_up(upgraded=upgraded), set())

    # ---- what must be so

    @invariant()
    def the_truth_is_known_and_told(self) -> None:
        if not self.world.up or self.loading:
            return
        silent = {subject for subject, _ in self.world.speaking}
        for model, truth in self.truths.items():
            if model in self.unsure or self.world.now - truth.at < SETTLED:
                continue
            for rule_id in STATES:
                self._one(rule_id, model, truth, inhibited=self._is_inhibited(rule_id, model, silent))

    def _one(self, rule_id: str, model: str, truth: Truth, *, inhibited: bool) -> None:
        name, runs = key(rule_id, model), digest(model) in self.world.running
        known = name in self.world.watch.book.entries
        if not truth.breaks(rule_id, self.least):
            assert inhibited or not known, f"{name}: mended, and still there"
        elif runs or truth.at > self.adopted_at:  # what did not run when the rules changed begins nothing
            assert known, f"{name}: broken, and not there"
            told = self.world.ledger.knows(name)
            assert told or inhibited or not runs, f"{name}: broken, and nobody was told"

    # ---- how

    def _wait(self, seconds: float) -> None:
        """Pass time with a turn of the loop wherever patience ends, at the end and after it."""
        passed = 0.0
        for moment in (1.0, 6.0, 31.0, 601.0, seconds, seconds):
            if moment <= seconds:
                self.world.log.wait(moment - passed)
                passed = moment
                self._turn()

    def _turn(self) -> list[Notice]:
        speaking = self.world.speaking if self.world.up else set()
        notices = self.world.turn()
        self._heard(notices, speaking)
        return notices

    def _heard(self, notices: list[Notice], speaking: set[tuple[str, str]]) -> None:
        """Inhibited alerts are silent, and those that sleep are not told with a sound."""
        if not self.world.up:
            return
        silent = {subject for subject, _ in speaking & self.world.speaking}
        for notice in notices:
            alert = notice.alert
            quiet = self._is_inhibited(alert.rule, alert.finding.subject, silent)
            assert alert.ended == "accepted" or not quiet, f"told although another speaks for it: {notice}"
            if notice.what in ("begin", "repeat") and alert.rule in STATES:
                assert alert.finding.subject in self.world.running, f"told while it sleeps: {notice}"

    def _is_inhibited(self, rule_id: str, model: str, silent: set[str]) -> bool:
        subjects = {model, digest(model)}
        if rule_id == "server-down":
            return False
        return "server" in silent or (rule_id.startswith("context-") and bool(subjects & silent))

    def _unsure_if_loading(self) -> None:
        if self.loading:
            self.unsure.add(self.loading)
            self.loading = None


TestAnyLife = AnyLife.TestCase
# Finding the shortest walk takes minutes: add Phase.shrink when one has failed.
TestAnyLife.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, derandomize=True, phases=[Phase.generate]
)
