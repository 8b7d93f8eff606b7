"""Style sheets and modules: bundled as long as nobody edits them, kept for ever, never under an address that lies."""

import json
from hashlib import sha256

import pytest

from server.assets import Shelf


def fill(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def folder(tmp_path):
    fill(tmp_path, js__app_js="import './line.js'", js__line_js="1", css__look_css="a {}")
    fill(tmp_path, built__app_js="1", icon_svg="<svg/>")
    names = ("js/app.js", "js/line.js", "css/look.css")
    inputs = {name: sha256((tmp_path / name).read_bytes()).hexdigest() for name in names}
    fill(tmp_path, built__inputs_json=json.dumps(inputs))
    return tmp_path


def test_pages_name_the_bundles_while_they_hold_what_the_sources_say(folder):
    shelf = Shelf(folder)
    assert shelf.address("js/app.js") == f"/static/at-{shelf.stamp}/built/app.js"
    assert shelf.address("css/look.css").endswith("/built/look.css")
    assert shelf.address("icon.svg").endswith("/icon.svg")


def test_an_edited_module_shows_at_the_next_load(folder):
    shelf = Shelf(folder)
    before = shelf.address("js/app.js")
    fill(folder, js__line_js="22")
    assert shelf.address("js/app.js") == before  # nobody looked yet
    shelf.look_again()
    assert shelf.address("js/app.js") == f"/static/at-{shelf.stamp}/js/app.js" != before
    fill(folder, js__line_js="1")
    shelf.look_again()
    assert shelf.address("js/app.js") == before, "the same files, the same address"


def test_without_bundles_pages_name_the_sources(folder):
    (folder / "built" / "inputs.json").unlink()
    assert "/built/" not in Shelf(folder).address("js/app.js")


def test_a_source_that_went_away_leaves_no_bundle(folder):
    shelf = Shelf(folder)
    assert shelf.bundled  # premise
    (folder / "js" / "line.js").unlink()
    shelf.look_again()
    assert not shelf.bundled


async def test_what_has_a_stamp_is_kept_for_ever_and_sent_packed(browse, cast):
    browser = await browse(cast)
    page = await (await browser.get("/")).get_data(as_text=True)
    sheet = next(part for part in page.split('"') if part.endswith("look.css"))
    answer = await browser.get(sheet, **{"Accept_Encoding": "gzip"})
    assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    plain = await browser.get(sheet)
    assert "Content-Encoding" not in plain.headers and plain.headers["Content-Type"].startswith("text/css")
    assert len(await plain.get_data()) > 2 * len(await answer.get_data())


async def test_a_page_left_open_during_an_upgrade_still_finds_its_files(browse, cast):
    browser = await browse(cast)
    assert (await browser.get("/static/at-000000000000/css/look.css")).status_code == 200


@pytest.mark.parametrize("name", ["nothing.css", "../server/app.py", "..%2fserver/app.py", "css", "%00"])
async def test_nothing_else_is_served(browse, cast, name):
    browser = await browse(cast)
    answer = await browser.get(f"/static/at-000000000000/{name}")
    assert answer.status_code == 404 and "immutable" not in answer.headers["Cache-Control"]


async def test_without_a_stamp_a_file_is_asked_for_again(browse, cast):
    answer = await (await browse(cast)).get("/static/css/look.css")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-cache"
