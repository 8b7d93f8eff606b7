"""The pages keep to the content security policy, to the sprite of icons, and to labels for everybody."""

import re

import pytest
from jinja2 import Environment, nodes

from server.pages import environment

from .sources import ROOT, scripts, templates

NAMES = sorted(templates())
JINJA = environment()
# Which argument of a macro is the icon's name; each may also be given as icon_name=.
TAKES_ICON = {"icon": 0, "mark": 0, "empty": 0, "chip": 1, "menu_item": 1, "notice": 2, "error_box": 2}
IN_SCRIPTS = re.compile(r"""(?:\bicon\(|\bsetIcon\([^,()]+,)([^()]*)\)""")
IN_PYTHON = re.compile(r"""\bicon(?:_name)?["']?\s*[=:]\s*["']([a-z0-9-]+)["']""")


def test_there_are_pages_to_look_at():
    assert {"layouts/desk.html", "layouts/portal.html", "layouts/public.html", "dev/patterns.html"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_style_and_no_script_inside(name):
    text = re.sub(r"\{#.*?#\}", "", templates()[name], flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text), "style= is refused by the policy"
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text), "a script inside the page is refused by the policy"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"'](?![\w.]+(?: [\w.]+)*[\"'])", text), "no handler in an attribute"
    assert "javascript:" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_it_needs_before_anything_else(name):
    assert re.match(r"\{#-? .+?-?#\}", templates()[name], flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read_by_jinja(name):
    assert JINJA.get_template(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_imports_is_there(name):
    for source, wanted in re.findall(r'\{% from "([^"]+)" import ([^%]+?) (?:with context )?%\}', templates()[name]):
        module = JINJA.get_template(source).module
        for macro in wanted.split(","):
            assert hasattr(module, macro.split(" as ")[0].strip()), f"{source} has no {macro.strip()}"


def test_every_icon_that_is_drawn_is_in_the_sprite():
    drawn = {(name, icon) for name, text in templates().items() for icon in icons_in_template(text)}
    drawn |= {(name, icon) for name, text in scripts().items() for icon in icons_in_script(text)}
    drawn |= {(name, icon) for name, text in python().items() for icon in IN_PYTHON.findall(text)}
    assert len(drawn) > 40, "the search still finds icons"
    assert {one for one in drawn if one[1] not in listed_icons()} == set()


def test_the_list_of_icons_is_in_order_and_says_each_once():
    listed = (ROOT / "static" / "icons.txt").read_text().split("\n")[:-1]
    assert listed == sorted(set(listed))


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_alone_has_a_name_for_those_who_do_not_see_it(name):
    alone = re.findall(r"<(button|a)\b([^>]*\bicon-only\b[^>]*)>(.*?)</\1>", templates()[name], flags=re.DOTALL)
    assert [tag for _, tag, inside in alone if "aria-label" not in tag and "unseen" not in inside] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_button_says_what_it_is(name):
    text = re.sub(r"\{#.*?#\}", "", templates()[name], flags=re.DOTALL)
    buttons = re.findall(r"<button\b([^>]*)>", text)
    assert [one for one in buttons if "type=" not in one] == [], "without a type a button sends the form it stands in"


def listed_icons() -> set[str]:
    return set((ROOT / "static" / "icons.txt").read_text().split())


def python() -> dict[str, str]:
    files = [path for area in ("models", "server") for path in (ROOT / area).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in files}


def icons_in_script(text: str) -> set[str]:
    names = {name for call in IN_SCRIPTS.findall(text) for name in re.findall(r"[\"']([a-z0-9-]+)[\"']", call)}
    return names - {"small"}  # the other argument: a size


def icons_in_template(text: str) -> set[str]:
    """What stands as an icon's name in any call of a macro that draws one, in both branches of an `if`."""
    found: set[str] = set()
    for call in Environment().parse(text).find_all(nodes.Call):
        place = TAKES_ICON.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if place is not None:
            given = [*call.args[place : place + 1], *(pair.value for pair in call.kwargs if pair.key == "icon_name")]
            found |= {word for node in given for word in constants(node)}
    return found


def constants(node: nodes.Expr) -> set[str]:
    if isinstance(node, nodes.CondExpr):
        return constants(node.expr1) | (constants(node.expr2) if node.expr2 else set())
    return {node.value} if isinstance(node, nodes.Const) and isinstance(node.value, str) else set()
