"""Answers that may mean danger: told at once to whom it concerns, to nobody else, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.clock import now
from models.core.database import fetch_all
from models.core.errors import Missing
from models.documents import alerts
from models.documents.tables import RiskAlert
from models.messaging import away
from tests.appointments.heard import heard
from tests.documents.conftest import THOUGHTS
from tests.support.standing import stands


async def raised(cast):
    return await cast.inside(lambda: RiskAlert.all().order_by("raised_at"))


async def waiting(cast, who):
    actor = await cast.actor(who)
    return await cast.inside(lambda: alerts.waiting_for(actor))


async def test_the_practitioner_is_alerted_when_the_answer_is_saved_not_only_when_it_is_handed_in(cast, paper):
    document = await paper.ask(questionnaire=THOUGHTS)
    assert not (await paper.answer(document, "harm", "Not at all")).alerted
    assert await raised(cast) == []
    assert (await paper.answer(document, "harm", "Some days")).alerted
    [one] = await waiting(cast, "practitioner")
    assert one.client and one.contact is None
    assert await waiting(cast, "owner") == [] and await waiting(cast, "frontdesk") == []
    [event] = await heard(cast, "risk.raised")
    assert "hurting" not in str(dict(event)) and "How you have been" not in str(dict(event))


async def test_changing_to_and_fro_alerts_once(cast, paper):
    document = await paper.ask(questionnaire=THOUGHTS)
    for said in ("Some days", "Not at all", "Every day", "Some days"):
        await paper.answer(document, "harm", said)
    await paper.answer(document, "tired", "Some days")
    await paper.submit(document)
    assert len(await raised(cast)) == 1


async def test_who_stands_in_is_alerted_too_and_may_open_it_without_seeing_the_record(cast, paper):
    maya, cover = await cast.actor("practitioner"), await cast.actor("owner")
    at = now()
    await cast.inside(lambda: away.set_away(
        maya, starts_at=at - timedelta(hours=1), ends_at=at + timedelta(days=3), text="Away", cover_id=cover.staff_id))
    document = await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(document, "harm", "Some days")
    [one] = await waiting(cast, "owner")
    assert one.covers
    shown = await cast.inside(lambda: alerts.open_alert(cover, one.id))
    assert list(shown.answer) == ["Some days"] and "hurting yourself" in shown.question
    assert [who.opened_at is not None for who in shown.went_to if who.covers] == [True]


async def test_that_it_was_opened_and_by_whom_is_kept_and_taking_care_closes_it_for_all(cast, paper):
    document = await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(document, "harm", "Some days")
    [one], maya = await waiting(cast, "practitioner"), await cast.actor("practitioner")
    await cast.inside(lambda: alerts.open_alert(maya, one.id))
    assert len(await heard(cast, "risk.opened")) == 1
    looks = await cast.inside(lambda: fetch_all("SELECT * FROM look WHERE subject = 'risk-alert'"))
    assert len(looks) == 1
    await cast.inside(lambda: alerts.take_care(maya, one.id))
    await cast.inside(lambda: alerts.take_care(maya, one.id))
    assert len(await heard(cast, "risk.seen")) == 1 and await waiting(cast, "practitioner") == []
    shown = await cast.inside(lambda: alerts.open_alert(maya, one.id))
    assert shown.seen_by == maya.name


async def test_who_it_did_not_go_to_does_not_find_it(cast, paper, neighbours):
    document = await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(document, "harm", "Some days")
    [one] = await raised(cast)
    for who in ("owner", "frontdesk", "biller", "client"):
        actor = await cast.actor(who)
        with pytest.raises(Missing):
            await cast.inside(lambda actor=actor: alerts.open_alert(actor, one.id))
    stranger = await neighbours.actor("practitioner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: alerts.open_alert(stranger, one.id))


async def test_with_nobody_assigned_administrators_are_alerted(cast, paper):
    from models.core.database import execute

    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now() WHERE ended_at IS NULL"))
    document = await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(document, "harm", "Some days")
    assert len(await waiting(cast, "owner")) == 1


async def test_the_mail_says_nothing_of_whom_or_why_and_goes_to_whom_it_concerns(cast, paper):
    document = await paper.ask(questionnaire=THOUGHTS)
    await paper.answer(document, "harm", "Some days")
    sql = "SELECT login_id, facts FROM outgoing_mail WHERE practice_id = portico_here() AND kind = 'risk-alert'"
    [mail] = await cast.inside(lambda: fetch_all(sql))
    assert mail["login_id"] == cast.logins["practitioner"]
    assert "hurting" not in str(dict(mail)) and not stands("Ana", str(dict(mail)))
