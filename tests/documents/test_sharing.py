"""Manage Documentation, saved: what is new is shared with one e-mail, what is unchecked is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from models.accounts import details
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from models.documents import sharing
from models.documents.asking import Wanted
from models.documents.finding import own_document
from models.documents.sharing_plan import Item
from models.documents.tables import Document
from tests.documents.desk import WORDS, Desk, text_of
from tests.support.papers import a_form

CONSENT = {"resourceType": "Questionnaire", "status": "active", "title": "Canary consent",
           "item": [{"linkId": "ok", "type": "boolean", "text": "I agree"}]}


@pytest.fixture
def desk(cast):
    return Desk(cast)


async def test_checked_forms_are_shared_and_save_with_something_new_sends_one_email_for_the_batch(cast, desk):
    intake, consent = await a_form(cast), await a_form(cast, CONSENT, kind="consent")
    shared = await desk.share("parent", Wanted("form", intake.id), Wanted("form", consent.id, due_on=date(2031, 3, 4)))
    assert [(one.form_id, one.place, one.due_on) for one in shared] == [
        (intake.id, 1, None), (consent.id, 2, date(2031, 3, 4))]
    [mail] = await desk.mails()
    assert mail["To"] == f"parent@{cast.subdomain}.test" and WORDS in text_of(mail)
    assert len(await desk.events("document.shared")) == 2 and len(await desk.events("document.mailed")) == 1


async def test_save_with_nothing_new_sends_and_asks_nothing(cast, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    await desk.mails()
    saved = await desk.save([Item(desk.person("parent"), document=one.id)], ["parent"], message=None)
    assert (saved.shared, saved.withdrawn, saved.mails) == (0, 0, 0)
    assert await desk.mails() == []


async def test_save_with_something_new_asks_for_the_words_of_the_email_first(cast, desk):
    form = await a_form(cast)
    with pytest.raises(Conflict) as refused:
        await desk.share("parent", Wanted("form", form.id), message=None)
    assert refused.value.code == "message-needed" and "message_needed" in refused.value.errors
    assert await desk.documents("parent") == [], "nothing was shared yet"


async def test_each_has_their_own_copy_and_sees_only_their_own(cast, desk):
    form = await a_form(cast)
    items = [Item(desk.person(name), wanted=Wanted("form", form.id)) for name in ("parent", "coparent")]
    await desk.save(items)
    assert len(await desk.mails()) == 2, "one to each"
    [hers], [his] = await desk.documents("parent"), await desk.documents("coparent")
    karen, david = await cast.actor("parent", client="teen"), await cast.actor("coparent", client="teen")
    assert (await cast.inside(lambda: own_document(karen, hers.id))).id == hers.id
    for actor, other in ((karen, his), (david, hers)):
        with pytest.raises(Missing):
            await cast.inside(lambda a=actor, o=other: own_document(a, o.id))
    rooms = [row["audience"] for row in await desk.events("document.shared")]
    assert f"access:{his.access_id}" not in rooms[0] and f"access:{hers.access_id}" not in rooms[1]


async def test_a_form_that_a_guardian_signs_cannot_be_asked_of_a_minor(cast, desk):
    form = await a_form(cast, CONSENT, kind="consent", guardian_signs=True)
    with pytest.raises(Invalid) as refused:
        await desk.share("teen", Wanted("form", form.id))
    assert "signed by a guardian" in refused.value.errors["items"][0]
    assert [one.title for one in await desk.share("parent", Wanted("form", form.id))] == ["Canary consent"]
    line = next(line for _, lines in (await desk.panel("teen")).library for line in lines)
    assert "signed by a guardian" in line.why_not, "and stands there greyed, with the reason"


async def test_without_manage_documentation_nothing_is_shared_with_a_contact(cast, desk):
    form = await a_form(cast)
    await desk.rows("UPDATE portal_access SET permissions = '{appointments}' WHERE contact_id = $1 RETURNING 1",
                    desk.person("coparent"))
    panel = await desk.panel("coparent")
    assert panel.person.why_not.startswith("Manage Documentation is off for David Ellison")
    with pytest.raises(Invalid) as refused:
        await desk.share("coparent", Wanted("form", form.id))
    assert "Manage Documentation is off" in refused.value.errors["items"][0]


async def test_who_has_no_access_yet_is_named_with_the_reason(cast):
    nora = Desk(cast, "child")
    assert (await nora.panel("child")).person.why_not.startswith("No portal access yet")


async def test_of_two_who_save_at_once_the_second_is_told(cast, desk):
    form, other = await a_form(cast), await a_form(cast, CONSENT)
    before = (await desk.found()).version
    await desk.share("parent", Wanted("form", form.id))
    with pytest.raises(Conflict) as refused:
        await desk.save([Item(desk.person("teen"), wanted=Wanted("form", other.id))], version=before)
    assert refused.value.code == "changed-meanwhile"
    assert await desk.documents("teen") == []


async def test_an_archived_or_unpublished_form_is_not_shared(cast, desk):
    form = await a_form(cast)
    await desk.rows("UPDATE form SET archived_at = now() WHERE id = $1 RETURNING 1", form.id)
    for id in (form.id, uuid4()):
        with pytest.raises(Invalid):
            await desk.share("parent", Wanted("form", id))


async def test_the_same_form_is_asked_of_one_person_once_at_a_time_and_again_after_it_was_handed_in(cast, desk):
    form = await a_form(cast)
    [one] = await desk.share("parent", Wanted("form", form.id))
    with pytest.raises(Conflict) as refused:
        await desk.share("parent", Wanted("form", form.id))
    assert refused.value.code == "asked-already"
    await desk.rows("UPDATE document SET submitted_at = now() WHERE id = $1 RETURNING 1", one.id)
    assert len(await desk.share("parent", Wanted("form", form.id))) == 1


@pytest.mark.parametrize(("by", "wrong"), [("biller", Forbidden), ("owner", Forbidden)])
async def test_who_does_not_see_how_far_documents_are_shares_none(cast, by, wrong):
    other = Desk(cast, by=by)
    with pytest.raises(wrong):
        await other.found()


async def test_a_practitioner_of_others_does_not_learn_that_the_client_is_there(cast):
    await cast.inside(lambda: _unassigned(cast))
    with pytest.raises(Missing):
        await Desk(cast).found()


async def _unassigned(cast):
    from models.core.database import execute

    await execute("UPDATE assignment SET ended_at = now() WHERE client_id = $1", cast.clients["teen"])


async def test_a_document_of_somebody_else_is_not_put_among_anothers(cast, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    with pytest.raises(Conflict):
        await desk.save([Item(desk.person("coparent"), document=one.id)])


async def test_a_shared_file_goes_to_one_person_with_an_email_and_opens_for_them_alone(cast, desk):
    from models.files.granting import file_for

    file, actor = await desk.file(), await cast.actor("practitioner")
    await cast.inside(lambda: sharing.share_file(
        actor, desk.client, desk.person("parent"), Wanted("file", file), message=WORDS))
    [document] = await desk.documents("parent")
    assert (document.kind, document.title, document.signs) == ("file", "Plan of care.pdf", False)
    [mail] = await desk.mails()
    assert "Plan of care" not in text_of(mail)
    karen, david = await cast.actor("parent", client="teen"), await cast.actor("coparent", client="teen")
    assert (await cast.inside(lambda: file_for(karen, file))).id == file
    with pytest.raises(Missing):
        await cast.inside(lambda: file_for(david, file))


async def test_a_shared_pdf_may_ask_for_a_signature_and_nothing_else_may(cast, desk):
    actor, pdf = await cast.actor("practitioner"), await desk.file()
    picture = await desk.file("plan.png", kind="image/png")
    give = lambda id: sharing.share_file(  # noqa: E731
        actor, desk.client, desk.person("parent"), Wanted("sign", id), message=WORDS)
    await cast.inside(lambda: give(pdf))
    assert [one.signs for one in await desk.documents("parent")] == [True]
    with pytest.raises(Invalid):
        await cast.inside(lambda: give(picture))


async def test_nobody_shares_a_file_that_is_not_theirs_to_give(cast, desk):
    file, actor = await desk.file(who="frontdesk"), await cast.actor("practitioner")
    with pytest.raises(Missing):
        await cast.inside(lambda: sharing.share_file(
            actor, desk.client, desk.person("parent"), Wanted("file", file), message=WORDS))


async def test_words_that_name_the_client_or_a_form_are_warned_about_and_may_go_as_a_secure_message(cast, desk):
    form = await a_form(cast, CONSENT)
    words = "Dear Karen, please sign the canary consent for Leo."
    with pytest.raises(Invalid) as refused:
        await desk.share("parent", Wanted("form", form.id), message=words)
    said = refused.value.errors["words_ok"][0]
    assert "Leo" in said and "canary consent" in said and "Karen" not in said
    await desk.share("parent", Wanted("form", form.id), message=words, secure=True)
    mails = [text_of(mail) for mail in await desk.mails()]
    assert mails and not [one for one in mails if "canary consent" in one or "Leo" in one]
    [row] = await desk.rows("SELECT body FROM message")
    assert row["body"] == words


async def test_such_words_are_sent_anyway_after_a_word(cast, desk):
    form = await a_form(cast, CONSENT)
    await desk.share("parent", Wanted("form", form.id), message="About Leo.", words_ok=True)
    assert "About Leo." in text_of((await desk.mails())[0])


async def test_no_event_and_no_fact_of_a_mail_holds_what_is_shared(cast, desk):
    await desk.share("parent", Wanted("form", (await a_form(cast, CONSENT)).id), Wanted("request", title="Canary card"))
    rows = await desk.rows("SELECT ids::text || coalesce(data::text, '') AS all FROM event_data")
    facts = await desk.rows("SELECT facts::text AS all FROM outgoing_mail")
    assert rows and facts and not [one for one in (*rows, *facts) if "anary" in one["all"] or WORDS in one["all"]]


async def test_a_document_of_the_practice_is_none_of_the_neighbours(cast, neighbours, desk):
    [one] = await desk.share("parent", Wanted("form", (await a_form(cast)).id))
    assert await cast.inside(lambda: Document.exists(id=one.id))
    assert not await neighbours.inside(lambda: Document.exists(id=one.id))


async def _day_there(cast) -> date:
    """The practice's own day, which is not that of UTC."""
    at = datetime.now(UTC)  # half past ten is half an hour from the midnight of either zone: no test meets one
    zone = "Pacific/Kiritimati" if at.time() >= time(10, 30) else "Pacific/Pago_Pago"
    owner = await cast.actor("owner")
    await cast.inside(lambda: details.set_details(owner, None, {"time_zone": zone}))
    day = at.astimezone(ZoneInfo(zone)).date()
    assert day != at.date(), "the premise"
    return day


