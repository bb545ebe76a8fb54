"""Secret addresses with which a person changes or cancels an appointment without an account."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from care.people import keyed_hash
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentLink

# 32 bytes are 256 bits: nobody meets one by guessing.
_BYTES = 32
LONGEST_TOKEN = 128
# The pages to which the addresses lead.
APPOINTMENT_PATH = "/appointments/{token}"
OFFER_PATH = "/appointments/offers/{token}"


def new_token() -> str:
    """Return a fresh secret for an address."""
    return secrets.token_urlsafe(_BYTES)


def stored_form(*, secret: str, token: str) -> str:
    """Return the form in which a token is stored; it opens nothing by itself."""
    return keyed_hash(secret, f"appointment-link:{token[:LONGEST_TOKEN]}")


def make(*, session: Session, secret: str, appointment: Appointment, now: datetime) -> str:
    """Return a new secret token for the appointment; the older ones go on working."""
    token = new_token()
    session.add(
        AppointmentLink(
            token_hash=stored_form(secret=secret, token=token), appointment_id=appointment.id, created_at=now
        )
    )
    session.flush()
    return token


def path(token: str) -> str:
    """Return the path of the page at which the person sees the appointment."""
    return APPOINTMENT_PATH.format(token=token)


def follow(*, session: Session, secret: str, token: str) -> Appointment:
    """Return the appointment behind a token, over or not; refuse NOT_FOUND for a forged one."""
    found = session.get(AppointmentLink, stored_form(secret=secret, token=token)) if token else None
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found.appointment
