"""Where pages find style sheets, modules, fonts and icons: under a stamp that changes with them, kept for ever.

Modules name each other by relative paths, so everything below one stamp is kept with it. Set-up bundles our modules
and our style sheets into static/built, beside a list of what went in. While none of that has changed pages name the
bundles; from the first edit on they name the sources, so that it shows at the next load.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from quart import Quart, Response, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from models.core.settings import settings

STATIC = Path(__file__).parent.parent / "static"
BUNDLES = {"js/app.js": "built/app.js", "css/look.css": "built/look.css"}
TEXTS = {".css", ".js", ".svg"}
FOR_EVER = f"public, max-age={365 * 24 * 3600}, immutable"


class Shelf:
    """What stands in a folder like static/: its stamp, and whether its bundles hold what its sources say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: list[tuple[str, int, int]] = []
        self.stamp, self.bundled = "", False
        self.look_again()

    def address(self, path: str) -> str:
        return f"/static/at-{self.stamp}/{BUNDLES.get(path, path) if self.bundled else path}"

    def look_again(self) -> None:
        """Reads anew only when a file came, went or changed."""
        try:
            seen = sorted(_files(self.folder))
        except OSError:
            return  # set-up is replacing a folder this very moment; the next page looks again
        if seen == self._seen:
            return
        self._seen, self.stamp = seen, _stamp(self.folder, [name for name, *_ in seen])
        self.bundled = _holds(self.folder)


def mount(app: Quart) -> None:
    """Everything in static/ a second time, under any stamp: a page left open during an upgrade gets today's."""
    app.add_url_rule("/static/at-<stamp>/<path:name>", "assets", _send, methods=["GET"])


def asset(path: str) -> str:
    """The address of a file of static/, named from there ("css/look.css")."""
    return _shelf().address(path)


def look_again() -> None:
    """Before a page is drawn: in development a file may have been edited."""
    if not settings().production:
        _shelf().look_again()


@lru_cache(maxsize=1)
def _shelf() -> Shelf:
    return Shelf(STATIC)


async def _send(stamp: str, name: str) -> Response:
    path = safe_join(str(STATIC), name)
    if path is None:
        raise NotFound
    response = await _packed_or_plain(Path(path), name)
    response.headers["Cache-Control"] = FOR_EVER
    return response


async def _packed_or_plain(file: Path, name: str) -> Response:
    changed_at = _changed_at(file)
    if file.suffix not in TEXTS or changed_at is None or not request.accept_encodings["gzip"]:
        return await send_from_directory(STATIC, name)
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(_packed(file, changed_at), content_type=guess_type(name)[0], headers=headers)


def _changed_at(file: Path) -> int | None:
    return file.stat().st_mtime_ns if file.is_file() else None


@lru_cache(maxsize=512)
def _packed(file: Path, changed_at: int) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of what people edit, and of what says that set-up made the rest anew."""
    places = [str(folder), *(place for top in ("css", "js", "built") for place, _, _ in os.walk(folder / top))]
    for entry in (entry for place in places for entry in os.scandir(place) if entry.is_file()):
        state = entry.stat()
        yield os.path.relpath(entry.path, folder), state.st_size, state.st_mtime_ns
    yield from ((name, 0, (folder / name).stat().st_mtime_ns) for name in ["vendor/.built"] if (folder / name).exists())


def _stamp(folder: Path, names: list[str]) -> str:
    """Of the contents: machines that hold the same files give the same addresses."""
    digest = sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _holds(folder: Path) -> bool:
    """Every file that went into the bundles still reads as it did then."""
    try:
        inputs: dict[str, str] = json.loads((folder / "built" / "inputs.json").read_text())
        return all(sha256((folder / name).read_bytes()).hexdigest() == known for name, known in inputs.items())
    except (OSError, ValueError):
        return False  # nothing was bundled here, or a source is gone
