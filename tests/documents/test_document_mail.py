"""The e-mail that something was shared: it names nothing, has its own switch, and what became of it is shown."""

from __future__ import annotations

import pytest

from models.accounts.preferences import set_kind
from models.core.database import execute
from models.documents import answering, returning, submitting
from models.documents.asking import Wanted
from models.documents.notices import newest
from models.notifications import mailing
from tests.documents.desk import WORDS, Desk, text_of
from tests.support.papers import a_form
from tests.support.standing import stands

CANARY = {"resourceType": "Questionnaire", "status": "active", "title": "Canary screening", "item": [
    {"linkId": "a", "type": "string", "text": "Canary question"}]}


@pytest.fixture
def desk(cast):
    return Desk(cast)


async def state(desk):
    [one] = await desk.rows("SELECT state, failure FROM share_notice")
    return one["state"], one["failure"]


async def handed_in_and_sent_back(cast, desk):
    """Karen hands the form in, nobody has mail any more; Maya asks her for a correction."""
    [document] = await desk.share("parent", Wanted("form", (await a_form(cast, CANARY)).id))
    await desk.mails()
    karen, maya = await cast.actor("parent", client="teen"), await cast.actor("practitioner")
    await cast.inside(lambda: answering.answer(karen, document.id, path="a", value=["Canary answer"]))
    await cast.inside(lambda: submitting.submit(karen, document.id))
    await cast.inside(
        lambda: returning.return_for_correction(maya, desk.client, document.id, "Canary note: which year?")
    )


async def test_no_email_names_what_is_shared_nor_for_whom(cast, desk):
    form, file = await a_form(cast, CANARY), await desk.file("Canary plan.pdf")
    await desk.share("parent", Wanted("form", form.id), Wanted("request", title="Canary card"), Wanted("file", file))
    [mail] = await desk.mails()
    shown = text_of(mail)
    assert mail["Subject"] == "Something new: Your client portal at Harbor Counseling"
    assert WORDS in shown and f"/for/{desk.client}/documents" in shown
    for canary in ("Canary", "canary", "Marsh", "screening", "Okafor"):
        assert canary not in shown.replace(f"parent@{cast.subdomain}.test", ""), canary
    assert not stands("Leo", shown)


async def test_it_is_sent_while_something_is_still_there_and_not_after_all_was_taken_back(cast, desk):
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await desk.save([], ["parent"], message=None)
    assert await desk.mails() == [] and await state(desk) == ("unwanted", "past")


async def test_who_switched_such_emails_off_gets_none_and_staff_read_that(cast, desk):
    karen = await cast.actor("parent", client="teen")
    await cast.inside(lambda: set_kind(karen, "documents", False))
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    assert await desk.mails() == [] and await state(desk) == ("unwanted", "off")


async def test_whether_it_was_delivered_is_shown_and_told(cast, desk):
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    assert await state(desk) == ("queued", "")
    await desk.settle(lambda letter: mailing.refused(letter, "550"))
    assert await state(desk) == ("refused", "550") and len(await desk.events("document.mail_settled")) == 1
    found = await cast.inside(lambda: newest(desk.client))
    assert [one.state for one in found.values()] == ["refused"]


async def test_a_contact_who_lost_the_permission_meanwhile_gets_none(cast, desk):
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"))
    assert await desk.mails() == []


async def test_who_was_only_invited_gets_no_second_email(cast, desk):
    await cast.inside(lambda: execute("UPDATE portal_access SET accepted_at = NULL WHERE contact_id IS NOT NULL"))
    await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    assert await desk.mails() == [] and len(await desk.documents("parent")) == 1


async def test_its_words_are_kept_until_it_has_left_and_no_longer(cast, desk):
    form = await a_form(cast)
    await desk.share("parent", Wanted("form", form.id))
    words = "SELECT message FROM share_notice ORDER BY made_at"
    assert [one["message"] for one in await desk.rows(words)] == [WORDS]
    [mail] = await desk.mails()
    assert WORDS in text_of(mail) and [one["message"] for one in await desk.rows(words)] == [""]
    await desk.share("coparent", Wanted("form", form.id))
    await desk.settle(lambda letter: mailing.refused(letter, "550"))
    assert [one["message"] for one in await desk.rows(words)] == ["", ""], "nor of one that never arrived"


async def test_who_is_asked_for_a_correction_hears_of_it_by_an_email_that_says_nothing_of_it(cast, desk):
    await handed_in_and_sent_back(cast, desk)
    [mail] = await desk.mails()
    shown = text_of(mail)
    assert mail["To"] == f"parent@{cast.subdomain}.test" and f"/for/{desk.client}/documents" in shown
    assert "needs another look" in shown
    for canary in ("Canary", "year", "Marsh", "screening", "Okafor"):
        assert canary not in shown.replace(f"parent@{cast.subdomain}.test", ""), canary
    assert not stands("Leo", shown)


async def test_who_switched_such_emails_off_is_asked_for_corrections_in_the_portal_alone(cast, desk):
    karen = await cast.actor("parent", client="teen")
    await cast.inside(lambda: set_kind(karen, "documents", False))
    await handed_in_and_sent_back(cast, desk)
    assert await desk.mails() == []
    states = await desk.rows("SELECT state, failure FROM share_notice ORDER BY made_at")
    assert [(one["state"], one["failure"]) for one in states] == [("unwanted", "off")] * 2
