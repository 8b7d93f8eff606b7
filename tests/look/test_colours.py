"""Colours are named once, in tokens.css, and every pair that a page may draw can be read in both schemes."""

import re

import pytest

from models.accounts.branding import contrast

from .sources import stylesheets, tokens

SCHEMES = (pytest.param(0, id="light"), pytest.param(1, id="dark"))
SURFACES = ("paper", "sheet", "raised", "well", "hover")
STATES = ("ok", "warn", "danger")
VOICES = tuple(f"who-{letter}" for letter in "abcdef")
RAW = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
    r"|(?<![-\w])(?:white|black|red|green|blue|orange|yellow|gr[ae]y|silver)(?![-\w])"
)


def text_pairs():
    """(text, ground, least ratio) for everything that is read."""
    yield from (("ink", surface, 7) for surface in SURFACES)
    yield from ((ink, surface, 4.5) for ink in ("ink-quiet", "ink-faint") for surface in SURFACES)
    yield from ((f"{state}-on", state, 4.5) for state in (*STATES, "accent"))
    for state in STATES:
        yield from ((f"{state}-ink", ground, 4.5) for ground in (f"{state}-tint", "paper", "sheet", "raised", "well"))
        yield ("ink", f"{state}-tint", 7)
    yield from (("accent-ink", ground, 4.5) for ground in ("accent-tint", "accent-mid", "paper", "sheet", "raised"))
    yield from (("ink", ground, 7) for ground in ("accent-tint", "accent-mid"))
    yield from ((f"{voice}-ink", f"{voice}-tint", 4.5) for voice in VOICES)
    yield ("ink-quiet", "accent-tint", 4.5)  # the meta line of the current conversation
    yield from (("ink", "ground", 7), ("ink-quiet", "ground", 4.5), ("accent-ink", "ground", 4.5))
    yield ("sheet", "ink", 7)  # a toast


def edge_pairs():
    """What is seen and not read: fields, the focus ring, the mark of a voice, the dot of presence."""
    yield from (("edge", surface, 3) for surface in ("paper", "sheet", "raised", "well"))
    yield from (("accent", surface, 3) for surface in ("paper", "sheet", "raised"))
    yield from ((f"{voice}-mark", "sheet", 3) for voice in VOICES)
    yield from ((state, "sheet", 3) for state in STATES)
    yield from (("knob", track, 3) for track in ("edge", "accent"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "ground", "least"), [*text_pairs(), *edge_pairs()])
def test_it_can_be_read(front, ground, least, scheme):
    colour = tokens()
    assert contrast(colour[front][scheme], colour[ground][scheme]) >= least


def test_every_colour_has_a_light_and_a_dark_side():
    named = re.findall(r"--((?:who-|accent|ok|warn|danger|ink|paper|sheet)[a-z0-9-]*):", stylesheets()["tokens.css"])
    assert len(named) > 40
    assert sorted(named) == sorted(set(named) & set(tokens()))


@pytest.mark.parametrize("name", sorted(set(stylesheets()) - {"tokens.css"}))
def test_no_raw_colour_stands_outside_tokens(name):
    values = re.sub(r"url\([^)]*\)|^[^{}:]*\{", "", stylesheets()[name], flags=re.MULTILINE)
    assert RAW.findall(values) == []


def test_every_role_that_a_stylesheet_uses_exists():
    every = "".join(stylesheets().values())
    used = set(re.findall(r"var\((--[a-z0-9-]+)", every))
    given = set(re.findall(r"(--[a-z0-9-]+)\s*:", every))
    set_by_others = {name for name in used if name.startswith("--wa-")} | {"--toast-time"}
    assert used - given - set_by_others == set()
