"""Certificates of service: asked for by the volunteer, signed by a named colleague, checked by anybody who holds one.

The form follows 《志愿服务记录与证明出具办法（试行）》 (Ministry of Civil Affairs, Order 67, from 2021-02-01) and the
Volunteer Service Regulations, article 19: true, complete, free of charge; who kept the records certifies them;
identity, content and time of the service are named; what is wrong is mended on request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, hours
from care.refusals import Refusal, Refused
from care.shift_rules import sheets
from models.hours import Certificate, CertificateState
from models.staff import StaffMember
from models.stations import Station

# 26 signs of five bits each: 130 bits that nobody guesses.
CHECK_LENGTH = 26


def ask(*, session: Session, actor: StaffMember, first_day: date, last_day: date, now: datetime) -> Certificate:
    """Ask for a certificate of a period; the same wish twice is one wish. Refuse a period without hours."""
    if last_day < first_day:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "last_day")
    if not hours.lines(session=session, staff_id=actor.id, first=first_day, last=last_day):
        raise Refused(Refusal.NO_HOURS, "first_day")
    known = session.scalars(
        select(Certificate).where(
            Certificate.staff_id == actor.id,
            Certificate.state == CertificateState.ASKED,
            Certificate.first_day == first_day,
            Certificate.last_day == last_day,
        )
    ).first()
    if known is not None:
        return known
    row = Certificate(
        staff_id=actor.id, state=CertificateState.ASKED, first_day=first_day, last_day=last_day, asked_at=now
    )
    session.add(row)
    _trace(session, actor, "certificate.ask", row, now)
    return row


def issue(*, session: Session, actor: StaffMember, certificate_id: int, now: datetime) -> Certificate:
    """Sign a certificate: the ledger of the period is copied into it, so that it stays what was signed."""
    row = _locked(session, certificate_id)
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state is not CertificateState.ASKED:
        raise Refused(Refusal.ALREADY_DECIDED)
    content = _content(session, row, actor)
    if content["minutes"] <= 0:
        raise Refused(Refusal.NO_HOURS)
    row.state, row.issued_by_id, row.issued_at = CertificateState.ISSUED, actor.id, now
    row.number, row.content = f"ZY{now.year}{row.id:06d}", content
    _trace(session, actor, "certificate.issue", row, now)
    return row


def _content(session: Session, row: Certificate, actor: StaffMember) -> dict[str, Any]:
    found = hours.lines(session=session, staff_id=row.staff_id, first=row.first_day, last=row.last_day)
    unit = session.scalars(select(Station).where(Station.parent_id.is_(None)).order_by(Station.id).limit(1)).first()
    return {
        "name": row.staff.display_name,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "issued_by": actor.display_name,
        "minutes": sum(line.minutes for line in found),
        "lines": [
            {
                "day": line.served_on.isoformat(),
                "what_zh": f"{_role(line.role, 'zh-CN')}（{line.name_zh}）",
                "what_en": f"{_role(line.role, 'en')} ({line.name_en})",
                "where_zh": line.station_zh,
                "where_en": line.station_en,
                "minutes": line.minutes,
            }
            for line in found
        ],
    }


def _role(role: str, language: str) -> str:
    sheet = sheets().get(role)
    return sheet.name(language) if sheet else role


def withdraw(*, session: Session, actor: StaffMember, certificate_id: int, now: datetime) -> Certificate:
    """Take an issued certificate back because a line in it was wrong; whoever checks it sees that."""
    row = _locked(session, certificate_id)
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state is CertificateState.ASKED:
        raise Refused(Refusal.NOT_FOUND)
    if row.state is CertificateState.ISSUED:
        row.state, row.withdrawn_at = CertificateState.WITHDRAWN, now
        _trace(session, actor, "certificate.withdraw", row, now)
    return row


def _locked(session: Session, certificate_id: int) -> Certificate:
    row = session.get(Certificate, certificate_id, with_for_update={"of": Certificate}, populate_existing=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def to_issue(*, session: Session) -> Sequence[Certificate]:
    """Return the wishes that nobody has signed, the oldest first."""
    return session.scalars(
        select(Certificate).where(Certificate.state == CertificateState.ASKED).order_by(Certificate.id)
    ).all()


def of(*, session: Session, staff_id: int) -> Sequence[Certificate]:
    """Return the volunteer's certificates and wishes for one, the newest first."""
    return session.scalars(
        select(Certificate).where(Certificate.staff_id == staff_id).order_by(Certificate.id.desc())
    ).all()


def issued(*, session: Session, limit: int = 30) -> Sequence[Certificate]:
    """Return what was signed lately, the newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.state != CertificateState.ASKED)
        .order_by(Certificate.issued_at.desc())
        .limit(limit)
    ).all()


def check_code(*, secret: str, number: str) -> str:
    """Return the code that is printed beside the number, in groups of five: only who holds the paper knows it."""
    digest = hmac.new(secret.encode(), f"certificate:{number}".encode(), hashlib.sha256).digest()
    plain = base64.b32encode(digest).decode()[:CHECK_LENGTH]
    return "-".join(plain[start : start + 5] for start in range(0, CHECK_LENGTH, 5))


def check(*, session: Session, secret: str, number: str, code: str) -> Certificate | None:
    """Return the certificate that the number and the code of a paper belong to, withdrawn ones too."""
    tidy = _tidy(number)
    right = _tidy(check_code(secret=secret, number=tidy))
    # The code is judged first and for every number, so that a stranger cannot find out which numbers exist.
    if not hmac.compare_digest(right, _tidy(code)):
        return None
    return session.scalars(select(Certificate).where(Certificate.number == tidy)).first()


def _tidy(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())[:64]


def _trace(session: Session, actor: StaffMember, verb: str, row: Certificate, now: datetime) -> None:
    session.flush()
    audit.record(session=session, actor=actor, verb=verb, subject_type="certificate", subject_id=row.id, now=now)
