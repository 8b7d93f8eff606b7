"""/dev/mail: what the catcher holds, as a list, as text with its headers, and as a mail program draws it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.core.settings import settings
from server import dev
from server.app import create_app
from server.local.mailbox import mail_folder
from tests.support.browsing import Browser

RAW = b"""X-MailFrom: portal@portico.test\r\nX-RcptTo: ana@example.test\r\nSubject: Canary subject\r
MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r
--x\r\nContent-Type: text/plain\r\n\r\nThe words\r\n--x\r\nContent-Type: text/html\r\n\r
<p>The <b>drawn</b> words</p><script>alert(1)</script>\r\n--x--\r\n"""


@pytest.fixture
def caught(tmp_path, monkeypatch):
    chosen = settings().model_copy(update={"portico_data": tmp_path})
    monkeypatch.setattr(dev, "settings", lambda: chosen)
    folder = mail_folder(chosen)
    folder.mkdir()
    name = f"{datetime(2026, 11, 23, 9, 30, tzinfo=UTC):%Y%m%dT%H%M%S.%f}-00c0ffee"
    (folder / f"{name}.eml").write_bytes(RAW)
    return name


async def test_a_caught_mail_is_listed_and_read_as_text(cast, browse, caught):
    browser = await browse(cast)
    assert "Canary subject" in await (await browser.get("/dev/mail")).get_data(as_text=True)
    page = await (await browser.get(f"/dev/mail/{caught}")).get_data(as_text=True)
    assert "The words" in page and "ana@example.test" in page and f"/dev/mail/{caught}/html" in page


async def test_its_html_stands_alone_and_may_do_nothing(cast, browse, caught):
    answer = await (await browse(cast)).get(f"/dev/mail/{caught}/html")
    assert "<b>drawn</b>" in await answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "sandbox" in policy


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/patterns"])
async def test_in_production_these_pages_are_not_there(cast, browse, caught, path):
    assert (await (await browse(cast)).get(path)).status_code == 200
    production = Browser(create_app(development=False), cast)
    assert (await production.json("/healthz")).status_code == 200
    assert (await production.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/dev/mail/nothing", "/dev/mail/nothing/html", "/dev/mail/..%2fx/html"])
async def test_a_mail_that_is_not_there_is_not_found(cast, browse, caught, path):
    assert (await (await browse(cast)).get(path)).status_code == 404
