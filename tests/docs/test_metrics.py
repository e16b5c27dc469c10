"""The page of the metrics and the page that a real daemon serves name the same families."""

import re
from collections.abc import Iterator

import pytest

from tests.docs.pages import REFERENCE
from tests.docs.reference.metrics import WORDS, labels
from tests.docs.reference.metrics import families as documented
from tests.support.daemon import daemon
from tests.support.wait import until

_PAGE = (REFERENCE / "metrics.md").read_text(encoding="utf-8")
_TYPE = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)
_SERIES = re.compile(r"^(ollama_watch_\w+)\{([^}]*)\} ", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_PATIENCE = 60.0  # s


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with daemon(["--speed", "8", "--rounds", "1"], command="demo") as running:
        until(lambda: 'direction="up"' in running.get("/metrics")[1], _PATIENCE)
        yield running.get("/metrics")[1]


def test_every_family_of_the_demo_is_documented_and_no_other(served: str) -> None:
    told = dict(re.findall(r"^\| `(ollama_watch_\w+)` \| (\w+) \|", _PAGE, re.MULTILINE))

    assert {name: kind for name, kind in _TYPE.findall(served) if not name.endswith("_created")} == told


def test_every_label_of_the_demo_is_documented(served: str) -> None:
    known = {
        family.name + suffix: {*labels(family), "le"}
        for family in documented()
        for suffix in ("", "_total", "_bucket", "_sum", "_count", "_created")
    }
    series = [(name, dict(_LABEL.findall(pairs))) for name, pairs in _SERIES.findall(served)]

    assert series
    for name, found in series:
        assert set(found) <= known[name], name


@pytest.mark.parametrize("label", WORDS)
def test_no_label_of_few_words_has_another(served: str, label: str) -> None:
    found = {
        value
        for _, pairs in _SERIES.findall(served)
        for name, value in _LABEL.findall(pairs)
        if name == label
    }

    assert found
    assert found <= set(WORDS[label])
