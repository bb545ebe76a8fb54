"""Which one of several processes acts: a row that names it, for a while; whoever stops renewing has lost it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.live import Lease


def is_held(*, session: Session, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Tell whether this process has the lease and need not renew it yet: that is done at half time."""
    row = session.get(Lease, name, populate_existing=True)
    return row is not None and row.holder == holder and lasts / 2 < row.until - now <= lasts


def take(*, session: Session, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Get or renew the lease; tell False while another process that is alive has it."""
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, (Lease.holder == holder) | (Lease.until < now))
        .values(holder=holder, until=now + lasts)
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) == 1:
        return True
    row = session.scalars(select(Lease).where(Lease.name == name).execution_options(populate_existing=True)).first()
    if row is not None:
        # A clock that was set back must not leave a dead process in charge for hours.
        if row.until - now > lasts * 2:
            row.holder, row.until = holder, now + lasts
            return True
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, until=now + lasts))
    except IntegrityError:
        return False  # Another one was first in this very moment.
    return True
