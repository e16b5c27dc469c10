"""What is written is read again as it was, and nothing else is taken for it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_watch.app.checkpoint import Checkpoint, Resumed, Writer, read, write
from ollama_watch.app.config import Config
from ollama_watch.app.decoder import Unfit
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line
from ollama_watch.sources.position import Position
from tests.support.checked import SHIPPED, lines
from tests.support.ollama_log import OllamaLog

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.log"))
CONFIG = Config(rules=SHIPPED)
RULES = {rule.id: rule for rule in SHIPPED}


def watch() -> Watch:
    return Watch(CONFIG, {"server.log": Watched(Reading("server.log"))})


def feed(into: Watch, line: Line) -> None:
    into.following("server.log", live=False)
    into.feed("server.log", line)


def checkpoint(one: Watch, position: Position | None = None) -> Checkpoint:
    resumed = Resumed(target="server.log", position=position, watched=one.sources["server.log"])
    return Checkpoint(sources={"server.log": resumed}, book=one.book, moments=one.judging.moments)


def text_of(one: Watch, position: Position | None = None) -> str:
    return write(checkpoint(one, position))


def again(one: Watch) -> Watch:
    """Return what a new process makes of what this one knew."""
    found = read(text_of(one), RULES)
    return Watch(CONFIG, {"server.log": found.sources["server.log"].watched}, found.book, found.moments)


@pytest.mark.parametrize("log", GOLDEN, ids=lambda log: log.stem)
def test_a_restart_after_any_line_ends_where_none_would(log: Path) -> None:
    all_lines = list(lines(log.read_bytes()))
    whole = watch()
    for line in all_lines:
        feed(whole, line)
    whole.finish("server.log")

    broken = watch()
    for line in all_lines:
        feed(broken, line)
        broken = again(broken)
    broken.finish("server.log")

    assert json.loads(text_of(broken)) == json.loads(text_of(whole))
    assert [alert.id for alert in broken.book.active()] == [alert.id for alert in whole.book.active()]


@pytest.mark.parametrize("log", GOLDEN, ids=lambda log: log.stem)
def test_what_is_kept_of_the_last_checkpoint_is_true_in_the_next(log: Path) -> None:
    one, writer = watch(), Writer()
    for line in lines(log.read_bytes()):
        feed(one, line)
        list(one.book.tick((None, "server.log"), one.sources["server.log"].reading.fleet.now))
        assert read(writer.write(checkpoint(one)), RULES).book.entries == one.book.entries


def test_a_position_is_kept() -> None:
    position = Position(device=1, inode=2, head="6162", offset=3, number=4)

    assert read(text_of(watch(), position), RULES).sources["server.log"].position == position


def test_an_alert_whose_rule_is_gone_ends() -> None:
    one = watch()
    for line in lines((GOLDEN[0].parent / "command-line-0.5.7.log").read_bytes()):
        feed(one, line)
    assert one.book.entries
    found = read(text_of(one), {})

    later = Watch(replace(CONFIG, rules=()), {}, found.book, found.moments)
    assert later.book.active() == []


def cut(prompt: int) -> OllamaLog:
    return OllamaLog().warns(f'"truncating input prompt" limit=4096 prompt={prompt} keep=4 new=4096')


def test_the_worst_of_an_alerts_life_is_kept() -> None:
    one = watch()
    for text in (OllamaLog().server("0.32.1").runs(ctx=4096), cut(25400)):
        for line in lines(str(text).encode()):
            feed(one, line)
    later = again(again(one))
    for line in lines(str(cut(4106)).encode()):
        feed(later, line)

    (alert,) = (alert for alert in later.book.active() if alert.rule == "prompt-truncated")
    assert alert.worst
    assert (alert.finding.count, alert.finding.fields["dropped"]) == (2, 10)
    assert (alert.worst.fields["dropped"], alert.worst.fields["prompt"]) == (21304, 25400)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"version": 2}',
        '{"version": 1, "book": 7}',
        '{"version": 1, "sources": {"a": {"target": 1, "position": null, "watched": {}}}}',
        '{"version": 1, "sources": {"a": {}}}',
        '{"version": 1, "shared": [[7]]}',
        '{"version": 1, "shared": 7}',
        '{"version": 1, "moments": {"a": 1}}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Unfit):
        read(text, RULES)


@pytest.mark.parametrize("position", [7, "a", [[1]], {"head": "zz"}, {"offset": None}])
def test_what_is_no_place_is_no_checkpoint(position: object) -> None:
    data = json.loads(text_of(watch(), Position(offset=3)))
    data["now"]["sources"]["server.log"]["position"] = position

    with pytest.raises(Unfit):
        read(json.dumps(data), RULES)


def test_what_another_release_adds_is_passed_over() -> None:
    data = json.loads(text_of(watch()))
    data["now"]["sources"]["server.log"]["watched"]["reading"]["fleet"]["invented"] = 1

    assert read(json.dumps(data), RULES).sources["server.log"].watched.reading.fleet.source == "server.log"
