"""The site's session, and the one unit of work a request may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from models.base import Base
from models.database import writing

db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def reading() -> Session:
    """Return the session of this request, for reading."""
    return db.session()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Everything a request changes: committed once at the end, or not at all; then the browsers are told."""
    with writing(db.session()) as session:
        yield session
    current_app.extensions["live"].poke()
