"""Whether a page is one: every element closed where it was opened, every name that is meant there once."""

import re
from html.parser import HTMLParser

_EMPTY = frozenset(("meta", "link", "br", "img", "line", "circle"))
_MEANT = ("aria-labelledby", "for", "data-copy")  # attributes that name an id


class Html(HTMLParser):
    """A page that was read: its elements, its ids, its text, and what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.mistakes: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.mistakes += [f"<{tag}> is never closed" for tag in self._open]
        self.mistakes += self._misnamed()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self.mistakes.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, given))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        last = self._open.pop() if self._open else ""
        if last != tag:
            self.mistakes.append(f"</{tag}> where <{last}> is open")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.mistakes.append(f"a comment: {data}")

    def named(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element of a kind."""
        return [given for name, given in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [given["id"] for _, given in self.elements if "id" in given]

    def _misnamed(self) -> list[str]:
        twice = {one for one in self.ids if self.ids.count(one) > 1}
        meant = {one for _, given in self.elements for name in _MEANT for one in given.get(name, "").split()}
        links = [given.get("href", "") for given in self.named("a")]
        meant |= {href.removeprefix("#") for href in links if href.startswith("#")}
        return [f"{one} is there twice" for one in twice] + [
            f"{one} is nowhere" for one in meant - set(self.ids)
        ]


def said(html: str, section: str = "") -> str:
    """Return what can be read of a status page, or of one of its sections, with single blanks."""
    if section:
        html = html.partition(f'<section id="{section}"')[2].partition("</section>")[0]
    return " ".join(Html(re.sub(r"(?=<)", " ", html)).text.split())
