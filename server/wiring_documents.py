"""What other areas add to documents, and documents to clients. Called by wiring."""

from __future__ import annotations

from models.appointments.diagnoses import words_of
from models.clients.registries import PAPERS, PORTAL_SECTIONS
from models.documents import papers, portal_section
from models.documents.registries import CLINICAL_WORDS, SECURE_MESSAGES
from models.documents.risk import COVERS
from models.messaging.absence import covers_of
from models.messaging.saying import say_to


def fill() -> None:
    PAPERS[:] = [papers.PAPERS]
    PORTAL_SECTIONS[:] = [portal_section.SECTION]
    CLINICAL_WORDS[:] = [words_of]
    SECURE_MESSAGES[:] = [say_to]
    COVERS[:] = [covers_of]
