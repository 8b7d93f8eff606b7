"""A table of clients comes in: brought, named, judged, looked at, then all of it at once; or not at all."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import orjson
import pytest

from models.clients import importing
from models.clients.import_columns import TARGETS
from models.clients.import_rows import folded
from models.core.database import execute, fetch_all
from server import jobs
from tests.support.cast import Cast

HERE = "/staff/clients/import"
ROSA = "SELECT 1 FROM client WHERE last_name = 'Núñez'"
FILE = (
    "First name,Last name,DOB,E-mail,Phone,City,Tags,Clinician,Referral\n"
    "Rosa,Núñez,1990-05-01,rosa@mail.test,(207) 555-0101,Portland,couples;evening,Maya Okafor,A friend\n"
    "Theo,Marsh,2014-02-03,,,,,,\n"
    "Leo,Marsh,2011-03-02,,,,,,\n"
    "Rosa,Again,,ROSA@mail.test,,,,,\n"
    "Nobody,,soon,not an address,,,,Dr. Who,\n"
)


class Desk:
    """Somebody at the import pages; jobs run when told."""

    def __init__(self, cast: Cast, browser) -> None:
        self.cast, self.browser = cast, browser

    async def bring(self, data: bytes, name: str = "clients.csv"):
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": "text/csv"}
        made = self.browser._headers({"Accept": "application/json", **headers})
        return await self.browser.client.post(HERE, data=data, headers=made)

    async def brought(self, data: bytes) -> str:
        answer = await self.bring(data)
        assert answer.status_code == 200, await answer.get_json()
        return str((await answer.get_json())["import"])

    async def look(self, batch: str, **query: str) -> dict:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return await (await self.browser.json(f"{HERE}/{batch}?{asked}")).get_json()

    async def name_columns(self, batch: str) -> None:
        columns = [one["target"] for one in (await self.look(batch))["columns"]]
        answer = await self.browser.send(f"{HERE}/{batch}/columns", {"columns": columns})
        assert answer.status_code == 200, await answer.get_json()
        await jobs.JOBS[importing.CHECK](self.cast.practice_id, {"batch": UUID(batch)})

    async def start(self, batch: str, **given: bool):
        answer = await self.browser.send(f"{HERE}/{batch}/start", given)
        await jobs.JOBS[importing.WRITE](self.cast.practice_id, {"batch": UUID(batch)})
        return answer

    async def rows(self, sql: str, *args):
        return await self.cast.inside(lambda: fetch_all(sql, *args))


@pytest.fixture
async def desk(cast, browse) -> Desk:
    return Desk(cast, await browse(cast, "frontdesk"))


async def test_a_file_comes_in_whole_and_each_row_where_it_belongs(desk, cast):
    batch = await desk.brought(FILE.encode())
    first = await desk.look(batch)
    assert [one["target"] for one in first["columns"]] == [
        "first_name", "last_name", "born_on", "email", "phone", "city", "tags", "practitioner", "referral",
    ]
    await desk.name_columns(batch)
    shown = await desk.look(batch)
    assert shown["state"] == "checked" and shown["counts"] == {"new": 2, "twins": 2, "wrong": 1}
    twins = (await desk.look(batch, show="twins"))["rows"]
    assert [(row["number"], row["twin"]) for row in twins] == [(4, "Leo Marsh"), (5, "Row 2 of this file")]
    wrong = (await desk.look(batch, show="wrong"))["rows"]
    assert len(wrong) == 1 and len(wrong[0]["problems"]) == 4
    assert await desk.rows(ROSA) == [], "nothing comes in before it is started"
    assert (await desk.start(batch)).status_code == 200
    done = await desk.look(batch)
    assert (done["state"], done["imported"]) == ("done", 2)
    (rosa,) = await desk.rows("SELECT * FROM client WHERE email = 'rosa@mail.test'")
    assert (rosa["name"], str(rosa["born_on"]), rosa["kind"]) == ("Rosa Núñez", "1990-05-01", "adult")
    assert rosa["set_up_at"] is not None
    (theo,) = await desk.rows("SELECT kind FROM client WHERE first_name = 'Theo'")
    assert theo["kind"] == "minor"
    assigned = await desk.rows("SELECT staff_id FROM assignment WHERE client_id = $1", rosa["id"])
    assert [row["staff_id"] for row in assigned] == [cast.staff["practitioner"]]
    tagged = "SELECT t.name FROM client_tag g JOIN tag t ON t.id = g.tag_id WHERE g.client_id = $1"
    tags = await desk.rows(tagged, rosa["id"])
    assert {row["name"] for row in tags} == {"couples", "evening"}
    (home,) = await desk.rows("SELECT city FROM client_address WHERE client_id = $1", rosa["id"])
    assert home["city"] == "Portland"


@pytest.mark.parametrize("name", ["Ana Beltrán", "ANA BELTRAN", "Søren Weiß", "Łukasz Æther", "\u0130 \u0131 Œ"])
async def test_names_are_compared_as_the_database_spells_them(desk, name):
    (row,) = await desk.rows("SELECT portico_fold($1) AS name", name)
    assert folded(name) == row["name"]


async def test_who_is_written_without_accents_is_known_all_the_same(desk):
    batch = await desk.brought(b"First name,Last name,DOB\nANA,Beltran,1988-04-09\nAna,Beltran,1988-04-10\n")
    await desk.name_columns(batch)
    assert (await desk.look(batch))["counts"] == {"new": 1, "twins": 1, "wrong": 0}


async def test_people_who_are_there_already_come_in_a_second_time_only_when_asked_and_without_their_address(desk):
    batch = await desk.brought(FILE.encode())
    await desk.name_columns(batch)
    await desk.start(batch, with_twins=True)
    assert (await desk.look(batch))["imported"] == 4
    again = await desk.rows("SELECT email FROM client WHERE last_name = 'Again'")
    assert [row["email"] for row in again] == [""], "an address is one client's own"
    assert len(await desk.rows("SELECT 1 FROM client WHERE last_name = 'Marsh' AND first_name = 'Leo'")) == 2


async def test_rows_that_stay_out_are_a_file_to_correct_and_bring_again(desk):
    batch = await desk.brought(FILE.encode() + b"=HYPERLINK(1),Marsh,soon,,,,,,\n")
    await desk.name_columns(batch)
    answer = await desk.browser.get(f"{HERE}/{batch}/rows-with-problems")
    lines = list(csv.reader(io.StringIO((await answer.get_data(as_text=True)).lstrip("\ufeff"))))
    assert lines[0][-1] == "What is wrong" and len(lines) == 3
    assert "is no date" in lines[1][-1] and lines[2][0] == "'=HYPERLINK(1)", "never a formula"
    assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_the_mapping_is_remembered_for_the_next_file(desk):
    batch = await desk.brought(b"Who,Since\nLeo Marsh,2011-03-02\nAda Lune,2012-03-02\n")
    await desk.browser.send(f"{HERE}/{batch}/columns", {"columns": ["full_name", "born_on"]})
    again = await desk.brought(b"SINCE,Who,Else\n2011-03-02,Leo Marsh,x\n")
    assert [one["target"] for one in (await desk.look(again))["columns"]] == ["born_on", "full_name", ""]


@pytest.mark.parametrize(
    "columns", [["first_name"], ["full_name", "full_name"], ["phone", "email"], ["full_name", "x"]]
)
async def test_columns_by_which_no_client_could_be_made_are_refused_in_words(desk, columns):
    batch = await desk.brought(b"Who,Since\nLeo Marsh,2011-03-02\n")
    answer = await desk.browser.send(f"{HERE}/{batch}/columns", {"columns": columns})
    assert answer.status_code == 422 and (await answer.get_json())["errors"]["columns"]
    page = await desk.browser.post(f"{HERE}/{batch}/columns", {"columns": columns})
    assert page.status_code == 422 and "What do the columns hold?" in await page.get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04\x00\x00", b"Name\n", b"Name,Phone\nAna,1,2\n"])
async def test_what_is_no_table_is_refused_and_nothing_is_kept(desk, data):
    answer = await desk.bring(data)
    assert answer.status_code == 422
    told = await answer.get_json()
    (said,) = told.get("errors", {}).get("file", [told["detail"]])
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + data + b"\r\n--x--\r\n"
    made = desk.browser._headers({"Accept": "text/html", "Content-Type": "multipart/form-data; boundary=x"})
    again = await desk.browser.client.post(HERE, data=form, headers=made)
    page = await again.get_data(as_text=True)
    assert again.status_code == 422 and said in page and "Read the file" in page, "the form stands there again"
    assert await desk.rows("SELECT 1 FROM import_batch") == []


async def test_an_import_begins_once(desk):
    batch = await desk.brought(FILE.encode())
    assert (await desk.start(batch)).status_code == 409, "not before its columns are named"
    await desk.name_columns(batch)
    assert (await desk.start(batch)).status_code == 200
    assert (await desk.start(batch)).status_code == 409
    await jobs.JOBS[importing.WRITE](desk.cast.practice_id, {"batch": UUID(batch)})
    assert len(await desk.rows(ROSA)) == 1, "a job may run twice"
    assert (await desk.browser.send(f"{HERE}/{batch}/columns", {"columns": ["full_name"] * 9})).status_code == 409


async def test_one_row_that_cannot_come_in_keeps_all_out(desk):
    """An address that was given to somebody between looking and starting: the table is looked at again."""
    batch = await desk.brought(FILE.encode())
    await desk.name_columns(batch)
    taken = "INSERT INTO client (id, name, email) VALUES (gen_random_uuid(), 'Someone', 'rosa@mail.test')"
    await desk.cast.inside(lambda: execute(taken))
    await desk.start(batch)
    assert (await desk.look(batch))["state"] == "checking"
    await jobs.JOBS[importing.CHECK](desk.cast.practice_id, {"batch": UUID(batch)})
    assert await desk.rows("SELECT 1 FROM client WHERE first_name = 'Theo'") == []
    assert (await desk.look(batch))["counts"] == {"new": 1, "twins": 3, "wrong": 1}


async def test_nobody_comes_in_to_a_practitioner_who_left_since_the_rows_were_looked_at(desk, cast):
    batch = await desk.brought(FILE.encode())
    await desk.name_columns(batch)
    await cast.inside(lambda: execute("UPDATE staff_member SET deactivated_at = now() WHERE id = $1",
                                      cast.staff["practitioner"]))
    assert (await desk.start(batch)).status_code == 200
    assert (await desk.look(batch))["state"] == "checking" and not await desk.rows(ROSA)
    await jobs.JOBS[importing.CHECK](cast.practice_id, {"batch": UUID(batch)})
    wrong = (await desk.look(batch, show="wrong"))["rows"]
    assert "Nobody on the staff is called “Maya Okafor”." in str(wrong)


async def test_whoever_supervises_the_practitioner_hears_of_those_who_came_in(desk, cast):
    batch = await desk.brought(FILE.encode())
    await desk.name_columns(batch)
    assert (await desk.start(batch)).status_code == 200
    (event,) = await desk.rows("SELECT rights FROM event WHERE type = 'clients.imported'")
    assert {cast.logins["practitioner"], cast.logins["supervisor"]} == set(event["rights"])


async def test_a_file_can_be_forgotten_before_it_comes_in(desk):
    batch = await desk.brought(FILE.encode())
    assert (await desk.browser.send(f"{HERE}/{batch}/drop")).status_code == 200
    assert (await desk.browser.json(f"{HERE}/{batch}")).status_code == 404
    assert await desk.rows("SELECT 1 FROM import_row") == []


async def test_tables_of_a_week_ago_are_forgotten_and_the_clients_stay(desk):
    batch = await desk.brought(FILE.encode())
    await desk.name_columns(batch)
    await desk.start(batch)
    await desk.cast.inside(lambda: execute("UPDATE import_batch SET began_at = began_at - interval '8 days'"))
    await importing.drop_old()
    assert await desk.rows("SELECT 1 FROM import_batch") == []
    assert len(await desk.rows(ROSA)) == 1


@pytest.mark.parametrize("who", ["practitioner", "biller", "supervisor"])
async def test_who_does_not_manage_all_clients_imports_none(cast, browse, who):
    frontdesk = Desk(cast, await browse(cast, "frontdesk"))
    batch = await frontdesk.brought(FILE.encode())
    other = Desk(cast, await browse(cast, who))
    assert (await other.bring(FILE.encode())).status_code == 403
    for path in (HERE, f"{HERE}/{batch}", f"{HERE}/{batch}/rows-with-problems"):
        assert (await other.browser.json(path)).status_code == 403
    assert (await other.browser.send(f"{HERE}/{batch}/start")).status_code == 403


async def test_another_practices_file_is_not_there(cast, neighbours, browse):
    batch = await Desk(cast, await browse(cast, "owner")).brought(FILE.encode())
    theirs = await browse(neighbours, "owner")
    for path in (f"{HERE}/{batch}", f"{HERE}/{batch}/rows-with-problems"):
        assert (await theirs.json(path)).status_code == 404
    assert (await theirs.send(f"{HERE}/{batch}/drop")).status_code == 404


async def test_ten_thousand_rows_come_in_with_one_event(desk):
    rows = "".join(f"First{n},Last{n},person{n}@mail.test\n" for n in range(10_000))
    batch = await desk.brought(f"First name,Last name,E-mail\n{rows}".encode())
    await desk.name_columns(batch)
    (before,) = await desk.rows("SELECT seq FROM practice_head WHERE practice_id = portico_here()")
    await desk.start(batch)
    assert (await desk.look(batch))["imported"] == 10_000
    told = await desk.rows("SELECT type FROM event WHERE seq > $1", before["seq"])
    assert [row["type"] for row in told].count("clients.imported") == 1 and len(told) <= 4


@pytest.mark.parametrize("path", ["import", "import_columns", "import_rows"])
async def test_each_page_draws(desk, path):
    batch = await desk.brought(FILE.encode())
    if path == "import_rows":
        await desk.name_columns(batch)
    answer = await desk.browser.get(HERE if path == "import" else f"{HERE}/{batch}?show=wrong")
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 200 and ("With problems 1" in page or "rows were read" in page or "5 rows" in page)


async def test_what_is_exported_can_be_imported_again(cast, browse, neighbours):
    owner = await browse(cast, "owner")
    answer = await owner.get("/staff/clients/export.csv")
    data = await answer.get_data()
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {line["Last name"] for line in lines} >= {"Beltrán", "Marsh"}
    assert set(next(iter(lines))) >= {one.title for one in TARGETS.values()} - {"Full name"}
    other = Desk(neighbours, await browse(neighbours, "owner"))
    batch = await other.brought(data)
    await other.name_columns(batch)
    counts = (await other.look(batch))["counts"]
    assert counts["wrong"] == 0 and counts["twins"] + counts["new"] == len(lines)


async def test_a_bundle_of_fhir_holds_the_same_people(cast, browse):
    answer = await (await browse(cast, "owner")).get("/staff/clients/export.json")
    bundle = orjson.loads(await answer.get_data())
    people = {entry["resource"]["id"]: entry["resource"] for entry in bundle["entry"]}
    assert (bundle["resourceType"], bundle["type"], set(people)) == (
        "Bundle", "collection", {str(one) for one in cast.clients.values()},
    )
    ana = people[str(cast.clients["client"])]
    assert ana["name"][0] == {"use": "official", "family": "Beltrán", "given": ["Ana"]}
    assert (ana["birthDate"], ana["active"]) == ("1988-04-09", True)


async def test_what_fhir_says_of_one_person(cast, browse):
    teen, karen = cast.clients["teen"], cast.contacts["parent"]

    async def furnish():
        await execute("UPDATE client SET preferred_name = 'Lee', pronouns = 'they/them' WHERE id = $1", teen)
        await execute("UPDATE contact SET phone = '(207) 555-0177' WHERE id = $1", karen)
        await execute("INSERT INTO client_details (id, language, sex, gender, emergency_contact_id)"
                      " VALUES ($1, 'es', 'M', 'boy', $2)", teen, karen)
        for kind, street in (("mailing", "PO Box 7"), ("home", "")):
            await execute("INSERT INTO client_address (id, client_id, kind, line_1)"
                          " VALUES (gen_random_uuid(), $1, $2, $3)", teen, kind, street)

    await cast.inside(furnish)
    bundle = orjson.loads(await (await (await browse(cast, "owner")).get("/staff/clients/export.json")).get_data())
    (leo,) = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"] == str(teen)]
    assert leo["name"][1] == {"use": "usual", "family": "Marsh", "given": ["Lee"]} and leo["gender"] == "male"
    assert leo["communication"][0]["language"]["coding"] == [
        {"system": "urn:ietf:bcp:47", "code": "es", "display": "Spanish"}]
    assert {"type": "postal", "line": ["PO Box 7"]} in leo["address"]
    (contact,) = leo["contact"]
    assert contact["name"] == {"text": "Karen Marsh"} and contact["relationship"][0]["text"] == "mother"
    assert contact["telecom"] == [{"system": "phone", "value": "(207) 555-0177"}]
    assert "they/them" in str(leo["extension"]) and "[]" not in str(bundle) and "{}" not in str(bundle)


async def test_of_nobody_a_bundle_has_no_list(cast, browse):
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    answer = await (await browse(cast, "practitioner")).get("/staff/clients/export.json")
    assert orjson.loads(await answer.get_data()) == {"resourceType": "Bundle", "type": "collection"}


@pytest.mark.parametrize("name", ["=cmd()", "+1+1", "-2+3", "@SUM(1)", "\uff1dcmd()"])
async def test_no_formula_leaves_and_the_name_comes_back_as_it_was(cast, browse, neighbours, name):
    await cast.inside(lambda: execute("UPDATE client SET first_name = $2 WHERE id = $1", cast.clients["client"], name))
    data = await (await (await browse(cast, "owner")).get("/staff/clients/export.csv")).get_data()
    cells = [line["First name"] for line in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]
    assert f"'{name}" in cells and name not in cells
    other = Desk(neighbours, await browse(neighbours, "owner"))
    batch = await other.brought(data)
    assert name in [cell for row in (await other.look(batch))["columns"] for cell in row["samples"]]


@pytest.mark.parametrize("path", ["export.csv", "export.json"])
async def test_only_clients_whose_record_is_open_leave_and_it_is_kept_that_they_did(cast, browse, path):
    practitioner = await browse(cast, "practitioner")
    ended = "UPDATE assignment SET ended_at = now() WHERE client_id = $1"
    await cast.inside(lambda: execute(ended, cast.clients["client"]))
    text = await (await practitioner.get(f"/staff/clients/{path}")).get_data(as_text=True)
    assert "Marsh" in text and "Beltr" not in text
    looked = "SELECT subject FROM look WHERE login_id = $1"
    looks = await cast.inside(lambda: fetch_all(looked, cast.logins["practitioner"]))
    assert any(row["subject"].startswith("export-") for row in looks)
    assert (await (await browse(cast, "client")).json(f"/staff/clients/{path}")).status_code == 403
