"""What a page has a browser fetch."""

from __future__ import annotations

from html.parser import HTMLParser


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"link": "href", "img": "src", "script": "src"}.get(tag)
        self.found += [value for name, value in attrs if name == wanted and value]


def linked(page: str) -> list[str]:
    """The addresses of its styles, images and scripts."""
    links = _Links()
    links.feed(page)
    return links.found
