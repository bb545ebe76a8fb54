"""Addresses outside the site: written down by their owner, confirmed by a code, paused and taken away at will."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, notices, outbox
from care.people import keyed_hash
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.outbox import OutboxRow
from models.staff import StaffMember

Owner = StaffMember | Beneficiary

CODE_LIFE = timedelta(minutes=15)
# Six digits and five guesses: one chance in two hundred thousand for somebody who sees no message.
CODE_DIGITS = 6
TRIES = 5
# Nobody's phone is made to ring all evening by pressing a button.
CODE_EVERY = timedelta(seconds=60)
AT_MOST = 8

_SHAPES = {
    Channel.EMAIL: re.compile(r"[^\s@,;<>\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    # A mobile number of the mainland, or another written with its country's code.
    Channel.SMS: re.compile(r"1[3-9]\d{9}|\+[1-9]\d{6,14}"),
    # The key of a WeCom group robot.
    Channel.WECOM: re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    # The mobile number under which DingTalk knows the person.
    Channel.DINGTALK: re.compile(r"1[3-9]\d{9}"),
}


def of(*, session: Session, owner: Owner) -> Sequence[ContactPoint]:
    """Return all addresses of a person, confirmed or not, oldest first."""
    return session.scalars(select(ContactPoint).where(_mine(owner)).order_by(ContactPoint.id)).all()


def confirmed(*, session: Session, owner: Owner) -> Sequence[ContactPoint]:
    """Return the addresses to which notices go."""
    return notices.addresses(session=session, to=owner)


def tidy(channel: Channel, typed: str) -> str:
    """Return the address as it is stored; refuse WRONG_VALUE what cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if channel in (Channel.SMS, Channel.DINGTALK):
        plain = re.sub(r"[\s().-]", "", plain)
        plain = re.sub(r"^(\+86|0086|86)(?=1[3-9]\d{9}$)", "", plain)
    elif channel is Channel.EMAIL:
        name, _at, host = plain.rpartition("@")
        plain = f"{name}@{host.lower()}"
    if len(plain) > 254 or not _SHAPES[channel].fullmatch(plain):
        raise Refused(Refusal.WRONG_VALUE, "address")
    return plain


def add(*, session: Session, owner: Owner, channel: Channel, address: str, secret: str, now: datetime) -> ContactPoint:
    """Note an address and send a code there; until the code has come back nothing else is ever sent to it."""
    plain = tidy(channel, address)
    if len(of(session=session, owner=owner)) >= AT_MOST:
        raise Refused(Refusal.TOO_MANY_ADDRESSES, "address")
    row = ContactPoint(
        staff_id=owner.id if isinstance(owner, StaffMember) else None,
        beneficiary_id=owner.id if isinstance(owner, Beneficiary) else None,
        channel=channel,
        address=plain,
        address_hash=keyed_hash(secret, f"{channel.value}:{plain}"),
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_THERE, "address") from None
    _trace(session, owner, "contact.add", row, now)
    _send_code(session, row, secret, now)
    return row


def send_code(*, session: Session, owner: Owner, contact_id: int, secret: str, now: datetime) -> ContactPoint:
    """Send a fresh code to an address that waits for its confirmation, once a minute at most."""
    row = _own(session, owner, contact_id)
    if row.confirmed_at is not None:
        return row
    if row.code_sent_at is not None and timedelta(0) <= now - row.code_sent_at < CODE_EVERY:
        raise Refused(Refusal.SLOW_DOWN)
    _send_code(session, row, secret, now)
    return row


def _send_code(session: Session, row: ContactPoint, secret: str, now: datetime) -> None:
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    row.code_hash = keyed_hash(secret, f"contact:{row.id}:{code}")
    row.code_sent_at, row.code_tries = now, 0
    notices.queue_to(
        session=session,
        contact=row,
        words="notice.code",
        now=now,
        dedupe_key=f"contact-code-{secrets.token_hex(4)}",
        not_after=now + CODE_LIFE,
        at_once=True,
        code=code,
    )


def confirm(*, session: Session, owner: Owner, contact_id: int, code: str, secret: str, now: datetime) -> bool:
    """Confirm an address with the code that was sent there; tell False for a wrong, old or worn-out code.

    It raises no refusal for that, so that the caller commits and every wrong guess counts.
    """
    row = _own(session, owner, contact_id)
    if row.confirmed_at is not None:
        return True
    counted = session.execute(
        update(ContactPoint)
        .where(ContactPoint.id == row.id, ContactPoint.code_tries < TRIES)
        .values(code_tries=ContactPoint.code_tries + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    if getattr(counted, "rowcount", 0) != 1 or not _fits(row, code, secret, now):
        return False
    row.confirmed_at, row.code_hash = now, None
    _trace(session, owner, "contact.confirm", row, now)
    return True


def _fits(row: ContactPoint, code: str, secret: str, now: datetime) -> bool:
    if row.code_sent_at is None or not timedelta(0) <= now - row.code_sent_at <= CODE_LIFE or row.code_hash is None:
        return False
    typed = "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isdigit())
    return secrets.compare_digest(row.code_hash, keyed_hash(secret, f"contact:{row.id}:{typed}"))


def pause(*, session: Session, owner: Owner, contact_id: int, paused: bool, now: datetime) -> ContactPoint:
    """Spare an address for a while, or use it again."""
    row = _own(session, owner, contact_id)
    if row.paused is not paused:
        row.paused = paused
        _trace(session, owner, "contact.pause" if paused else "contact.resume", row, now)
    return row


def remove(*, session: Session, owner: Owner, contact_id: int, now: datetime) -> None:
    """Forget an address, and let go of what was still on its way there."""
    row = _own(session, owner, contact_id)
    waiting = session.scalars(
        select(OutboxRow).where(
            OutboxRow.contact_id == row.id, OutboxRow.delivered_at.is_(None), OutboxRow.given_up_at.is_(None)
        )
    )
    for notice in waiting:
        outbox.give_up(row=notice, reason="no_address", now=now)
        notice.sealed = None
    _trace(session, owner, "contact.remove", row, now)
    session.delete(row)
    session.flush()


def send_test(*, session: Session, owner: Owner, contact_id: int, now: datetime) -> OutboxRow:
    """Send a few words to one's own address, to see that they arrive; once a minute at most."""
    row = _own(session, owner, contact_id)
    if row.confirmed_at is None:
        raise Refused(Refusal.NOT_CONFIRMED)
    minute = now.strftime("%Y%m%d%H%M")
    queued = notices.queue_to(
        session=session,
        contact=row,
        words="notice.test",
        now=now,
        dedupe_key=f"contact-test-{minute}",
        at_once=True,
    )
    if queued is None:
        raise Refused(Refusal.SLOW_DOWN)
    return queued


def _own(session: Session, owner: Owner, contact_id: int) -> ContactPoint:
    row = session.scalars(select(ContactPoint).where(ContactPoint.id == contact_id, _mine(owner))).first()
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def _mine(owner: Owner) -> Any:
    column = ContactPoint.staff_id if isinstance(owner, StaffMember) else ContactPoint.beneficiary_id
    return column == owner.id


def _trace(session: Session, owner: Owner, verb: str, row: ContactPoint, now: datetime) -> None:
    audit.record(
        session=session,
        actor=owner if isinstance(owner, StaffMember) else None,
        verb=verb,
        subject_type="contact_point",
        subject_id=row.id,
        now=now,
        channel=row.channel.value,
    )
