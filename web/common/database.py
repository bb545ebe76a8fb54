"""The site's session, and the one unit of work a request may have."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, has_request_context, request
from flask_login import current_user
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.base import Base
from models.database import writing
from models.staff import StaffMember
from web.common import clock

log = logging.getLogger(__name__)

db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def reading() -> Session:
    """Return the session of this request, for reading."""
    return db.session()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Everything a request changes: committed once at the end, or not at all; then the browsers are told."""
    try:
        with writing(db.session()) as session:
            yield session
    except Refused as refused:
        _note(refused)
        raise
    current_app.extensions["live"].poke()


def _note(refused: Refused) -> None:
    """Leave the trace of bad input in a unit of work of its own, since the refused one leaves none."""
    if refused.refusal not in audit.NOTED:
        return
    try:
        with writing(db.session()) as session:
            audit.note_refusal(session=session, actor=_who(session), refused=refused, where=_where(), now=clock.now())
    except SQLAlchemyError as error:
        # What the person is told matters more than the trace of it.
        log.error("a refusal was not noted", extra={"error": type(error).__name__, "why": refused.refusal.value})


def forged_address() -> Refused:
    """Leave the trace of a secret address that leads nowhere, and return the refusal that says so to a person."""
    with writing(db.session()) as session:
        audit.note_forged_address(session=session, actor=_who(session), where=_where(), now=clock.now())
    return Refused(Refusal.ADDRESS_UNKNOWN)


def _where() -> str:
    return (request.endpoint or "") if has_request_context() else "command"


def _who(session: Session) -> StaffMember | None:
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return session.get(StaffMember, current_user.id)
