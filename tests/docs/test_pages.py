"""The pages are as their tables make them, and say something about each rule."""

from pathlib import Path

import pytest

from ollama_watch.verify.rule import Rule
from tests.docs.pages import PAGES, REFERENCE
from tests.support.checked import SHIPPED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_up_to_date(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page](), "make docs"


def test_every_page_of_the_reference_is_made() -> None:
    assert set(REFERENCE.iterdir()) == {page for page in PAGES if page.parent == REFERENCE}


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_each_rule_says_what_it_looks_for_why_and_what_to_do(rule: Rule) -> None:
    assert rule.about
    assert rule.why
    assert rule.fix
