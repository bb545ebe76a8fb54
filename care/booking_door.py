"""The person behind a booking without an account: made once for each form, however often the form arrives."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import people
from care.people import RETURN_CODE_LENGTH, Door, keyed_hash, show_return_code
from models.beneficiaries import Beneficiary

# Letters that a hand mistakes for figures become figures that the base's own codes use.
_PLAIN = str.maketrans("IO", "89")


def code_of_form(*, secret: str, form_key: str) -> str:
    """Return the return code that belongs to a form: nobody can compute it without the secret of the site."""
    digest = hmac.new(secret.encode(), f"booking-form:{form_key}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().translate(_PLAIN)[:RETURN_CODE_LENGTH]


def open_for_form(*, session: Session, secret: str, form_key: str, language: str, now: datetime) -> Door:
    """Begin with a new person, or find the one whom the same form made before; the code is the same both times.

    `form_key` must come from this site (web/common/form_keys.py): whoever knows it becomes this person.
    """
    code = code_of_form(secret=secret, form_key=form_key)
    if not _is_known(session, secret, code):
        try:
            with session.begin_nested():
                door = people.open_door(session=session, secret=secret, language=language, now=now)
                door.conversation.beneficiary.return_code_hash = keyed_hash(secret, code)
                session.flush()
        except IntegrityError:
            # The other half of a double click was a moment faster; its person is found below.
            pass
        else:
            return Door(door.conversation, door.chat_key, show_return_code(code))
    door = people.resume(session=session, secret=secret, typed_code=code, now=now)
    return Door(door.conversation, door.chat_key, show_return_code(code))


def _is_known(session: Session, secret: str, code: str) -> bool:
    return (
        session.scalar(select(Beneficiary.id).where(Beneficiary.return_code_hash == keyed_hash(secret, code)))
        is not None
    )
