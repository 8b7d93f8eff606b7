"""Uploads through the product's own doors with a real clamd behind them: taken, refused, waiting, too much for it."""

from __future__ import annotations

from typing import Any

import pytest
from obstore.store import LocalStore

from models.core.settings import load_settings
from models.files import listing
from server import antivirus, receiving, storage
from server.local.memory import free_port
from tests.files import samples
from tests.files.test_uploading import Going
from tests.services.conftest import MOST_MB
from tests.services.test_clamd import HARMFUL

PIECE = 8 * 1024 * 1024


@pytest.fixture(autouse=True)
def kept(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    place = LocalStore(prefix=tmp_path, mkdir=True)
    monkeypatch.setattr(storage, "store", lambda: place)
    return tmp_path


@pytest.fixture
def scanned_by(monkeypatch: pytest.MonkeyPatch) -> Any:
    def at(address: str) -> None:
        given = load_settings({"CLAMD_URL": address})
        monkeypatch.setattr(antivirus, "settings", lambda: given)

    return at


@pytest.fixture
async def ana(cast: Any, browse: Any, scanner: str, scanned_by: Any) -> Going:
    scanned_by(scanner)
    return Going(await browse(cast, "client"))


def stored(folder: Any) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


async def harmful(cast: Any) -> list[str]:
    maya = await cast.actor("practitioner")
    around = await cast.inside(lambda: listing.around(maya, cast.clients["client"]))
    return [one["who"] for one in around.harmful]


async def test_a_clean_file_is_taken_and_staff_read_that_it_was_scanned(cast: Any, browse: Any, ana: Going) -> None:
    found = await ana.whole(samples.TEXT, "a.txt", client=str(cast.clients["client"]))
    assert found["state"] == "ready"
    maya = await browse(cast, "practitioner")
    page = await (await maya.get(f"/staff/clients/{cast.clients['client']}/files")).get_data(as_text=True)
    assert "No virus found" in page and "Not scanned" not in page


async def test_the_harmless_harmful_file_is_refused_erased_and_told_to_staff(cast: Any, ana: Going, kept: Any) -> None:
    found = await ana.whole(HARMFUL, "letter.txt", client=str(cast.clients["client"]))
    assert (found["state"], found["code"]) == ("refused", "file-infected")
    await receiving.end_job(cast.practice_id, {"upload": found["id"]})
    assert stored(kept) == 0
    assert await harmful(cast) == ["Ana Beltrán"]


async def test_at_the_end_of_a_long_file_it_is_found_as_well(cast: Any, ana: Going, kept: Any) -> None:
    long = b"a line of a long letter\n" * 1_500_000 + HARMFUL  # 36 MB: checked by the job
    found = await ana.whole(long, "long.txt", step=PIECE, client=str(cast.clients["client"]))
    assert found["state"] == "checking"
    await receiving.finish_job(cast.practice_id, {"upload": found["id"]})
    told = (await ana.state(found["id"]))["upload"]
    assert (told["state"], told["code"]) == ("refused", "file-infected")
    await receiving.end_job(cast.practice_id, {"upload": found["id"]})
    assert stored(kept) == 0


async def test_a_long_clean_file_passes_and_one_that_is_too_much_for_it_is_refused_in_words(
    cast: Any, ana: Going
) -> None:
    for megabytes, state, words in ((MOST_MB - 4, "ready", ""), (MOST_MB + 4, "refused", "larger than the practice’s")):
        found = await ana.whole(samples.boxes(media=bytes(megabytes * 1024**2)), "film.mp4", step=PIECE)
        await receiving.finish_job(cast.practice_id, {"upload": found["id"]})
        told = (await ana.state(found["id"]))["upload"]
        assert told["state"] == state and words in told["reason"]


async def test_while_it_is_away_an_upload_waits_and_then_goes_on(
    cast: Any, ana: Going, scanner: str, scanned_by: Any
) -> None:
    scanned_by(f"tcp://127.0.0.1:{free_port()}")
    _, begun = await ana.begin(samples.TEXT, "a.txt")
    status, told = await ana.piece(begun["upload"]["id"], 0, samples.TEXT)
    assert (status, told["code"]) == (503, "scanner-away")
    assert (await ana.state(begun["upload"]["id"]))["upload"]["state"] == "checking"
    scanned_by(scanner)
    await receiving.finish_job(cast.practice_id, {"upload": begun["upload"]["id"]})
    assert (await ana.state(begun["upload"]["id"]))["upload"]["state"] == "ready"


async def test_the_paperclip_goes_the_same_way(cast: Any, ana: Going) -> None:
    for name, content, status in (("a.txt", samples.TEXT, 200), ("b.txt", HARMFUL, 422)):
        made = ana.browser._headers({"Accept": "application/json"})
        answer = await ana.browser.client.post(f"/files?name={name}", data=content, headers=made)
        assert answer.status_code == status
