"""The page of what the bot missed: for leads, without names, with a command that brings nothing into a shell."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from care import bot_misses
from models.audit import AuditEntry
from models.conversations import Conversation, Message, Sender
from models.staff import RoleName
from tests.fixtures.desk import DeskSite

PATH = "/staff/bot-misses"


def _missed(site: DeskSite, words: str) -> None:
    talk = site.person()
    site.says(talk, words)
    with site.work() as session:
        message = session.scalars(
            select(Message).where(Message.conversation_id == talk, Message.sender == Sender.PERSON)
        ).one()
        last = session.scalars(select(Message.seq).where(Message.conversation_id == talk)).all()
        answer = sorted(bot_misses.miss_sentences())[0]
        session.add(
            Message(
                conversation_id=talk,
                seq=max(last) + 1,
                sender=Sender.BOT,
                text=answer,
                reply_to_id=message.id,
                at=site.clock(),
            )
        )
        session.get_one(Conversation, talk).last_seq = max(last) + 1


def test_lines_are_opened_on_record_and_tell_nobody(desk_site: DeskSite) -> None:
    _missed(desk_site, "我叫张桂芳，残联的表去哪领")
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    assert "残联的表" not in lead.get(PATH).get_data(as_text=True)
    page = lead.post(PATH, {}).get_data(as_text=True)
    assert "残联的表去哪领" in page
    assert "张桂芳" not in page
    with desk_site.look() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.verb == "bot_misses.read")).all()
        assert entry.staff_id is not None


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.COUNSELOR])
def test_others_do_not_read_it(desk_site: DeskSite, role: RoleName) -> None:
    other = desk_site.signed_in(role)
    assert other.get(PATH).status_code == 403
    assert other.post(PATH, {}).status_code == 403


def test_the_command_names_intent_and_line(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    page = lead.post(f"{PATH}/command", {"intent": "worry_money", "line": "药钱还差一截"})
    assert page.status_code == 200
    assert "make bot-report INTENT=worry_money LINE=&#34;药钱还差一截&#34;" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("intent", "line"), [("no_such", "药钱"), ("worry_money", "  "), ("worry_money", "$`"), ("worry_money", "钱" * 61)]
)
def test_what_cannot_be_taught_is_said_at_the_field_and_kept(desk_site: DeskSite, intent: str, line: str) -> None:
    answer = desk_site.signed_in(RoleName.SUPERVISOR).post(f"{PATH}/command", {"intent": intent, "line": line})
    assert answer.status_code == 422
    assert "make bot-report" not in answer.get_data(as_text=True)
    assert line.strip() in answer.get_data(as_text=True)


@pytest.mark.parametrize("hostile", ['钱"; rm -rf ~; "', "$(reboot)钱", "`id`钱", "钱\\", "$$(shell id)钱", "钱!!"])
def test_a_strangers_line_brings_no_sign_that_a_shell_reads(hostile: str) -> None:
    command = bot_misses.teaching_command(intent="worry_money", line=hostile)
    inside = command.split('LINE="', 1)[1].removesuffix('"')
    assert not set(inside) & set('"$`\\!&|<>*~')
