"""What a signer is shown, as one text: the page names its SHA-256, the signature keeps it, the copy is drawn from it.

The text is JSON with its keys in order, so that anybody can make the same SHA-256 from the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from models.documents.content import content_of
from models.documents.disclosing import Disclosure
from models.documents.filling import all_answers, form_of, moment_of
from models.documents.items import Value
from models.documents.tables import Document, FormVersion
from models.documents.values import plain
from models.files.tables import File

FORMAT = "portico-shown-1"


@dataclass(frozen=True)
class Shown:
    """`text`: all of it; `version_sha256`, `file_sha256`: of the form's version or of the file that it shows."""

    text: str
    intent: str
    version_sha256: bytes | None = None
    file_sha256: bytes | None = None

    @property
    def sha256(self) -> bytes:
        return sha256(self.text.encode()).digest()

    @property
    def short(self) -> str:
        return self.sha256.hex()


async def shown(
    document: Document, *, intent: str, disclosure: Disclosure, at: datetime | None = None
) -> Shown:
    """What stands under this document now, or when it was handed in a moment ago, for whoever is asked to sign it."""
    words = {
        "format": FORMAT, "document": str(document.id), "title": document.title, "note": document.note,
        "intent": intent, "disclosure": {"number": disclosure.number, "sha256": disclosure.sha256.hex()},
    }
    if document.kind == "file":
        file = await File.get(id=document.file_id)
        told = {"name": file.name, "type": file.type, "size": file.size, "sha256": bytes(file.sha256).hex()}
        return Shown(_text({**words, "file": told}), intent, file_sha256=bytes(file.sha256))
    version = await FormVersion.get(id=document.version_id)
    form = await form_of(document)
    moment = await moment_of(document, at)
    content, values = content_of(form, await all_answers(form, document.id, moment), moment)
    told = {"version": version.number, "sha256": bytes(version.sha256).hex()}
    files = await _attached(values.values())
    text = _text({**words, "form": told, "answers": values, "content": content, "files": files})
    return Shown(text, intent, version_sha256=bytes(version.sha256))


def seen_by_staff(before: str, *, intent: str, disclosure: Disclosure) -> Shown:
    """What staff are shown who sign beside somebody: all that was signed, its SHA-256, and their own words."""
    signed = orjson.loads(before)
    words = {key: value for key, value in signed.items() if key not in ("intent", "disclosure")}
    own = {"intent": intent, "disclosure": {"number": disclosure.number, "sha256": disclosure.sha256.hex()}}
    return Shown(_text({**words, **own, "role": "staff", "beside": sha256(before.encode()).hexdigest()}), intent)


async def _attached(answers: Iterable[Sequence[Value]]) -> list[dict[str, str]]:
    """The files among the answers, with the SHA-256 of their bytes."""
    named = [one["file"] for values in answers for one in values if isinstance(one, dict) and "file" in one]
    found = {str(file.id): file for file in await File.filter(id__in=named)}
    return [{"file": id, "name": file.name, "sha256": bytes(file.sha256).hex()} for id, file in sorted(found.items())]


def _text(words: Mapping[str, Any]) -> str:
    return orjson.dumps(words, default=plain, option=orjson.OPT_SORT_KEYS).decode()
