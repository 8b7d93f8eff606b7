"""The stylesheets keep to their layers, sizes and files."""

import re

import pytest

from .sources import CSS, stylesheets

LAYERS = {"tokens", "bridge", "base", "layout", "parts", "areas", "states"}
OURS = sorted(set(stylesheets()) - {"look.css"})


def test_the_one_entry_names_every_stylesheet_and_nothing_that_is_not_there():
    imported = re.findall(r'@import url\("([^"]+)"\)', stylesheets()["look.css"])
    ours = [name for name in imported if not name.startswith("../vendor/")]
    assert sorted(ours) == OURS
    assert all((CSS / name).exists() for name in ours)


def test_the_one_entry_orders_the_layers_so_that_ours_win():
    order = re.search(r"@layer ([^;{]+);", stylesheets()["look.css"]).group(1)
    names = [name.strip() for name in order.split(",")]
    assert names[-len(LAYERS) :] == ["tokens", "bridge", "base", "layout", "parts", "areas", "states"]
    assert all(name.startswith("wa-") for name in names[: -len(LAYERS)])


@pytest.mark.parametrize("name", OURS)
def test_every_rule_stands_in_a_layer_of_ours(name):
    depth, outside = 0, ""
    for mark in re.split(r"([{}])", stylesheets()[name]):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        outside += mark if depth == 0 and mark not in "{}" else ""
    heads = [head for head in outside.split("@layer") if head.strip()]
    assert depth == 0
    assert {head.strip() for head in heads} <= LAYERS, heads


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_important(name):
    assert "!important" not in stylesheets()[name]


@pytest.mark.parametrize("name", sorted(set(OURS) - {"bridge.css"}))
def test_only_the_bridge_speaks_for_the_components(name):
    said = re.findall(r"(--wa-[a-z0-9-]+)\s*:", stylesheets()[name])
    assert set(said) <= {"--wa-form-control-height"}, "the height alone differs between desk and portal"


@pytest.mark.parametrize("name", OURS)
def test_no_text_is_smaller_than_twelve_pixels(name):
    sizes = re.findall(r"font-size:\s*([\d.]+)(rem|px)", stylesheets()[name])
    pixels = [float(number) * (16 if unit == "rem" else 1) for number, unit in sizes]
    assert [size for size in pixels if size < 12] == []


@pytest.mark.parametrize("name", OURS)
def test_no_selector_hangs_on_an_id(name):
    selectors = re.findall(r"(?:^|[;{}])\s*([^;{}@]+)\{", stylesheets()[name])
    assert [one for one in selectors if re.search(r"#[a-zA-Z]", one)] == []


@pytest.mark.parametrize("name", OURS)
def test_what_moves_without_end_rests_for_those_who_asked(name):
    text = stylesheets()[name]
    if re.search(r"animation:[^;]*infinite", text):
        assert "prefers-reduced-motion: reduce" in text
