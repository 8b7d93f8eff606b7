"""What of documents stands among what happened lately on a client's Overview: who did what, and not to which."""

from __future__ import annotations

from models.clients.registries import Happenings
from models.documents.rights import sees_documents

HAPPENINGS = Happenings(
    words={
        "document.shared": ("send", "shared a document", "shared {} documents"),
        "document.withdrawn": ("undo-2", "took a document back", "took {} documents back"),
        "document.submitted": ("file-check", "handed in a document", "handed in {} documents"),
        "document.signed": ("pen-line", "signed a document", "signed {} documents"),
        "document.returned": ("pencil-line", "asked for a correction", "asked for {} corrections"),
        "document.countersigned": ("badge-check", "countersigned a document", "countersigned {} documents"),
        "document.voided": ("ban", "voided a document", "voided {} documents"),
    },
    path="/documents/{}",
    shown=sees_documents,
    told={"document.signed": "document.submitted"},  # who signs hands in by that
)
