"""Order and due dates of what is asked: kept as they are sent, told once, and only where they changed."""

from __future__ import annotations

from datetime import date

from models.documents.asking import Wanted
from models.documents.sharing_plan import Item
from tests.documents.desk import Desk
from tests.support.papers import a_form


async def test_order_by_drag_and_due_dates_are_kept_and_only_what_changed_is_told(cast):
    desk = Desk(cast)
    forms = [Wanted("form", (await a_form(cast)).id) for _ in range(3)]
    a, b, c = await desk.share("parent", *forms)
    karen = desk.person("parent")
    await desk.save([Item(karen, document=a.id), Item(karen, document=c.id, due_on=date(2031, 1, 2)),
                     Item(karen, document=b.id)], ["parent"], message=None)
    assert [(one.id, one.due_on) for one in await desk.documents("parent")] == [
        (a.id, None), (c.id, date(2031, 1, 2)), (b.id, None)]
    assert {row["subject_id"] for row in await desk.events("document.changed")} == {b.id, c.id}
