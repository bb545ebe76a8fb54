"""Session notes: drafted on the server, signed once, amended and countersigned, read by those with the right only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, qualifications
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.crises import FlagSource
from models.notes import Contact, NoteDraft, RiskLook, SessionNote
from models.staff import RoleName, StaffMember
from triage.levels import Level

WORDS = ("presenting", "done", "risk_words", "next_step", "reason")
LONGEST_WORDS = 20_000
LICENCE = "licence.counselor"
# What a colleague found is one more way in to the crisis queue. The level says how soon somebody looks; a
# supervisor may raise it, nobody is left to notice it in a note (docs/clinical-safety.md, ways in).
_RAISES = {RiskLook.THOUGHTS: Level.YELLOW, RiskLook.PLAN: Level.RED}


@dataclass(frozen=True)
class Occasion:
    """What a note is written about."""

    beneficiary: Beneficiary
    contact: Contact
    held_at: datetime
    appointment_id: int | None = None


def open_draft(*, session: Session, author: StaffMember, occasion: Occasion, now: datetime) -> NoteDraft:
    """Return the author's draft about the occasion; a second window gets the same one."""
    draft = NoteDraft(
        key=secrets.token_hex(16),
        author_id=author.id,
        beneficiary_id=occasion.beneficiary.id,
        appointment_id=occasion.appointment_id,
        contact=occasion.contact,
        held_at=occasion.held_at,
        changed_at=now,
    )
    same = select(NoteDraft).where(
        NoteDraft.author_id == author.id,
        NoteDraft.beneficiary_id == occasion.beneficiary.id,
        NoteDraft.appointment_id == occasion.appointment_id,
        NoteDraft.amends_id.is_(None),
    )
    return _only(session, draft, same)


def open_amendment(*, session: Session, author: StaffMember, note_id: int, now: datetime) -> NoteDraft:
    """Return the author's draft of an amendment, begun with the words of the note; refuse all but the newest."""
    note = session.get(SessionNote, note_id)
    if note is None or not _may_amend(note, author):
        raise Refused(Refusal.NOT_FOUND)
    if session.scalar(select(SessionNote.id).where(SessionNote.amends_id == note.id)) is not None:
        raise Refused(Refusal.NOTE_AMENDED)
    draft = NoteDraft(
        key=secrets.token_hex(16),
        author_id=author.id,
        beneficiary_id=note.beneficiary_id,
        amends_id=note.id,
        contact=note.contact,
        held_at=note.held_at,
        presenting=note.presenting,
        done=note.done,
        risk=note.risk,
        risk_words=note.risk_words,
        next_step=note.next_step,
        changed_at=now,
    )
    same = select(NoteDraft).where(NoteDraft.author_id == author.id, NoteDraft.amends_id == note.id)
    return _only(session, draft, same)


def _only(session: Session, draft: NoteDraft, same: object) -> NoteDraft:
    found: NoteDraft | None = session.scalars(same).first()  # type: ignore[call-overload]
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        first: NoteDraft = session.scalars(same).one()  # type: ignore[call-overload]
        return first
    return draft


def _may_amend(note: SessionNote, author: StaffMember) -> bool:
    return note.author_id == author.id or author.has_any(RoleName.SUPERVISOR)


def draft_of(*, session: Session, author: StaffMember, draft_id: int) -> NoteDraft:
    """Return one of the author's own drafts, locked; anybody else's is not there for them."""
    draft = session.scalars(
        select(NoteDraft).where(NoteDraft.id == draft_id, NoteDraft.author_id == author.id).with_for_update()
    ).first()
    if draft is None:
        raise Refused(Refusal.NOT_FOUND)
    return draft


def save(
    *,
    session: Session,
    author: StaffMember,
    draft_id: int,
    version: int,
    fields: Mapping[str, str | RiskLook | None],
    now: datetime,
) -> NoteDraft:
    """Keep what was typed so far; refuse NOTE_CHANGED from a window that has not seen the newest words."""
    draft = draft_of(session=session, author=author, draft_id=draft_id)
    if draft.version != version:
        raise Refused(Refusal.NOTE_CHANGED, "presenting")
    _fill(draft, fields)
    draft.version, draft.changed_at = version + 1, now
    session.flush()
    return draft


def _fill(draft: NoteDraft, fields: Mapping[str, str | RiskLook | None]) -> None:
    for name in WORDS:
        words = fields.get(name)
        if isinstance(words, str) and len(words) > LONGEST_WORDS:
            raise Refused(Refusal.TOO_LONG, name)
        setattr(draft, name, words or None)
    risk = fields.get("risk")
    draft.risk = RiskLook(risk) if risk else None


