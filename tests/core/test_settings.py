"""A wrong setting stops the start with a sentence that names it."""

from __future__ import annotations

import pytest

from models.core.settings import SettingsError, load_settings


def test_nothing_given_is_a_development_machine():
    chosen = load_settings({})
    assert (chosen.port, chosen.web_concurrency, chosen.portico_env) == (8000, 2, "development")
    assert chosen.database_url is None and chosen.unread_email_delay == 120 and chosen.undo_seconds == 10


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"PORT": "eight"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL"),
        ({"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES"),
        ({"PORTICO_ENV": "staging"}, "PORTICO_ENV"),
        ({"UNDO_SECONDS": "-1"}, "UNDO_SECONDS"),
        ({"PORTICO_DATTA": "x"}, "PORTICO_DATTA"),
        ({"PORTICO_ENV": "production", "DATABASE_URL": "postgresql://x/y"}, "SECRET_KEY"),
    ],
)
def test_a_malformed_or_unknown_one_is_refused_by_name(environ, name):
    with pytest.raises(SettingsError, match=name):
        load_settings(environ)


def test_the_owner_and_the_worker_use_the_application_s_address_when_none_of_their_own_is_given():
    chosen = load_settings({"DATABASE_URL": "postgresql://app@db/portico"})
    assert chosen.owner_url == chosen.direct_url == "postgresql://app@db/portico"
    given = load_settings({"DATABASE_URL": "postgresql://app@db/p", "DATABASE_OWNER_URL": "postgresql://owner@db/p"})
    assert given.owner_url == "postgresql://owner@db/p" and given.direct_url == "postgresql://app@db/p"
