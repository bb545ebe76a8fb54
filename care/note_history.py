"""Who may read the notes about a person, the line of versions of each, and what waits for a supervisor's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, supervision
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentState
from models.beneficiaries import Beneficiary
from models.notes import Countersignature, NoteDraft, SessionNote
from models.staff import RoleName, StaffMember
from models.supervision import Supervision

# An appointment that was called off is no reason to read about the person.
_HELD_OR_PLANNED = (AppointmentState.BOOKED, AppointmentState.COMPLETED, AppointmentState.NO_SHOW)


# A note that is not there by then is asked for on the author's day.
NOTE_DUE_AFTER = timedelta(hours=24)
# Older gaps are for the supervisor's report, not for a list that nobody could ever empty.
NOTE_ASKED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One note with everything that was amended later; the newest version is what counts."""

    versions: tuple[SessionNote, ...]

    @property
    def newest(self) -> SessionNote:
        """Return the version that counts now."""
        return self.versions[-1]


def treats(*, session: Session, staff_id: int, beneficiary_id: int) -> bool:
    """Tell whether the colleague has or had an appointment with the person."""
    return (
        session.scalar(
            select(Appointment.id)
            .where(
                Appointment.staff_id == staff_id,
                Appointment.beneficiary_id == beneficiary_id,
                Appointment.state.in_(_HELD_OR_PLANNED),
            )
            .limit(1)
        )
        is not None
    )


def sees_all(*, session: Session, reader: StaffMember, beneficiary_id: int) -> bool:
    """Tell whether the reader sees every note about the person: a supervisor, or who treats them."""
    return reader.has_any(RoleName.SUPERVISOR) or treats(
        session=session, staff_id=reader.id, beneficiary_id=beneficiary_id
    )


def of_person(*, session: Session, reader: StaffMember, beneficiary: Beneficiary, now: datetime) -> list[Line]:
    """Return the notes about a person that the reader may see, the newest first; the look is recorded."""
    query = select(SessionNote).where(SessionNote.beneficiary_id == beneficiary.id).order_by(SessionNote.id)
    if not sees_all(session=session, reader=reader, beneficiary_id=beneficiary.id):
        # Somebody else's notes stay closed; one's own, and those of colleagues one supervises, do not.
        query = query.where(
            or_(SessionNote.author_id == reader.id, SessionNote.author_id.in_(_supervised_by(reader.id)))
        )
    lines = _lines(session.scalars(query).all())
    if lines:
        audit.record(
            session=session,
            actor=reader,
            verb="note.see",
            subject_type="beneficiary",
            subject_id=beneficiary.id,
            now=now,
        )
    return lines


def _supervised_by(staff_id: int) -> Select[int]:
    return select(Supervision.staff_id).where(Supervision.supervisor_id == staff_id, Supervision.until.is_(None))


def _lines(notes: Sequence[SessionNote]) -> list[Line]:
    after = {note.amends_id: note for note in notes if note.amends_id is not None}
    known = {note.id for note in notes}
    found = []
    for note in notes:
        if note.amends_id in known:
            continue
        versions = [note]
        while versions[-1].id in after:
            versions.append(after[versions[-1].id])
        found.append(Line(tuple(versions)))
    return sorted(found, key=lambda line: (line.newest.held_at, line.newest.id), reverse=True)


def appointments_without_note(*, session: Session, staff: StaffMember, now: datetime) -> Sequence[Appointment]:
    """Return my appointments that took place a day ago or earlier and have neither a note nor a draft of mine."""
    noted = select(SessionNote.appointment_id).where(
        SessionNote.author_id == staff.id, SessionNote.appointment_id.is_not(None)
    )
    begun = select(NoteDraft.appointment_id).where(
        NoteDraft.author_id == staff.id, NoteDraft.appointment_id.is_not(None)
    )
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.staff_id == staff.id,
            Appointment.state == AppointmentState.COMPLETED,
            Appointment.ends_at <= now - NOTE_DUE_AFTER,
            Appointment.ends_at > now - NOTE_ASKED_FOR,
            Appointment.id.not_in(noted),
            Appointment.id.not_in(begun),
        )
        .order_by(Appointment.starts_at)
    ).all()


def waiting_for(*, session: Session, supervisor: StaffMember) -> Sequence[SessionNote]:
    """Return the notes of supervised colleagues that wait for this signature, the oldest first.

    A supervisor also sees those whose author has nobody to supervise them, so that none waits for ever.
    """
    mine: ColumnElement[bool] = SessionNote.author_id.in_(_supervised_by(supervisor.id))
    if supervisor.has_any(RoleName.SUPERVISOR):
        looked_after = select(Supervision.staff_id).where(Supervision.until.is_(None))
        mine = or_(mine, SessionNote.author_id.not_in(looked_after))
    return session.scalars(
        select(SessionNote)
        .outerjoin(Countersignature, Countersignature.note_id == SessionNote.id)
        .where(
            SessionNote.needs_countersign,
            Countersignature.note_id.is_(None),
            # What has been amended since is read in its newest version.
            SessionNote.id.not_in(select(SessionNote.amends_id).where(SessionNote.amends_id.is_not(None))),
            SessionNote.author_id != supervisor.id,
            mine,
        )
        .order_by(SessionNote.id)
    ).all()


def look_at_waiting(*, session: Session, supervisor: StaffMember, now: datetime) -> Sequence[SessionNote]:
    """Return what waits for this signature and record that the notes were read."""
    waiting = waiting_for(session=session, supervisor=supervisor)
    for note in waiting:
        audit.record(
            session=session,
            actor=supervisor,
            verb="note.see",
            subject_type="beneficiary",
            subject_id=note.beneficiary_id,
            now=now,
            note_id=note.id,
        )
    return waiting


def by_ids(*, session: Session, ids: Sequence[int]) -> Sequence[SessionNote]:
    """Return these notes in order of age."""
    return session.scalars(select(SessionNote).where(SessionNote.id.in_(ids)).order_by(SessionNote.id)).all()


def countersign(
    *, session: Session, actor: StaffMember, note_id: int, remark: str | None, now: datetime
) -> Countersignature:
    """Sign a note of a colleague in training as read; refuse one's own, and one that needs no signature."""
    note = session.get(SessionNote, note_id)
    if note is None:
        raise Refused(Refusal.NOT_FOUND)
    if note.author_id == actor.id:
        raise Refused(Refusal.OWN_NOTE)
    if not _supervises(session, actor, note):
        raise Refused(Refusal.NOT_FOUND)
    if not note.needs_countersign:
        raise Refused(Refusal.NO_COUNTERSIGN)
    signature = Countersignature(
        note_id=note.id, author_id=note.author_id, staff_id=actor.id, at=now, remark=(remark or "").strip() or None
    )
    try:
        with session.begin_nested():
            session.add(signature)
    except IntegrityError as clash:
        raise Refused(Refusal.NO_COUNTERSIGN) from clash
    audit.record(
        session=session, actor=actor, verb="note.countersign", subject_type="session_note", subject_id=note.id, now=now
    )
    return signature


def _supervises(session: Session, actor: StaffMember, note: SessionNote) -> bool:
    if actor.has_any(RoleName.SUPERVISOR):
        return True
    return supervision.supervises(session=session, supervisor_id=actor.id, staff_id=note.author_id)
