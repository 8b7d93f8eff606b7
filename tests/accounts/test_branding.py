"""A practice's colour: kept when it can be read, moved just far enough when it cannot."""

from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts.branding import INK_ON_PAPER, ON_ACCENT, ROLES, WHITE, Oklch, brand, contrast, to_hex, to_oklch

FIFTEEN = (
    "#000000", "#1b5470", "#3d6b35", "#7a1f1f", "#5b2a86", "#0b5fff", "#8c5a00", "#c2185b",
    "#00897b", "#808080", "#e07a5f", "#f4a261", "#ffd400", "#7fffd4", "#bfff00",
)  # fmt: skip
PAPER = ("#f1f5f6", "#111819")
SHEET = ("#ffffff", "#192123")
INK = ("#132025", "#e7eced")
HARBOR = """\
@layer tokens {
:root {
  --accent: light-dark(#1b5470, #79b5d7);
  --accent-hover: light-dark(#074661, #8ec6e7);
  --accent-on: light-dark(#ffffff, #06161e);
  --accent-ink: light-dark(#1b5470, #95d2f5);
  --accent-tint: light-dark(#ecf4f9, #1e2c34);
  --accent-mid: light-dark(#d6e8f3, #253b47);
  --accent-line: light-dark(#98c9e5, #335e75);
  --ground: light-dark(#ecf4f9, #1e2c34);
}
}
"""
colours = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


def text_pairs(pairs, scheme):
    """Every (text, ground) that a page may draw with a practice's colour in one scheme, 0 light or 1 dark."""
    tone = {role: pair[scheme] for role, pair in pairs.items()}
    grounds = [tone["accent-tint"], tone["accent-mid"], PAPER[scheme], SHEET[scheme]]
    yield from ((tone["accent-on"], tone[role]) for role in ("accent", "accent-hover"))
    yield from ((tone["accent-ink"], ground) for ground in grounds)
    yield from ((INK[scheme], tone[role]) for role in ("accent-tint", "accent-mid"))


def assert_readable(made):
    for scheme in (0, 1):
        for text, ground in text_pairs(made.pairs, scheme):
            assert contrast(text, ground) >= 4.5, (made.chosen, scheme, text, ground)
        edge = made.pairs["accent"][scheme]
        assert contrast(edge, PAPER[scheme]) >= 3, (made.chosen, scheme, "the focus ring on paper")


@pytest.mark.parametrize("chosen", FIFTEEN)
def test_each_of_fifteen_accents_is_readable_in_both_schemes(chosen):
    made = brand(chosen)
    assert tuple(made.pairs) == ROLES
    assert_readable(made)


@given(colours)
def test_any_colour_at_all_becomes_readable(chosen):
    made = brand(chosen)
    assert_readable(made)
    assert contrast(WHITE, made.pairs["accent"].light) >= ON_ACCENT
    assert contrast(made.pairs["accent-ink"].light, made.pairs["accent-tint"].light) >= INK_ON_PAPER


@given(colours)
def test_the_hue_people_recognise_is_kept(chosen):
    picked, became = to_oklch(chosen), to_oklch(brand(chosen).pairs["accent"].light)
    across = min(picked.chroma, became.chroma) * 2 * abs(sin((picked.hue - became.hue) / 2))
    assert across < 0.01, "what eight bits a channel make of a hue, and no more"


@given(colours)
def test_a_colour_survives_the_way_to_oklch_and_back(colour):
    assert to_hex(to_oklch(colour)) == colour


@given(st.floats(0.15, 1), st.floats(0, 0.4), st.floats(0, 2 * pi))
def test_what_no_screen_shows_gives_up_chroma_and_keeps_its_lightness(lightness, chroma, hue):
    shown = to_oklch(to_hex(Oklch(lightness, chroma, hue)))
    assert abs(shown.lightness - lightness) < 0.02
    assert shown.chroma <= chroma + 0.02


def test_a_colour_that_can_be_read_is_used_exactly_as_chosen():
    made = brand("#1B5470")
    assert made.css == HARBOR
    assert made.moved == ()


def test_three_digits_mean_the_same_as_six():
    assert brand("#175").css == brand("#117755").css


def test_yellow_becomes_darker_and_says_so():
    made = brand("#ffd400")
    assert contrast(WHITE, made.chosen) < ON_ACCENT, "the premise: white cannot be read on it"
    assert "darker" in made.moved
    assert cos(to_oklch(made.pairs["accent"].light).hue - to_oklch("#ffd400").hue) > 0.98


def test_a_glaring_blue_becomes_calmer_and_says_so():
    assert contrast(WHITE, "#0000ff") >= ON_ACCENT, "the premise: its lightness is no trouble"
    assert "calmer" in brand("#0000ff").moved


def test_grey_stays_grey():
    made = brand("#808080")
    for pair in made.pairs.values():
        for tone in pair:
            assert len({tone[1:3], tone[3:5], tone[5:7]}) == 1, tone


@pytest.mark.parametrize("chosen", ["", "red", "1b5470", "#1b547", "#1b54700", "#12345g", "#fff; } * { top: 0"])
def test_anything_else_is_refused_before_it_reaches_a_stylesheet(chosen):
    with pytest.raises(ValueError, match="not a colour"):
        brand(chosen)


@given(colours)
def test_a_button_under_the_pointer_differs_from_one_at_rest(chosen):
    pairs = brand(chosen).pairs
    for rest, pointed in zip(pairs["accent"], pairs["accent-hover"], strict=True):
        assert contrast(rest, pointed) >= 1.15, (chosen, rest, pointed)


@pytest.mark.parametrize("chosen", ["#000000", "#0a0a0a", "#14141f"])
def test_near_black_grows_lighter_under_the_pointer(chosen):
    rest, pointed = (to_oklch(brand(chosen).pairs[role].light) for role in ("accent", "accent-hover"))
    assert pointed.lightness > rest.lightness + 0.08


def on_ground(made, scheme):
    """What is written on the ground: welcome, facts and their names."""
    return [INK[scheme], ("#49565b", "#afb8b9")[scheme], made.pairs["accent-ink"][scheme]]


@given(colours, colours)
def test_any_second_colour_becomes_a_ground_on_which_everything_can_be_read(chosen, under):
    made = brand(chosen, under)
    for scheme in (0, 1):
        for text in on_ground(made, scheme):
            assert contrast(text, made.pairs["ground"][scheme]) >= 4.5, (chosen, under, scheme, text)


def test_a_light_second_colour_is_used_exactly_as_chosen():
    made = brand("#3d6b35", "#FBF3E4")
    assert made.pairs["ground"].light == made.chosen_ground == "#fbf3e4"
    assert made.ground_moved == ()


def test_a_dark_second_colour_becomes_lighter_and_says_so():
    made = brand("#1b5470", "#7a1f1f")
    assert "lighter" in made.ground_moved
    assert cos(to_oklch(made.pairs["ground"].light).hue - to_oklch("#7a1f1f").hue) > 0.9


def test_without_a_second_colour_the_ground_is_a_tint_of_the_first():
    made = brand("#6b4d8a")
    assert made.pairs["ground"] == made.pairs["accent-tint"]
    assert (made.chosen_ground, made.ground_moved) == ("", ())


@pytest.mark.parametrize("under", ["blue", "#12", "#1234567", "url(x)", "#fff;}"])
def test_a_second_colour_that_is_none_is_refused_too(under):
    with pytest.raises(ValueError, match="not a colour"):
        brand("#1b5470", under)
