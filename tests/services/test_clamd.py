"""Files pass a real clamd."""

import io
import tempfile
from collections.abc import Iterator

import pytest

from models.core.errors import Busy, Invalid
from models.core.settings import load_settings
from server import antivirus
from server.local.memory import free_port

# Put together here, so that no scanner takes this file for the thing.
HARMFUL = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


@pytest.fixture
def with_scanner(scanner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = load_settings({"CLAMD_URL": scanner})
    monkeypatch.setattr(antivirus, "settings", lambda: given)


@pytest.fixture
def large() -> Iterator[io.BufferedRandom]:
    with tempfile.TemporaryFile() as file:
        file.write(b"a line of a long letter\n" * 100_000)
        yield file  # type: ignore[misc]


@pytest.mark.usefixtures("with_scanner")
async def test_a_clean_file_passes() -> None:
    assert await antivirus.scan(io.BytesIO(b"a letter")) is True


@pytest.mark.usefixtures("with_scanner")
async def test_an_empty_file_passes() -> None:
    assert await antivirus.scan(io.BytesIO(b"")) is True


@pytest.mark.usefixtures("with_scanner")
async def test_a_file_of_many_pieces_passes(large: io.BufferedRandom) -> None:
    assert await antivirus.scan(large) is True


@pytest.mark.usefixtures("with_scanner")
async def test_a_harmful_file_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        await antivirus.scan(io.BytesIO(HARMFUL))
    assert refused.value.code == "file-infected"


async def test_nothing_is_taken_while_the_scanner_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    away = load_settings({"CLAMD_URL": f"tcp://127.0.0.1:{free_port()}"})
    monkeypatch.setattr(antivirus, "settings", lambda: away)
    with pytest.raises(Busy) as refused:
        await antivirus.scan(io.BytesIO(b"a letter"))
    assert refused.value.code == "scanner-away"
