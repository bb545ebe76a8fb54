"""The tests' own PostgreSQL is real, and each test gets a database of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text


@pytest.mark.postgres
def test_each_database_is_empty_and_its_own(create_postgres_database: Callable[[], str]) -> None:
    engines = [create_engine(create_postgres_database()) for _ in range(2)]
    with engines[0].begin() as connection:
        connection.execute(text("CREATE TABLE shift (id int)"))
        assert "PostgreSQL" in connection.execute(text("SELECT version()")).scalar_one()
    with engines[1].begin() as connection:
        assert connection.execute(text("SELECT to_regclass('shift')")).scalar_one() is None
    for engine in engines:
        engine.dispose()
