"""The pages are as their tables make them, and say something about each rule."""

import pytest

from ollama_watch.verify.rule import Rule
from tests.docs.rules import PAGE, page
from tests.support.checked import SHIPPED


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_each_rule_says_what_it_looks_for_why_and_what_to_do(rule: Rule) -> None:
    assert rule.about
    assert rule.why
    assert rule.fix
