"""The emergency contact behind its own question: whom a person fears is sometimes whom they have named."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

from care import case_file, contact_checks
from care.refusals import Refusal, Refused
from models.beneficiaries import EmergencyContact
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.paths import safe_next


class WarningForm(FlaskForm):
    """Why somebody is not to be rung, or is after all."""

    words = TextAreaField(lazy_gettext("How do you know?"), validators=[Length(max=contact_checks.LONGEST_WORDS)])


@blueprint.context_processor
def _offers() -> dict[str, Any]:
    return {"contact_offer": _offer}


def _offer(contact: EmergencyContact) -> str:
    return contact_checks.offer(session=reading(), contact=contact).value


@blueprint.post("/beneficiaries/<row:beneficiary_id>/emergency-contact")
@access(Access.SEE_CASE)
def emergency_contact(beneficiary_id: int) -> Any:
    """Uncover whom to call in the worst moment; who looked is recorded."""
    return _shown(beneficiary_id)


@blueprint.post("/beneficiaries/<row:beneficiary_id>/emergency-contact/check")
@access(Access.ACKNOWLEDGE_CASE)
def check_contact(beneficiary_id: int) -> Any:
    """Answer whether the contact may be rung, and show at once what follows from it."""
    form, answer = WarningForm(), request.form.get("safe")
    if answer not in ("yes", "no"):
        raise Refused(Refusal.WRONG_VALUE)
    if not form.validate():
        return _shown(beneficiary_id, form, 422)
    try:
        with unit_of_work() as work:
            contact_checks.judge(
                session=work,
                beneficiary_id=beneficiary_id,
                actor=security.me(),
                safe=answer == "yes",
                words=form.words.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        if refused.field != "words":
            raise
        add_error(form.words, str(refusal_words(refused.refusal)))
        return _shown(beneficiary_id, form, 422)
    return _shown(beneficiary_id)


def _shown(beneficiary_id: int, form: WarningForm | None = None, status: int = 200) -> Any:
    with unit_of_work() as work:
        contact = case_file.see_emergency_contact(
            session=work, beneficiary_id=beneficiary_id, actor=security.me(), now=clock.now()
        )
        offer = None if contact is None else contact_checks.offer(session=work, contact=contact)
        word = None if contact is None else contact_checks.standing(session=work, contact_id=contact.id)
        # The number of somebody who may do harm is not even in the page.
        phone = contact.phone if contact is not None and offer is contact_checks.Offer.OPEN else None
        shown = None if contact is None else {"name": contact.name, "relation": contact.relation, "phone": phone}
        said = None if word is None else {"by": word.by.display_name, "at": word.at, "words": word.words}
    if shown is None:
        flash(_("This person has named no emergency contact."), "info")
    page = render_template(
        "staff/emergency_contact.html",
        beneficiary_id=beneficiary_id,
        contact=shown,
        offer=None if offer is None else offer.value,
        said=said,
        form=form or WarningForm(formdata=None),
        back=safe_next(request.form.get("next")) or url_for("staff.home"),
    )
    return page, status
