"""Words of others can have form, and do no harm."""

from __future__ import annotations

import pytest

from models.documents.questionnaires import read
from models.documents.safe_text import from_markdown, safe_html
from tests.documents.forms import asks, extension, form


def test_markdown_has_form():
    made = from_markdown("**Read** this:\n\n- one\n- two\n\n[more](https://example.org)")
    assert "<strong>Read</strong>" in made and "<li>one</li>" in made
    assert 'href="https://example.org"' in made and "noreferrer" in made


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<p onclick='alert(1)' style='position:fixed'>x</p>",
    "<iframe src='//x'></iframe>", "<form action='/x'><input></form>",
    "<svg onload=alert(1)>", "<style>*{display:none}</style>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
])
@pytest.mark.parametrize("way", ["xhtml", "markdown"])
def test_nothing_of_it_can_act(hostile, way):
    made = safe_html(**{way: hostile})
    plain = made.replace("&lt;", "").replace("&gt;", "") if way == "xhtml" else ""
    for word in ("<script", "<img", "<iframe", "<form", "<input", "<svg", "<style", "<math"):
        assert word not in made
    assert "javascript:" not in plain and "onerror" not in plain and "onclick" not in plain and "style=" not in plain


def test_links_of_markdown_lead_to_addresses_only():
    assert "href" not in from_markdown("[x](javascript:alert(1))")
    assert "<img" not in from_markdown("![x](https://example.org/track.png)")


def test_the_text_of_an_item_comes_from_xhtml_first():
    url = "http://hl7.org/fhir/StructureDefinition/rendering-"
    markdown, xhtml = extension(url + "markdown", valueMarkdown="*m*"), extension(url + "xhtml", valueString="<b>x</b>")
    both = {"extension": [markdown, xhtml]}
    assert read(form(asks("a", _text=both))).items[0].html == "<b>x</b>"
    both["extension"].pop()
    assert read(form(asks("a", _text=both))).items[0].html == "<p><em>m</em></p>"
    assert read(form(asks("a"))).items[0].html == ""
