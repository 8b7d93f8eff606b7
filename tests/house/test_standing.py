"""How the house stands: alive, ready, measured. No practice needed, nothing personal shown."""

from __future__ import annotations

from server import metrics, wiring


async def test_it_is_alive_and_ready(cast, browse):
    browser = await browse(cast)
    browser.host = "127.0.0.1:8000"
    assert (await browser.json("/healthz")).status_code == 200
    ready = await browser.json("/readyz")
    assert ready.status_code == 200 and (await ready.get_json())["database"] == "here"


async def test_without_redis_it_is_still_ready_and_says_so(cast, browse, monkeypatch):
    monkeypatch.setattr(wiring, "redis", lambda: None)
    browser = await browse(cast)
    ready = await browser.json("/readyz")
    assert ready.status_code == 200 and (await ready.get_json())["redis"] == "away"


async def test_without_a_database_it_is_not(cast, browse, monkeypatch):
    async def away() -> bool:
        return False

    browser = await browse(cast)
    monkeypatch.setattr(metrics, "_database_answers", away)
    assert (await browser.json("/readyz")).status_code == 503


async def test_measures_name_no_practice_and_no_person(cast, browse):
    browser = await browse(cast, "client")
    text = (await (await browser.get("/metrics")).data).decode()
    assert "portico_sockets" in text and "portico_database_connections" in text
    assert cast.subdomain not in text and str(cast.practice_id) not in text