async def test_what_would_be_due_before_the_practices_day_is_refused_in_words_and_its_own_day_is_not(cast, desk):
    day, form = await _day_there(cast), await a_form(cast)
    card = Wanted("request", title="Insurance card")
    for wanted in (Wanted("form", form.id), card):
        with pytest.raises(Invalid) as refused:
            await desk.share("parent", replace(wanted, due_on=day - timedelta(days=1)))
        assert "This day has passed. Choose today" in refused.value.errors["items"][0]
    assert await desk.documents("parent") == [], "nothing was shared"
    shared = await desk.share("parent", Wanted("form", form.id, due_on=day), replace(card, due_on=day))
    assert [one.due_on for one in shared] == [day, day]


async def test_a_due_date_that_has_passed_meanwhile_stays_while_other_things_are_saved_and_is_not_set_anew(cast, desk):
    day = await _day_there(cast)
    one, other = await desk.share("parent", Wanted("form", (await a_form(cast)).id, due_on=day),
                                  Wanted("form", (await a_form(cast, CONSENT)).id))
    past = day - timedelta(days=3)
    await cast.inside(lambda: Document.filter(id=one.id).update(due_on=past))
    karen = desk.person("parent")
    later = Item(karen, document=other.id, due_on=day + timedelta(days=9))
    await desk.save([Item(karen, document=one.id, due_on=past), later], ["parent"])
    assert [one.due_on for one in await desk.documents("parent")] == [past, day + timedelta(days=9)]
    for wrong in (past - timedelta(days=1), past + timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            await desk.save([Item(karen, document=one.id, due_on=wrong, key="this"), later], ["parent"])
        assert list(refused.value.errors) == ["due:this"]
    with pytest.raises(Invalid):
        await desk.save([Item(karen, document=one.id, due_on=past), replace(later, due_on=past)], ["parent"])
    await desk.save([Item(karen, document=one.id), later], ["parent"])
    assert (await desk.documents("parent"))[0].due_on is None
