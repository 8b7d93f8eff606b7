"""What other areas add to documents and files, and these to the areas below. Called by wiring."""

from __future__ import annotations

from models.appointments import merging as appointments
from models.appointments.diagnoses import words_of
from models.clients.registries import FURTHER_HAPPENINGS, MERGINGS, OVERVIEW_PARTS, PAPERS, PORTAL_SECTIONS
from models.core import verifying
from models.documents import lately, papers, portal_section
from models.documents import merging as documents
from models.documents.chaining import head_hash, walk_signings
from models.documents.registries import CLINICAL_WORDS, SECURE_MESSAGES
from models.documents.risk import COVERS
from models.files import merging as files
from models.files import registering
from models.files.holders import holder
from models.files.listing import ATTACHMENTS
from models.files.whose import about
from models.messaging import merging as messaging
from models.messaging.absence import covers_of
from models.messaging.attachments import attachments_about
from models.messaging.holding import clients_of_seats, held_seats
from models.messaging.saying import say_to
from server.client_files import PART as FILES


def fill() -> None:
    MERGINGS[:] = [appointments.MERGING, messaging.MERGING, documents.MERGING, files.MERGING]
    PAPERS[:] = [papers.PAPERS]
    PORTAL_SECTIONS[:] = [portal_section.SECTION]
    CLINICAL_WORDS[:] = [words_of]
    SECURE_MESSAGES[:] = [say_to]
    COVERS[:] = [covers_of]
    verifying.SIGNINGS[:] = [verifying.Further(walk_signings, head_hash)]
    holder("seat", held_seats)
    about("seat", clients_of_seats)
    ATTACHMENTS[:] = [attachments_about]
    OVERVIEW_PARTS[:] = [FILES]
    FURTHER_HAPPENINGS[:] = [registering.HAPPENINGS, lately.HAPPENINGS]
