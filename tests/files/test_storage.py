"""Where bytes lie: a folder of the data folder, another one, or a bucket; under one interface."""

import io
from pathlib import Path

import pytest
from obstore.store import LocalStore, S3Store

from models.core.errors import Missing
from models.core.settings import settings
from server import storage

opened = storage.store.__wrapped__


@pytest.fixture
def placed(monkeypatch):
    """The store that these settings open."""

    def place(**changed):
        chosen = settings().model_copy(update=changed)
        monkeypatch.setattr(storage, "settings", lambda: chosen)
        return opened()

    return place


def test_without_an_address_files_lie_in_the_data_folder(placed, tmp_path):
    store = placed(portico_data=tmp_path, storage_url=None)
    assert isinstance(store, LocalStore)
    assert Path(str(store.prefix)) == tmp_path / "files"


def test_an_address_of_a_folder_is_followed_and_the_folder_made(placed, tmp_path):
    store = placed(storage_url=f"file://{tmp_path}/else%20where")
    assert Path(str(store.prefix)) == tmp_path / "else where"
    assert (tmp_path / "else where").is_dir()


def test_an_address_of_a_bucket_is_followed(placed, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert isinstance(placed(storage_url="s3://bucket/portico"), S3Store)


async def test_what_is_kept_is_read_in_parts_and_erased(kept):
    await storage.keep("p/one", io.BytesIO(b"0123456789"))
    await storage.keep("p/two", b"abc")
    part = b"".join([piece async for piece in await storage.read("p/one", 2, 5)])
    assert (part, await storage.read_all("p/two")) == (b"234", b"abc")
    await storage.erase("p/one", "p/two", "p/never")
    with pytest.raises(Missing):
        await storage.read("p/one", 0, 1)
    with pytest.raises(Missing):
        await storage.read_all("p/two")


async def test_a_large_file_is_kept_whole(kept):
    content = bytes(range(256)) * 80_000
    await storage.keep("p/large", io.BytesIO(content))
    assert await storage.read_all("p/large") == content
