"""Forms of the library, what is asked of or shared with one person, and what they answered."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.core.rows import PracticeRow


class Form(PracticeRow):
    """A form of the library. `kind`: consent, intake, assessment, questionnaire; `draft`: the Questionnaire being
    edited, as JSON, and `draft_version` how often it was kept; `made_from`: the ready form or sample that it began as;
    `version`: how often its title, kind or standing was changed."""

    kind = fields.TextField()
    title = fields.TextField()
    made_from = fields.TextField(default="")
    sample = fields.BooleanField(default=False)
    guardian_signs = fields.BooleanField(default=False)
    countersigns = fields.BooleanField(default=False)
    draft = fields.TextField(null=True)
    draft_version = fields.IntField(default=1)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    created_by = fields.UUIDField(null=True)
    archived_at = fields.DatetimeField(null=True)
    archived_by = fields.UUIDField(null=True)

    class Meta:
        table = "form"


class FormVersion(PracticeRow):
    """What was published, and never changes: a FHIR R4 Questionnaire as JSON, with the SHA-256 of that text.
    `url`: its canonical address, by which the same form is known again when it is imported."""

    form_id = fields.UUIDField()
    number = fields.IntField()
    title = fields.TextField()
    questionnaire = fields.TextField()
    sha256 = fields.BinaryField()
    url = fields.TextField(default="")
    signs = fields.BooleanField(default=False)
    published_at = fields.DatetimeField(auto_now_add=True)
    published_by = fields.UUIDField(null=True)

    class Meta:
        table = "form_version"


class Document(PracticeRow):
    """One form or file asked of or shared with one portal access; its state is the newest of its dates.

    `kind`: form, file, file-request; `page` of `pages`: how far somebody is; `place`: its order among those of its
    access; `onboarding`: an invitation asked for it.
    """

    access_id = fields.UUIDField()
    client_id = fields.UUIDField()
    kind = fields.TextField()
    form_id = fields.UUIDField(null=True)
    version_id = fields.UUIDField(null=True)
    file_id = fields.UUIDField(null=True)
    title = fields.TextField()
    note = fields.TextField(default="")
    signs = fields.BooleanField(default=False)
    onboarding = fields.BooleanField(default=False)
    required = fields.BooleanField(default=True)
    place = fields.IntField(default=0)
    due_on = fields.DateField(null=True)
    shared_at = fields.DatetimeField(auto_now_add=True)
    shared_by = fields.UUIDField(null=True)
    opened_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    saved_at = fields.DatetimeField(null=True)
    told_at = fields.DatetimeField(null=True)
    page = fields.SmallIntField(default=0)
    pages = fields.SmallIntField(default=0)
    submitted_at = fields.DatetimeField(null=True)
    returned_at = fields.DatetimeField(null=True)
    returned_by = fields.UUIDField(null=True)
    return_note = fields.TextField(default="")
    countersigns = fields.BooleanField(default=False)
    countersigned_at = fields.DatetimeField(null=True)
    nudged_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawn_by = fields.UUIDField(null=True)
    voided_at = fields.DatetimeField(null=True)
    voided_by = fields.UUIDField(null=True)
    void_reason = fields.TextField(default="")

    class Meta:
        table = "document"


class Submission(PracticeRow):
    """What was handed in: a FHIR R4 QuestionnaireResponse as JSON, which never changes; a correction is the next
    `number`. `on_behalf`: staff filled it in."""

    document_id = fields.UUIDField()
    number = fields.SmallIntField()
    response = fields.TextField()
    sha256 = fields.BinaryField()
    scores: Any = fields.JSONField(default=list)
    login_id = fields.UUIDField()
    on_behalf = fields.BooleanField(default=False)
    submitted_at = fields.DatetimeField(auto_now_add=True)
    return_note = fields.TextField(default="")
    returned_at = fields.DatetimeField(null=True)

    class Meta:
        table = "submission"


class ShareNotice(PracticeRow):
    """One e-mail to one person about what was shared (`kind` shared) or still waits (nudged). `state`: queued, taken,
    refused, unwanted (they have switched such e-mails off). `message` is empty once it is settled."""

    access_id = fields.UUIDField()
    kind = fields.TextField()
    message = fields.TextField(default="")
    state = fields.TextField(default="queued")
    failure = fields.TextField(default="")
    made_at = fields.DatetimeField(auto_now_add=True)
    settled_at = fields.DatetimeField(null=True)
    made_by = fields.UUIDField(null=True)

    class Meta:
        table = "share_notice"


class FormImport(PracticeRow):
    """What somebody brought to import, until it came in or seven days passed. `source`: its text as it came."""

    staff_id = fields.UUIDField()
    source = fields.TextField()
    began_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)
    outcome: Any = fields.JSONField(default=list)

    class Meta:
        table = "form_import"


class RiskAlert(PracticeRow):
    """An answer of this document may mean danger. `seen_at`: somebody of staff said that they take care of it."""

    document_id = fields.UUIDField()
    client_id = fields.UUIDField()
    access_id = fields.UUIDField()
    path = fields.TextField()
    raised_at = fields.DatetimeField(auto_now_add=True)
    seen_at = fields.DatetimeField(null=True)
    seen_by = fields.UUIDField(null=True)

    class Meta:
        table = "risk_alert"


class FormEditor(PracticeRow):
    """Who edits a form now, in which page; theirs while `beat_at` is fresh."""

    form_id = fields.UUIDField()
    tab = fields.UUIDField()
    login_id = fields.UUIDField()
    since = fields.DatetimeField(auto_now_add=True)
    beat_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "form_editor"


class FormEdit(PracticeRow):
    """One change of a draft and its way back; once `undone`, the way there. `version`: the draft's after it was turned
    last."""

    form_id = fields.UUIDField()
    number = fields.IntField()
    login_id = fields.UUIDField()
    way = fields.TextField()
    typing = fields.TextField(default="")
    undone = fields.BooleanField(default=False)
    version = fields.IntField()
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "form_edit"


class Signature(PracticeRow):
    """One person's signature under one document, and how it was known who signed; never changed, never taken away.

    `shown`: all that they were shown, as one text; `mark`: the typed name, or a drawn line as SVG path data; `session`:
    a hash. Times are UTC, `zone` is the signer's, empty where no browser named it.
    """

    document_id = fields.UUIDField()
    submission_id = fields.UUIDField(null=True)
    role = fields.TextField()
    login_id = fields.UUIDField()
    name = fields.TextField()
    way = fields.TextField()
    mark = fields.TextField()
    intent = fields.TextField()
    disclosure = fields.IntField()
    agreed_at = fields.DatetimeField()
    shown = fields.TextField()
    shown_sha256 = fields.BinaryField()
    submission_sha256 = fields.BinaryField(null=True)
    version_sha256 = fields.BinaryField(null=True)
    file_sha256 = fields.BinaryField(null=True)
    signed_at = fields.DatetimeField()
    zone = fields.TextField()
    address = fields.TextField()
    device = fields.TextField()
    session = fields.BinaryField()
    method = fields.TextField()
    read_to_end = fields.BooleanField()

    class Meta:
        table = "signature"


class SignedCopy(PracticeRow):
    """A PDF of a signed document with its certificate, made after the link `after` of the chain."""

    document_id = fields.UUIDField()
    after = fields.BigIntField()
    storage_key = fields.TextField()
    sha256 = fields.BinaryField()
    size = fields.BigIntField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "signed_copy"
