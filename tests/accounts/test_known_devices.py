"""Remembered devices skip the code for thirty days; a new device is told of; both can be forgotten."""

from __future__ import annotations

from server.worlds import PASSWORD
from tests.support.factors import app_of

NEW = "login.new_device"


async def _again(browser, sign_in, name="client", **more):
    """Signed out and in again in the same browser."""
    await browser.send("/sign-out")
    return await sign_in(name, browser=browser, **more)


async def test_a_remembered_device_is_not_asked_for_the_code(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    assert (await sign_in("client", browser=browser, code=app.code(), remember=True)).status_code == 200
    assert (await _again(browser, sign_in)).status_code == 200
    assert (await sign_in("client")).status_code == 422, "any other browser is"


async def test_one_that_is_known_but_not_remembered_is_asked(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    assert (await sign_in("client", browser=browser, code=app.code())).status_code == 200
    assert (await _again(browser, sign_in)).status_code == 422


async def test_after_thirty_days_it_is_asked_again(browse, cast, sign_in, later):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    later(days=29)
    assert (await _again(browser, sign_in)).status_code == 200
    later(days=2)
    assert (await _again(browser, sign_in)).status_code == 422


async def test_the_wrong_password_is_wrong_there_too(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    assert (await _again(browser, sign_in, password="not this one")).status_code == 422


async def test_a_new_password_asks_everywhere_again(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    fresh = "four words in a row"
    assert (await browser.send("/password", {"current": PASSWORD, "password": fresh})).status_code == 200
    refused = await _again(browser, sign_in, password=fresh)
    assert (await refused.get_json())["code"] == "second-factor"


async def test_turning_the_second_factor_off_and_on_asks_everywhere_again(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    assert (await browser.send("/security/second-factor/off")).status_code == 200
    await app_of(cast, "client")
    assert (await _again(browser, sign_in)).status_code == 422


async def test_it_is_listed_and_can_be_forgotten(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    (device,) = (await (await browser.json("/security")).get_json())["devices"]
    assert device["current"] and device["device"] == "Chrome on Windows" and device["remembered_until"]
    assert (await browser.send(f"/security/devices/{device['id']}/forget")).status_code == 200
    assert (await (await browser.json("/security")).get_json())["devices"] == []
    assert (await _again(browser, sign_in)).status_code == 422


async def test_who_is_signed_in_on_a_forgotten_device_is_signed_out(browse, cast, sign_in):
    """The stolen laptop: forgotten from the phone, and nothing is open there any more."""
    laptop, phone = await browse(cast), await browse(cast)
    await sign_in("client", browser=laptop)
    await sign_in("client", browser=phone)
    devices = (await (await phone.json("/security")).get_json())["devices"]
    (stolen,) = [one for one in devices if not one["current"]]
    (mine,) = [one for one in devices if one["current"]]
    assert (await laptop.json("/me")).status_code == 200, "the premise"
    assert (await phone.send(f"/security/devices/{stolen['id']}/forget")).status_code == 200
    assert (await laptop.json("/me")).status_code == 401
    assert (await phone.send(f"/security/devices/{mine['id']}/forget")).status_code == 200
    assert (await phone.json("/me")).status_code == 200, "one's own session stays"


async def test_nobody_forgets_the_device_of_another(browse, cast, sign_in, neighbours):
    mine, theirs = await browse(cast), await browse(cast)
    await sign_in("client", browser=mine)
    await sign_in("teen", browser=theirs)
    (device,) = (await (await mine.json("/security")).get_json())["devices"]
    for other in (theirs, await browse(neighbours, "client")):
        assert (await other.send(f"/security/devices/{device['id']}/forget")).status_code == 404
    assert (await mine.send(f"/security/devices/{device['id']}/forget")).status_code == 200


async def test_a_token_that_somebody_planted_is_never_taken_on(browse, cast, sign_in, people):
    app, browser = await app_of(cast, "client"), await browse(cast)
    planted = "p" * 43
    browser.others["portico_device"] = planted
    await sign_in("client", browser=browser, code=app.code(), remember=True)
    assert browser.others["portico_device"].split(".")[0] != planted
    thief = await browse(cast)
    thief.others["portico_device"] = planted
    assert (await sign_in("client", browser=thief)).status_code == 422


async def test_a_token_of_one_login_is_none_of_another_in_the_same_browser(browse, cast, sign_in):
    app, browser = await app_of(cast, "client"), await browse(cast)
    await sign_in("teen", browser=browser, remember=True)
    assert (await _again(browser, sign_in)).status_code == 422
    assert (await sign_in("client", browser=browser, code=app.code(), remember=True)).status_code == 200
    assert len(browser.others["portico_device"].split(".")) == 2
    assert (await _again(browser, sign_in)).status_code == 200


async def test_the_table_keeps_hashes_alone(browse, cast, sign_in, people):
    browser = await browse(cast)
    await sign_in("client", browser=browser)
    row = await people.row("SELECT hash, d::text AS text FROM device d")
    assert browser.others["portico_device"] not in row["text"] and len(bytes(row["hash"])) == 32


async def test_a_new_device_is_told_of_and_the_very_first_is_not(browse, cast, sign_in, people):
    first = await browse(cast)
    await sign_in("client", browser=first)
    assert await people.events(NEW) == []
    await _again(first, sign_in)
    assert await people.events(NEW) == []
    await sign_in("client")
    (event,) = await people.events(NEW)
    assert event["subject_id"] == cast.logins["client"]
    (mail,) = await people.rows("SELECT kind, login_id, facts FROM outgoing_mail")
    assert (mail["kind"], mail["login_id"]) == ("new-device", cast.logins["client"])
    log = await people.rows("SELECT kind FROM security_line WHERE kind = 'new-device'")
    assert len(log) == 1, "and stands in the security log"
    assert set(mail["facts"]) == {"device", "at"} and mail["facts"]["device"] == "Chrome on Windows"


async def test_a_failed_sign_in_makes_no_device(sign_in, people):
    await sign_in("client", "not this one")
    assert await people.rows("SELECT 1 FROM device") == []
