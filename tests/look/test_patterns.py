"""/dev/patterns shows each part in each state that the style sheets know."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from server.pages import render

from .sources import stylesheets

PARTS = ("parts.css", "states.css", "floats.css", "controls.css", "areas/messaging.css")
# What is no part: where something stands, how wide it is, or what a script makes of the whole page.
PLACES = {"menu-name", "shuts-page", "wide", "over", "portal", "phone-thread", "wide-only", "wa-pill"}


@pytest.fixture(scope="module")
def page():
    return render("dev/patterns.html", {"at": datetime(2026, 11, 18, 19, 30, tzinfo=UTC)})


def selectors(name):
    return " ".join(re.findall(r"([^{}]+)\{", stylesheets()[name]))


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_drawn(page, name):
    drawn = {word for given in re.findall(r'class="([^"]*)"', page) for word in given.split()}
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", selectors(name)))
    assert known & drawn, "the premise: parts of this sheet are on the page"
    assert known - drawn - PLACES == set()


@pytest.mark.parametrize("name", sorted(set(stylesheets()) - {"look.css"}))
def test_every_state_is_drawn(page, name):
    states = set(re.findall(r'data-(?:state|tone)="[a-z-]+"', selectors(name)))
    assert states - set(re.findall(r'data-(?:state|tone)="[a-z-]+"', page)) == set()


def test_no_place_is_excused_that_no_sheet_names():
    assert set(re.findall(r"\.([a-z][a-z0-9-]*)", " ".join(map(selectors, PARTS)))) >= PLACES