def discard(*, session: Session, author: StaffMember, draft_id: int, now: datetime) -> None:
    """Throw one's own draft away."""
    draft = draft_of(session=session, author=author, draft_id=draft_id)
    _record(session, author, "note.discard", draft.beneficiary_id, now, draft_id=draft.id)
    session.delete(draft)
    session.flush()


def sign(
    *,
    session: Session,
    author: StaffMember,
    draft_id: int,
    key: str,
    version: int,
    fields: Mapping[str, str | RiskLook | None],
    now: datetime,
) -> SessionNote:
    """Turn the draft into a note that nobody can change; the same form sent twice signs once.

    Danger that was heard raises a flag in the same transaction, so that it never waits inside a note.
    """
    signed = session.scalars(
        select(SessionNote).where(SessionNote.key == key, SessionNote.author_id == author.id)
    ).first()
    if signed is not None:
        return signed
    draft = save(session=session, author=author, draft_id=draft_id, version=version, fields=fields, now=now)
    if draft.key != key:
        raise Refused(Refusal.NOT_FOUND)
    note = _signed(draft, author, now, needs_countersign=in_training(session=session, author=author, at=now))
    try:
        with session.begin_nested():
            session.add(note)
    except IntegrityError as clash:
        raise Refused(Refusal.NOTE_AMENDED) from clash
    session.delete(draft)
    session.flush()
    verb = "note.sign" if note.amends_id is None else "note.amend"
    audit.record(session=session, actor=author, verb=verb, subject_type="session_note", subject_id=note.id, now=now)
    _raise_what_was_heard(session, author, note, now)
    return note


def _signed(draft: NoteDraft, author: StaffMember, now: datetime, *, needs_countersign: bool) -> SessionNote:
    for name in ("presenting", "done", "next_step"):
        if not (getattr(draft, name) or "").strip():
            raise Refused(Refusal.EMPTY, name)
    if draft.risk is None:
        raise Refused(Refusal.EMPTY, "risk")
    if draft.risk is not RiskLook.NOTHING_HEARD and not (draft.risk_words or "").strip():
        # Danger, and not having asked about it, both need words.
        raise Refused(Refusal.REASON_MISSING, "risk_words")
    if draft.amends_id is not None and not (draft.reason or "").strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    return SessionNote(
        key=draft.key,
        author_id=author.id,
        beneficiary_id=draft.beneficiary_id,
        appointment_id=draft.appointment_id,
        amends_id=draft.amends_id,
        contact=draft.contact,
        held_at=draft.held_at,
        presenting=draft.presenting,
        done=draft.done,
        risk=draft.risk,
        risk_words=draft.risk_words,
        next_step=draft.next_step,
        reason=draft.reason if draft.amends_id is not None else None,
        needs_countersign=needs_countersign,
        signed_at=now,
    )


def _raise_what_was_heard(session: Session, author: StaffMember, note: SessionNote, now: datetime) -> None:
    level = _RAISES.get(note.risk)
    if level is None:
        return
    crises.raise_flag(
        session=session,
        beneficiary=session.get_one(Beneficiary, note.beneficiary_id),
        conversation=None,
        signal=crises.Signal(source=FlagSource.STAFF, level=level, reasons=("staff_words",), raised_by=author),
        now=now,
    )


def in_training(*, session: Session, author: StaffMember, at: datetime) -> bool:
    """Tell whether a supervisor signs this author's notes too: without a confirmed licence, and no supervisor."""
    if author.has_any(RoleName.SUPERVISOR):
        return False
    return not qualifications.holds(session=session, staff_id=author.id, kind=LICENCE, at=at)


def first_of(*, session: Session, author: StaffMember, appointment_id: int) -> SessionNote | None:
    """Return the author's signed note about an appointment."""
    return session.scalars(
        select(SessionNote).where(
            SessionNote.author_id == author.id,
            SessionNote.appointment_id == appointment_id,
            SessionNote.amends_id.is_(None),
        )
    ).first()


def drafts_of(*, session: Session, author: StaffMember) -> Sequence[NoteDraft]:
    """Return the author's unfinished notes, the oldest first."""
    return session.scalars(
        select(NoteDraft).where(NoteDraft.author_id == author.id).order_by(NoteDraft.held_at, NoteDraft.id)
    ).all()


def _record(
    session: Session, actor: StaffMember, verb: str, beneficiary_id: int, now: datetime, **details: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="beneficiary",
        subject_id=beneficiary_id,
        now=now,
        **details,
    )
