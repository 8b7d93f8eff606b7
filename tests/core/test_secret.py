"""The server's key can be changed: what was kept or signed under the one before is still read, and nothing new is."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from models.core import encrypting, secret
from models.core.settings import Settings, load_settings

OLD, NEW, OLDEST = "o" * 40, "n" * 40, "z" * 40


class Keys:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def are(self, newest: str, *before: str) -> None:
        chosen = Settings(secret_key=newest, secret_keys_before=before)
        self.patch.setattr(secret, "settings", lambda: chosen)
        secret._roots.cache_clear()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    yield Keys(monkeypatch)
    secret._roots.cache_clear()


def test_a_secret_kept_under_a_key_of_before_is_read_and_known_to_be_dated(keys):
    whose = uuid4()
    keys.are(OLD)
    kept = encrypting.encrypted("test", "JBSWY3DP", of=whose)
    assert not encrypting.is_dated("test", kept, of=whose)
    keys.are(NEW)
    assert encrypting.decrypted("test", kept, of=whose) is None, "without the old key it is lost"
    keys.are(NEW, OLDEST, OLD)
    assert encrypting.decrypted("test", kept, of=whose) == "JBSWY3DP"
    assert encrypting.is_dated("test", kept, of=whose)
    assert encrypting.decrypted("test", kept, of=uuid4()) is None, "nor is it anybody else's"
    fresh = encrypting.encrypted("test", "JBSWY3DP", of=whose)
    keys.are(NEW)
    assert encrypting.decrypted("test", fresh, of=whose) == "JBSWY3DP", "what is new is under the new key alone"


def test_keys_of_before_are_given_with_spaces_between_them():
    assert load_settings({"SECRET_KEYS_BEFORE": f" {OLD}  {OLDEST} "}).secret_keys_before == (OLD, OLDEST)
    assert load_settings({}).secret_keys_before == ()


async def test_apps_codes_and_links_of_before_go_on_working(keys, cast):
    from models.accounts import recovery, second_factor
    from models.core.database import fetch_one
    from models.notifications import unread, unsubscribing
    from tests.support.factors import app_of

    login = cast.logins["client"]
    keys.are(OLD)
    app = await app_of(cast, "client")
    link = unsubscribing.unsubscribe_token(cast.practice_id, login, unread.UNREAD_MAIL.name)
    before = await cast.inside(lambda: fetch_one("SELECT secret FROM totp"))
    keys.are(NEW, OLD)
    assert await cast.inside(lambda: second_factor.takes(login, app.code()))
    assert await cast.inside(lambda: second_factor.takes(login, app.codes[0]))
    assert unsubscribing.login_of(cast.practice_id, link) == login
    after = await cast.inside(lambda: fetch_one("SELECT secret FROM totp"))
    assert bytes(after["secret"]) != bytes(before["secret"])
    keys.are(NEW)
    assert await cast.inside(lambda: second_factor.takes(login, app.code(steps=1))), "kept anew at its last use"
    assert not await cast.inside(lambda: second_factor.takes(login, app.codes[1]))
    fresh = await cast.inside(lambda: recovery.renew(login))
    assert await cast.inside(lambda: second_factor.takes(login, fresh[0]))
