"""What a person was promised and still waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointments import Appointment, AppointmentState


def appointments_ahead(
    *, session: Session, beneficiary_id: int, now: datetime, limit: int = 3
) -> Sequence[Appointment]:
    """Return the person's next booked appointments, in order."""
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.beneficiary_id == beneficiary_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at > now,
        )
        .order_by(Appointment.starts_at)
        .limit(limit)
    ).all()
