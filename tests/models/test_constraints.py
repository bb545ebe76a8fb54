"""Each invariant is broken once: the database itself must refuse, whoever writes the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from models.base import Base
from models.beneficiaries import AgeBand, Consent, ConsentPurpose, EmergencyContact, Intake, Urgency
from models.conversations import ChatKey, MessageKind, Owner, Sender
from models.crises import CallBack, CrisisFlag, Escalation, FlagSource, LevelName
from models.duty import DutyPosition
from models.outbox import OutboxKind, OutboxRow
from models.screenings import AnswerMode, ScreeningAnswer, ScreeningScore
from models.staff import Role, RoleName
from models.stations import Station
from tests.fixtures import breaks
from tests.fixtures.breaks.crisis_desk import unchecked
from tests.fixtures.rows import Rows
from tests.fixtures.world import World


def _two_open_conversations(rows: Rows, *, spoiled: bool) -> None:
    person = rows.beneficiary()
    rows.conversation(beneficiary=person, closed_at=None if spoiled else rows.now)
    rows.conversation(beneficiary=person)


def _two_open_cases(rows: Rows, *, spoiled: bool) -> None:
    person = rows.beneficiary()
    done = {"closing_reason": "安全了", "closed_at": rows.now, "level": LevelName.ORANGE, **unchecked(rows)}
    rows.case(beneficiary=person, **({} if spoiled else done))
    rows.case(beneficiary=person)


def _two_open_screenings(rows: Rows, *, spoiled: bool) -> None:
    person = rows.beneficiary()
    rows.screening(person, ended_at=None if spoiled else rows.now)
    rows.screening(person)


def _two_open_call_backs(rows: Rows, *, spoiled: bool) -> None:
    conversation, owner = rows.conversation(), rows.staff()
    for done in (None if spoiled else rows.now, None):
        rows.add(
            CallBack(
                conversation_id=conversation.id,
                owner_id=owner.id,
                due_at=rows.now,
                created_at=rows.now,
                done_at=done,
            )
        )


def _staff_owner_without_name(rows: Rows, *, spoiled: bool) -> None:
    rows.conversation(owner=Owner.STAFF, owner_staff_id=None if spoiled else rows.staff().id)


def _bot_owner_with_name(rows: Rows, *, spoiled: bool) -> None:
    rows.conversation(owner=Owner.BOT, owner_staff_id=rows.staff().id if spoiled else None)


def _unsigned_staff_message(rows: Rows, *, spoiled: bool) -> None:
    rows.message(rows.conversation(), sender=Sender.STAFF, staff_id=None if spoiled else rows.staff().id)


def _two_messages_of_one_number(rows: Rows, *, spoiled: bool) -> None:
    conversation = rows.conversation()
    rows.message(conversation, seq=1)
    rows.message(conversation if spoiled else rows.conversation(), seq=1)


def _two_messages_of_one_key(rows: Rows, *, spoiled: bool) -> None:
    conversation = rows.conversation()
    rows.message(conversation, client_key="the same tap")
    rows.message(conversation, client_key="the same tap" if spoiled else "another tap")


def _acknowledged_by_nobody(rows: Rows, *, spoiled: bool) -> None:
    rows.case(acknowledged_at=rows.now, acknowledged_by_id=None if spoiled else rows.staff().id)


def _closed_without_reason(rows: Rows, *, spoiled: bool) -> None:
    reason = None if spoiled else "已经见面"
    rows.case(level=LevelName.ORANGE, closed_at=rows.now, closing_reason=reason, **unchecked(rows))


def _red_closed_by_one(rows: Rows, *, spoiled: bool) -> None:
    first = rows.staff()
    second = first if spoiled else rows.staff()
    named = {"closed_by_id": first.id, "second_reader_id": second.id}
    rows.case(closed_at=rows.now, closing_reason="已经见面", **named, **unchecked(rows))


def _emergency_closed_unread(rows: Rows, *, spoiled: bool) -> None:
    rows.case(
        level=LevelName.EMERGENCY if spoiled else LevelName.ORANGE,
        closed_at=rows.now,
        closing_reason="已经见面",
        closed_by_id=rows.staff().id,
        **unchecked(rows),
    )


def _same_flag_twice(rows: Rows, *, spoiled: bool) -> None:
    case, message = rows.case(), rows.message(rows.conversation())
    for source in (FlagSource.MESSAGE, FlagSource.MESSAGE if spoiled else FlagSource.BOT):
        rows.add(CrisisFlag(case=case, message_id=message.id, source=source, level=LevelName.RED, at=rows.now))


def _same_hop_twice(rows: Rows, *, spoiled: bool) -> None:
    case = rows.case()
    for hop_no in (1, 1 if spoiled else 2):
        rows.add(Escalation(case=case, hop_no=hop_no, position=DutyPosition.ON_CALL, at=rows.now, seconds=0))


def _turn_that_ends_first(rows: Rows, *, spoiled: bool) -> None:
    rows.turn(ends_at=rows.now if spoiled else rows.now + timedelta(seconds=1))


def _left_before_arriving(rows: Rows, *, spoiled: bool) -> None:
    rows.turn(checked_out_at=rows.now, checked_in_at=None if spoiled else rows.now)


def _complete_without_end(rows: Rows, *, spoiled: bool) -> None:
    rows.screening(rows.beneficiary(), complete=True, ended_at=None if spoiled else rows.now)


def _answer_that_is_no_option(rows: Rows, *, spoiled: bool) -> None:
    screening = rows.screening(rows.beneficiary())
    value = 11 if spoiled else -1
    rows.add(ScreeningAnswer(screening=screening, item_key="phq-9.1", value=value, mode=AnswerMode.TAP, at=rows.now))


def _two_answers_to_one_item(rows: Rows, *, spoiled: bool) -> None:
    screening = rows.screening(rows.beneficiary())
    for key in ("phq-9.1", "phq-9.1" if spoiled else "phq-9.2"):
        rows.add(ScreeningAnswer(screening=screening, item_key=key, value=1, mode=AnswerMode.TAP, at=rows.now))


def _two_scores_of_one_instrument(rows: Rows, *, spoiled: bool) -> None:
    screening = rows.screening(rows.beneficiary())
    for name in ("phq-9", "phq-9" if spoiled else "gad-7"):
        rows.add(ScreeningScore(screening=screening, instrument=name, total=3))


def _two_intakes(rows: Rows, *, spoiled: bool) -> None:
    person = rows.beneficiary()
    rows.add(Intake(beneficiary_id=person.id, started_at=rows.now))
    rows.add(Intake(beneficiary_id=person.id if spoiled else rows.beneficiary().id, started_at=rows.now))


def _two_emergency_contacts(rows: Rows, *, spoiled: bool) -> None:
    person = rows.beneficiary()
    for owner in (person, person if spoiled else rows.beneficiary()):
        rows.add(EmergencyContact(beneficiary_id=owner.id, name="李", phone="13800000000", at=rows.now))


def _two_people_of_one_code(rows: Rows, *, spoiled: bool) -> None:
    rows.beneficiary(code="NY-7K2M")
    rows.beneficiary(code="NY-7K2M" if spoiled else "NY-7K2N")


def _one_return_code_for_two(rows: Rows, *, spoiled: bool) -> None:
    rows.beneficiary(return_code_hash="a" * 64)
    rows.beneficiary(return_code_hash=("a" if spoiled else "b") * 64)


def _one_chat_key_for_two(rows: Rows, *, spoiled: bool) -> None:
    for sign in ("a", "a" if spoiled else "b"):
        rows.add(
            ChatKey(key_hash=sign * 64, beneficiary_id=rows.beneficiary().id, created_at=rows.now, expires_at=rows.now)
        )


def _one_public_id_for_two(rows: Rows, *, spoiled: bool) -> None:
    rows.conversation(public_id="p1")
    rows.conversation(public_id="p1" if spoiled else "p2")


def _one_errand_twice(rows: Rows, *, spoiled: bool) -> None:
    for key in ("bot-turn-1", "bot-turn-1" if spoiled else "bot-turn-2"):
        rows.add(
            OutboxRow(kind=OutboxKind.BOT_TURN, dedupe_key=key, payload={}, created_at=rows.now, not_before=rows.now)
        )


def _one_username_for_two(rows: Rows, *, spoiled: bool) -> None:
    rows.staff(username="zhangmin")
    rows.staff(username="zhangmin" if spoiled else "zhangmin2")


def _one_mail_address_for_two(rows: Rows, *, spoiled: bool) -> None:
    rows.staff(email="zhang@example.org")
    rows.staff(email="zhang@example.org" if spoiled else None)


def _one_uniquifier_for_two(rows: Rows, *, spoiled: bool) -> None:
    rows.staff(fs_uniquifier="same")
    rows.staff(fs_uniquifier="same" if spoiled else "other")


def _one_role_twice(rows: Rows, *, spoiled: bool) -> None:
    rows.add(Role(name=RoleName.COUNSELOR.value))
    rows.add(Role(name=(RoleName.COUNSELOR if spoiled else RoleName.ADMIN).value))


def _one_station_twice(rows: Rows, *, spoiled: bool) -> None:
    rows.add(Station(slug="east", name_zh="东站", name_en="East"))
    rows.add(Station(slug="east" if spoiled else "west", name_zh="西站", name_en="West"))


BREAKS: dict[str, Callable[..., None]] = {
    "uq_conversations_open_beneficiary": _two_open_conversations,
    "uq_crisis_cases_open_beneficiary": _two_open_cases,
    "uq_screenings_open_beneficiary": _two_open_screenings,
    "uq_call_backs_open_conversation": _two_open_call_backs,
    "ck_conversations_staff_owner_is_named": _staff_owner_without_name,
    "ck_conversations_staff_owner_is_named (bot)": _bot_owner_with_name,
    "ck_messages_staff_message_is_signed": _unsigned_staff_message,
    "uq_messages_conversation_id_seq": _two_messages_of_one_number,
    "uq_messages_conversation_id_client_key": _two_messages_of_one_key,
    "ck_crisis_cases_acknowledged_by_name": _acknowledged_by_nobody,
    "ck_crisis_cases_closed_with_a_reason": _closed_without_reason,
    "ck_crisis_cases_second_reader_for_the_top_levels": _red_closed_by_one,
    "ck_crisis_cases_second_reader_for_the_top_levels (unread)": _emergency_closed_unread,
    "uq_crisis_flags_message_id_source": _same_flag_twice,
    "uq_escalations_case_id_hop_no": _same_hop_twice,
    "ck_duty_turns_turn_ends_after_it_starts": _turn_that_ends_first,
    "ck_duty_turns_left_only_after_arriving": _left_before_arriving,
    "ck_screenings_complete_has_an_end": _complete_without_end,
    "ck_screening_answers_value_is_an_option_or_refused": _answer_that_is_no_option,
    "uq_screening_answers_screening_id_item_key": _two_answers_to_one_item,
    "uq_screening_scores_screening_id_instrument": _two_scores_of_one_instrument,
    "uq_intakes_beneficiary_id": _two_intakes,
    "uq_emergency_contacts_beneficiary_id": _two_emergency_contacts,
    "uq_beneficiaries_code": _two_people_of_one_code,
    "uq_beneficiaries_return_code_hash": _one_return_code_for_two,
    "uq_chat_keys_key_hash": _one_chat_key_for_two,
    "uq_conversations_public_id": _one_public_id_for_two,
    "uq_outbox_dedupe_key": _one_errand_twice,
    "uq_staff_members_username": _one_username_for_two,
    "uq_staff_members_email": _one_mail_address_for_two,
    "uq_staff_members_fs_uniquifier": _one_uniquifier_for_two,
    "uq_roles_name": _one_role_twice,
    "uq_stations_slug": _one_station_twice,
    # Each area keeps its own in tests/fixtures/breaks/.
    **breaks.ALL,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_row_that_breaks_the_invariant_is_refused(any_world: World, name: str) -> None:
    with pytest.raises(IntegrityError), any_world.work() as session:
        BREAKS[name](Rows(any_world, session), spoiled=True)


@pytest.mark.parametrize("name", BREAKS)
def test_the_neighbour_that_keeps_the_invariant_is_accepted(world: World, name: str) -> None:
    with world.work() as session:
        BREAKS[name](Rows(world, session), spoiled=False)


def _named_invariants() -> set[str]:
    names: set[str] = set()
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            is_word_list = isinstance(constraint, CheckConstraint) and constraint._type_bound
            if isinstance(constraint, (CheckConstraint, UniqueConstraint)) and not is_word_list:
                names.add(str(constraint.name))
        names |= {str(index.name) for index in table.indexes if index.unique}
    return names


# Guards that the tables do not name as a constraint of ours: a primary key, and an exclusion made by hand.
BEYOND = {"pk_calendar_cells", "ex_weekly_hours_one_plan"}


def test_no_invariant_is_left_untried() -> None:
    assert _named_invariants() | BEYOND == {name.partition(" ")[0] for name in BREAKS}


def _word_lists() -> list[tuple[str, str]]:
    return sorted(
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.type.__class__.__name__ == "Enum"
    )


def _store_a_person_with_everything(world: World) -> None:
    with world.work() as session:
        rows = Rows(world, session)
        person = rows.beneficiary(age_band=AgeBand.ADULT)
        conversation = rows.conversation(beneficiary=person)
        message = rows.message(conversation, kind=MessageKind.TEXT)
        case = rows.case(beneficiary=person)
        rows.add(CrisisFlag(case=case, message_id=message.id, source=FlagSource.BOT, level=LevelName.RED, at=rows.now))
        rows.add(Escalation(case=case, hop_no=1, position=DutyPosition.ON_CALL, at=rows.now, seconds=0))
        rows.turn()
        rows.add(Intake(beneficiary_id=person.id, urgency=Urgency.NOW, started_at=rows.now))
        rows.add(Consent(beneficiary_id=person.id, purpose=ConsentPurpose.CARE, given=True, at=rows.now))
        _answer_that_is_no_option(rows, spoiled=False)
        _one_errand_twice(rows, spoiled=False)
        for fill in breaks.FILLS:
            fill(rows)


@pytest.mark.parametrize(("table", "column"), _word_lists())
def test_a_word_that_is_no_state_is_refused(world: World, table: str, column: str) -> None:
    _store_a_person_with_everything(world)
    with pytest.raises(IntegrityError), world.work() as session:
        session.execute(text(f"UPDATE {table} SET {column} = 'sleepy'"))


def test_a_person_with_a_crisis_case_cannot_be_deleted(any_world: World) -> None:
    _store_a_person_with_everything(any_world)
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.execute(text("DELETE FROM beneficiaries"))


def test_a_colleague_who_holds_turns_cannot_be_deleted(any_world: World) -> None:
    _store_a_person_with_everything(any_world)
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.execute(text("DELETE FROM staff_members"))
