"""What is called certain is proven: by the lines that it names, and by what is known of real servers."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from ollama_watch.model import Cause, Finding
from tests.cause.recorded import RECORDINGS
from tests.support.checked import checked

LOGS = RECORDINGS.parent / "logs"
_EVERY = sorted([*LOGS.glob("*.log"), *RECORDINGS.glob("*/*.log")])
requires_logs = pytest.mark.skipif(not _EVERY, reason="logs of real servers are not beside the repository")

Proof = Callable[[re.Match[str], Sequence[str], Sequence[str]], bool]  # of: words, named lines, whole log


def _total(said: re.Match[str], named: Sequence[str], _: Sequence[str]) -> bool:
    size, slots = said[1], said[2]
    by_hand = f"n_slots = {slots}, n_ctx_slot = {int(size) // int(slots)}"
    asked = re.search(rf"(?:-c|--ctx-size |KvSize:) ?{size}\b", named[0])
    return by_hand in named[0] or bool(
        asked and re.search(rf"(?:-np|--parallel|Parallel:) ?{slots}\b", named[0])
    )


def _all_in(first: str, *more: str) -> Proof:
    """Return a proof that the lines hold these words, with the groups of what was said filled in."""

    def proof(said: re.Match[str], named: Sequence[str], _: Sequence[str]) -> bool:
        words = [text.format(*said.groups()) for text in (first, *more)]
        return len(named) >= len(words) and all(
            word in line for word, line in zip(words, named, strict=False)
        )

    return proof


def _somewhere(*patterns: str) -> Proof:
    def proof(said: re.Match[str], _: Sequence[str], log: Sequence[str]) -> bool:
        found = [re.compile(text.format(*map(re.escape, said.groups()))) for text in patterns]
        return any(one.search(line) for one in found for line in log)

    return proof


def _releases(said: re.Match[str], _: Sequence[str], log: Sequence[str]) -> bool:
    told = [line for line in log if "Listening on" in line]
    return all(any(f"(version {release})" in line for line in told) for release in said.groups())


def _gone(said: re.Match[str], named: Sequence[str], _: Sequence[str]) -> bool:
    now, before = named
    return f"{said[1]}:{said[2]}" in before and f"{said[1]}:{said[2]}" not in now and "server config" in now


_PROOFS: Mapping[str, Proof] = {
    r"the (\d+) of the (?:command line|load request) is the total of (\d+) slots": _total,
    r"(\w+)=(\S+) is no number, .*": _all_in("key={} value={}"),
    r"(.+) is no whole number from 0 on": _all_in("value={}"),
    r"the server was started without (\w+); before, it had (\d+)": _gone,
    r"the request(?: from (\S+))? came through (\S+), which cannot carry num_ctx.*": _all_in('"{1}"'),
    r"the model was trained for (\d+) tokens.*": _somewhere(
        r"context_length u32 *= {0}\b", r"n_ctx_train\D+{0}\b"
    ),
    r"the largest prompt of 7 days had (\d+) tokens, .*": _somewhere(r"prompt={0}\b", r"n_tokens = {0}\b"),
    r"Ollama (\S+) gave \d+ by default, (\S+) gives \d+": _releases,
    r"Ollama (\S+) became (\S+)": _releases,
    r"(\d+) is what Ollama gives by default with (.+) of GPU memory": _all_in(
        'total_vram="{1}" default_num_ctx={0}'
    ),
    r"the server's (OLLAMA_CONTEXT_LENGTH) gives (\d+)": _all_in("{}:{}"),
    r"the server's (OLLAMA_NUM_PARALLEL) is (\d+)": _all_in("{}:{}"),
    r"nobody set (OLLAMA_NUM_PARALLEL), .*": _all_in("{}:0"),
    r"the (GPU|model) does not support it": _all_in("not supported by"),
    r"it runs on the CPU, which has no flash attention .*": _all_in("not supported by gpu"),
    r"flash attention was dropped for this launch, .*": _all_in("not supported by", "type="),
    r"flash attention is off for this launch, .*": _all_in("flash attention disabled"),
    r"without (OLLAMA_FLASH_ATTENTION)=1 this release .*": _all_in("{} must be enabled", "{}:false"),
    r"(\w+) is gone since .*": _all_in("invalid option provided"),
    r"num_(gpu|thread) (\d+) was asked for.*": _all_in(" {1} "),
    r"there was not enough memory .*": _all_in("memory"),
    r"the model's file is damaged .*": _all_in("corrupted or incomplete"),
    r"this release does not know the model's architecture": _all_in("unknown model architecture"),
    r"its .*adapter.*": _all_in("lora"),
}  # a new certain cause needs a row here, else it is not proven


@cache
def _findings(path: Path) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    text = path.read_bytes()
    return tuple(checked(text).findings), tuple(text.decode(errors="replace").split("\n"))


def _certain(path: Path) -> Iterator[tuple[Finding, Cause]]:
    for finding in _findings(path)[0]:
        yield from ((finding, cause) for cause in finding.causes if cause.confidence == "certain")


@requires_logs
@pytest.mark.parametrize("path", _EVERY, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_certain_is_proven_by_the_lines_it_names(path: Path) -> None:
    log = _findings(path)[1]
    for finding, cause in _certain(path):
        matching = [
            (proof, said) for text, proof in _PROOFS.items() if (said := re.fullmatch(text, cause.text))
        ]
        assert len(matching) == 1, (finding.line, cause)
        proof, said = matching[0]
        assert proof(said, [log[line - 1] for line in cause.evidence], log), (finding.line, cause)


@requires_logs
def test_no_certain_cause_contradicts_what_people_read_in_a_log() -> None:
    """A launch whose line tells no context has none to explain; a total is that of the key."""
    with (LOGS / "key.tsv").open(newline="") as file:
        rows = {(row["file"], row["line_no"]): row for row in csv.DictReader(file, delimiter="\t")}
    for path in LOGS.glob("*.log"):
        for finding, cause in _certain(path):
            row = rows.get((path.name, str(finding.launch.line if finding.launch else 0)))
            if row and (said := re.match(r"the (\d+) of the .* total of (\d+) slots", cause.text)):
                assert said.groups() == (row["ctx_size"], row["parallel"]), (path.name, cause)
            unknown = row and row["per_slot"] == "-"
            assert not (unknown and "context" in finding.rule), (path.name, finding.rule, cause)


@requires_logs
def test_no_certain_cause_contradicts_what_was_done_to_a_recorded_server() -> None:
    """Each life's environment, and the request behind each launch, are kept beside the recordings."""
    expected = json.loads((RECORDINGS / "expected.json").read_text())
    made = {(one["file"], row["line"]): row["request"] for one in expected for row in one["launches"]}
    for path in RECORDINGS.glob("*.*/*.log"):
        lives = [
            life["environment"] for life in json.loads(path.with_suffix(".json").read_text()).get("lives", ())
        ]
        for finding, cause in _certain(path):
            if "came through" in cause.text:
                assert finding.launch
                where = (f"{path.parent.name}/{path.name}", finding.launch.line)
                assert made[where] is None or f"came through {made[where]}," in cause.text, (where, cause)
            if said := re.match(r"the server was started without (\w+); before, it had (\d+)", cause.text):
                values = [life.get(said[1]) for life in lives]
                assert None in values[1:], (path, values)
                assert said[2] in values, (path, values)
            if said := re.match(r"(\w+)=(\S+) is no number", cause.text):
                assert {life.get(said[1]) for life in lives} == {said[2]}, (path, cause)


@requires_logs
def test_enough_is_certain() -> None:
    assert sum(1 for path in _EVERY for _ in _certain(path)) > 150
