"""Everything that can be set from outside, read once from the environment.

`settings()` is the only reader; a malformed value or an unknown PORTICO_* name stops the start with a sentence
that names it (a misspelt name would otherwise be ignored in silence).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator


class SettingsError(Exception):
    """A setting cannot be used; the text is one sentence that names it and says what would do."""


def _url(*schemes: str) -> BeforeValidator:
    def check(value: object) -> object:
        if value in (None, ""):
            return None
        if urlsplit(str(value)).scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(s + '://' for s in schemes)}")
        return value

    return BeforeValidator(check)


PostgresUrl = Annotated[str | None, _url("postgresql", "postgres")]
RedisUrl = Annotated[str | None, _url("redis", "rediss", "unix")]
SmtpUrl = Annotated[str | None, _url("smtp", "smtps")]
StorageUrl = Annotated[str | None, _url("file", "s3")]
WebUrl = Annotated[str | None, _url("http", "https")]


class Settings(BaseModel):
    """The environment, typed. Each field is the lower-case name of its variable; durations are seconds."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(8000, ge=0, le=65535, description="The port the web workers listen on.")
    host: str = Field("127.0.0.1", description="The address the web workers listen on.")
    web_concurrency: int = Field(2, ge=1, le=64, description="How many web workers share the port.")
    portico_data: Path = Field(Path(".data"), description="The folder in which everything local lives.")
    portico_domain: str = Field("localhost", description="The domain under which each practice has its subdomain.")
    portico_env: Literal["development", "production"] = Field("development", description="development or production.")
    public_url: WebUrl = Field(None, description="Scheme and port of links in mails, if a proxy changes them.")
    trusted_proxies: tuple[str, ...] = Field((), description="Addresses whose X-Forwarded-* headers are believed.")
    secret_key: str = Field("", description="At least 32 characters; must be given in production.")
    secret_keys_before: tuple[str, ...] = Field((), description="Keys of before, for reading; spaces between them.")
    database_url: PostgresUrl = Field(None, description="PostgreSQL as the application role; unset: a local one.")
    database_owner_url: PostgresUrl = Field(None, description="PostgreSQL as the owner, for migrations.")
    database_direct_url: PostgresUrl = Field(None, description="PostgreSQL past any pooler, for the job worker.")
    database_pool: int = Field(10, ge=2, le=200, description="Connections to PostgreSQL for each process.")
    redis_url: RedisUrl = Field(None, description="Redis or Valkey; unset: a local one.")
    smtp_url: SmtpUrl = Field(None, description="The mail server; unset: a local catcher, readable at /dev/mail.")
    mail_from: str = Field("portal@portico.test", description="The address that mails come from.")
    storage_url: StorageUrl = Field(None, description="Where files are kept: file:… or s3://…")
    stripe_secret_key: str = Field("", description="Payments: the secret key.")
    stripe_publishable_key: str = Field("", description="Payments: the key that pages may know.")
    stripe_webhook_secret: str = Field("", description="Payments: the secret that signs web hooks.")
    stripe_api_base: WebUrl = Field(None, description="Payments: another address of the interface.")
    clamd_url: str = Field("", description="The virus scanner; unset: files are checked by type only.")
    unread_email_delay: float = Field(120, ge=0, le=86400, description="Seconds until an unread message is mailed.")
    undo_seconds: float = Field(10, ge=0, le=3600, description="Seconds in which a message can be undone.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        parts = tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value
        for part in parts if isinstance(parts, tuple) else ():
            ip_network(part, strict=False)
        return parts

    @field_validator("secret_keys_before", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("log_level", "portico_env", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _production_is_closed(self) -> Settings:
        if self.production and len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY must have at least 32 characters in production")
        if self.production and not self.database_url:
            raise ValueError("DATABASE_URL must be given in production")
        return self

    @property
    def production(self) -> bool:
        return self.portico_env == "production"

    @property
    def owner_url(self) -> str | None:
        """The address migrations use."""
        return self.database_owner_url or self.database_url

    @property
    def direct_url(self) -> str | None:
        """The address the job worker uses, past any pooler."""
        return self.database_direct_url or self.database_url


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Build the settings from an environment; raises SettingsError with one sentence on the first fault."""
    known = {name.upper(): name for name in Settings.model_fields}
    for name in environ:
        if name.startswith("PORTICO_") and name not in known:
            raise SettingsError(f"{name} is no setting of Portico; known are {', '.join(sorted(known))}.")
    given = {field: environ[name] for name, field in known.items() if environ.get(name, "") != ""}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


@cache
def settings() -> Settings:
    """The settings of this process, read from the environment at the first call."""
    return load_settings(os.environ)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    reason = first["msg"].removeprefix("Value error, ")
    return f"{str(first['loc'][0]).upper()} cannot be used: {reason}." if first["loc"] else f"{reason}."
