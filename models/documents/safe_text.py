"""Words with form: Markdown and XHTML of others become HTML that can do no harm."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead",
    "tr",
    "u", "ul",
}
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
MOST_LETTERS, MOST_SEARCH = 50_000, 20_000_000
# Headings of a text stand below those of the page that shows it.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
_MARKDOWN.enable(["table", "strikethrough"]).disable("image")
# Each bracket looks through what follows for its fellow: thousands of them in a long text stay brackets.
_WITHOUT_LINKS = MarkdownIt("commonmark", {"html": False, "breaks": True})
_WITHOUT_LINKS.enable(["table", "strikethrough"]).disable(["image", "link"])


def safe_html(*, xhtml: Any = None, markdown: Any = None) -> str:
    """HTML of the XHTML, else of the Markdown; empty of neither. No scripts, no styles, no pictures, no forms; links
    to http, https, mailto and tel only, without telling the other side where one came from."""
    if isinstance(xhtml, str) and xhtml.strip():
        return _clean(xhtml[:MOST_LETTERS])
    return from_markdown(markdown) if isinstance(markdown, str) else ""


@lru_cache(256)
def from_markdown(text: str) -> str:
    """Markdown as safe HTML: HTML inside it stays text."""
    text = text[:MOST_LETTERS]
    writer = _MARKDOWN if text.count("[") * len(text) <= MOST_SEARCH else _WITHOUT_LINKS
    return _clean(writer.render(text)) if text.strip() else ""


def _clean(html: str) -> str:
    clean = nh3.clean(
        html.replace("<h1", "<h2").replace("</h1>", "</h2>"),
        tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow", set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return clean.strip()
