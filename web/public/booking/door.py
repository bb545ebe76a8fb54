"""Whose booking it is: the person of this browser, or somebody new with a code to come back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from care import booking_door
from models.beneficiaries import Beneficiary
from web.common import chat_key, clock, languages

# Shown once and then forgotten: the code travels in the person's own signed cookie for one page view.
_CODE = "booking_code"


@dataclass(frozen=True)
class Visitor:
    """The person, and what their browser is given when they are new here."""

    person: Beneficiary
    key: str | None = None
    code: str | None = None
    for_other: bool = False

    def welcome(self, response: Response) -> Response:
        """Let the browser keep its key, and show the code on the next page."""
        if self.code:
            session[_CODE] = [self.code, self.for_other]
        return chat_key.give(response, self.key) if self.key and not self.for_other else response


def enter(*, work: Session, form_key: str, for_other: bool = False) -> Visitor:
    """Return whose booking it is; somebody new is made once for each form."""
    known = chat_key.person()
    if known is not None and not for_other:
        return Visitor(work.merge(known, load=True))
    opened = booking_door.open_for_form(
        session=work, secret=chat_key.secret(), form_key=form_key, language=languages.language(), now=clock.now()
    )
    return Visitor(opened.conversation.beneficiary, opened.chat_key, opened.return_code, for_other)


def new_code() -> tuple[str | None, bool]:
    """Return the code that was just made, once, and whether it is for somebody else."""
    code, for_other = session.pop(_CODE, (None, False))
    return code, for_other
