"""The end of a shift: what is open, the note of the one who leaves, the name of the one who has read it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import desk_handovers
from care.refusals import Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.desk.forms import HandoverForm
from web.staff.forms import add_error


@blueprint.get("/desk/handover")
@access(Access.CHECK_IN)
def desk_handover() -> Any:
    """Show what is open, risks first, and the notes that wait for somebody to read them."""
    return _page(HandoverForm(formdata=None, data={"key": str(uuid.uuid4())}))


def _page(form: HandoverForm, status: int = 200) -> Any:
    now = clock.now()
    return render_template(
        "staff/desk/handover.html",
        form=form,
        things=desk_handovers.open_things(session=reading(), now=now),
        unread=desk_handovers.unread(session=reading()),
        earlier=desk_handovers.latest(session=reading(), limit=5),
        me=security.me(),
        now=now,
    ), status


@blueprint.post("/desk/handover")
@access(Access.CHECK_IN)
def write_handover() -> Any:
    """Keep the note of the one who leaves."""
    form = HandoverForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            desk_handovers.write(
                session=work, actor=security.me(), note=form.note.data or "", key=form.key.data, now=clock.now()
            )
    except Refused as refused:
        add_error(form.note, str(refusal_words(refused.refusal)))
        return _page(form, 422)
    flash(_("Kept. The next colleague is asked to say that they have read it."), "good")
    return redirect(url_for("staff.desk_handover"), code=303)


@blueprint.post("/desk/handover/<row:handover_id>/taken")
@access(Access.CHECK_IN)
def take_handover(handover_id: int) -> Any:
    """Say that the note was read and what is open is known."""
    return act(
        lambda work: desk_handovers.acknowledge(
            session=work, actor=security.me(), handover_id=handover_id, now=clock.now()
        ),
        back=url_for("staff.desk_handover"),
        done=_("Thank you. What is open is yours now."),
    )
