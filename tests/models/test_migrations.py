"""The migrations make exactly the tables that the models describe, and can be taken back with people's data in them."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text

from models.base import Base
from models.migrate import FOLDER, downgrade, upgrade
from tests.fixtures.world import World
from triage.levels import Level


def _differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def _checks_in_the_database(engine: Engine) -> set[tuple[str, str]]:
    inspector = inspect(engine)
    return {
        (table, str(check["name"]))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }


def _checks_in_the_models() -> set[tuple[str, str]]:
    return {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_the_tables_of_the_models(any_world: World) -> None:
    assert _differences(any_world.engine) == []


def test_the_migrations_make_the_checks_of_the_models(any_world: World) -> None:
    # Alembic compares no CHECK constraints, so they are compared by name.
    assert _checks_in_the_database(any_world.engine) == _checks_in_the_models()


def test_the_comparison_sees_a_column_and_a_check_that_are_missing(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE stations DROP COLUMN name_en"))
        connection.execute(text("DROP TABLE duty_turns"))
    assert any("name_en" in str(difference) for difference in _differences(world.engine))
    missing = _checks_in_the_models() - _checks_in_the_database(world.engine)
    assert ("duty_turns", "ck_duty_turns_turn_ends_after_it_starts") in missing


def test_the_first_table_of_all_can_be_taken_back_with_data_and_made_again(any_world: World) -> None:
    conversation_id = any_world.person()
    any_world.says(conversation_id, "今天有点闷")
    any_world.flag(conversation_id, Level.RED)
    everything = _tables(any_world.engine)

    downgrade(any_world.engine, "base")
    assert _tables(any_world.engine) == set()

    upgrade(any_world.engine)
    assert _tables(any_world.engine) == everything == set(Base.metadata.tables)
    assert any_world.messages(any_world.person()) == []


def test_a_second_upgrade_changes_nothing(any_world: World) -> None:
    conversation_id = any_world.person()
    any_world.says(conversation_id, "今天有点闷")
    upgrade(any_world.engine)
    assert [message.text for message in any_world.messages(conversation_id)] == ["今天有点闷"]


@pytest.mark.parametrize("script", sorted((FOLDER / "versions").glob("*.py")), ids=lambda path: path.stem)
def test_every_migration_can_be_taken_back(script: Any) -> None:
    body = script.read_text().split("def downgrade() -> None:")[1].split('"""')[-1]
    assert "op." in body, "an empty downgrade leaves a base stuck on a broken release"
