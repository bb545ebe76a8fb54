"""A shared reply is used after a second colleague has read these very words, and never in a crisis."""

from __future__ import annotations

from typing import Any

import pytest

from care import canned_replies
from care.canned_replies import Words
from care.refusals import Refusal, Refused
from models.canned_replies import CannedReply, ReplyState
from models.conversations import Conversation
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level

HELLO = Words("问候", "Hello", "您好，我在。", "Hello, I am here.")


def act(world: World, verb: Any, who: int, /, **more: Any) -> Any:
    with world.work() as session:
        found = verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)
        session.flush()
        return getattr(found, "id", found)


def refusal_of(world: World, verb: Any, who: int, /, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(world, verb, who, **more)
    return refused.value.refusal


def offered(world: World, number: int) -> list[str]:
    with world.look() as session:
        conversation = session.get_one(Conversation, number)
        found = canned_replies.offered_in(session=session, conversation=conversation)
        return [one.text(conversation.language) for one in found]


def test_a_draft_is_offered_once_a_second_colleague_has_read_it(world: World) -> None:
    writer, lead = world.colleague("writer", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number, english = world.person(), world.person(language="en")
    reply = act(world, canned_replies.write, writer, words=HELLO)
    act(world, canned_replies.write, writer, words=Words("另一条", "Other", "请稍等。", "One moment."))
    assert offered(world, number) == []
    act(world, canned_replies.approve, lead, reply_id=reply, version=1)
    assert (offered(world, number), offered(world, english)) == (["您好，我在。"], ["Hello, I am here."])


def test_nobody_approves_their_own_and_only_leads_approve_or_retire(world: World) -> None:
    writer, lead = world.colleague("writer", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    reply = act(world, canned_replies.write, lead, words=HELLO)
    assert refusal_of(world, canned_replies.approve, lead, reply_id=reply, version=1) is Refusal.NOT_ONES_OWN
    assert refusal_of(world, canned_replies.approve, writer, reply_id=reply, version=1) is Refusal.NOT_YOURS
    assert refusal_of(world, canned_replies.retire, writer, reply_id=reply) is Refusal.NOT_YOURS


def test_changed_words_are_a_draft_again_and_stale_windows_are_refused(world: World) -> None:
    writer, lead = world.colleague("writer", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number = world.person()
    reply = act(world, canned_replies.write, writer, words=HELLO)
    act(world, canned_replies.approve, lead, reply_id=reply, version=1)
    new = Words("问候", "Hello", "您好，请慢慢说。", "Hello, take your time.")
    act(world, canned_replies.change, writer, reply_id=reply, version=1, words=new)
    assert offered(world, number) == []
    assert refusal_of(world, canned_replies.approve, lead, reply_id=reply, version=1) is Refusal.CHANGED_MEANWHILE
    stale = {"reply_id": reply, "version": 1, "words": HELLO}
    assert refusal_of(world, canned_replies.change, writer, **stale) is Refusal.CHANGED_MEANWHILE
    act(world, canned_replies.approve, lead, reply_id=reply, version=2)
    assert offered(world, number) == ["您好，请慢慢说。"]
    act(world, canned_replies.retire, lead, reply_id=reply)
    assert offered(world, number) == []
    assert refusal_of(world, canned_replies.change, writer, **stale | {"version": 2}) is Refusal.NOT_FOUND


@pytest.mark.parametrize(("level", "is_offered"), [(Level.ORANGE, False), (Level.RED, False), (Level.BLUE, True)])
def test_nothing_is_offered_while_the_person_is_at_risk(world: World, level: Level, is_offered: bool) -> None:
    writer, lead = world.colleague("writer", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    reply = act(world, canned_replies.write, writer, words=HELLO)
    act(world, canned_replies.approve, lead, reply_id=reply, version=1)
    number, decoy = world.person(), world.person()
    world.flag(number, level)
    assert bool(offered(world, number)) is is_offered
    assert offered(world, decoy)


@pytest.mark.parametrize("part", ["title_zh", "title_en", "text_zh", "text_en"])
def test_both_languages_are_needed_and_not_too_long(world: World, part: str) -> None:
    writer = world.colleague("writer", RoleName.COUNSELOR)
    for words, refusal in ((" ", Refusal.EMPTY), ("x" * 1001, Refusal.TOO_LONG)):
        with pytest.raises(Refused) as refused:
            act(world, canned_replies.write, writer, words=Words(**vars(HELLO) | {part: words}))
        assert (refused.value.refusal, refused.value.field) == (refusal, part)


def test_two_changes_at_once_keep_one_and_name_the_other(any_world: World) -> None:
    first, second = any_world.colleague("first", RoleName.COUNSELOR), any_world.colleague("second", RoleName.COUNSELOR)
    reply = act(any_world, canned_replies.write, first, words=HELLO)
    news = [Words("问候", "Hello", text, "Hello.") for text in ("一", "二")]
    results = at_once(
        *[
            lambda who=who, words=words: act(
                any_world, canned_replies.change, who, reply_id=reply, version=1, words=words
            )
            for who, words in zip((first, second), news, strict=True)
        ]
    )
    assert [one.refusal for one in results if isinstance(one, Refused)] == [Refusal.CHANGED_MEANWHILE]


def test_suggestions_become_drafts_once(world: World) -> None:
    writer = world.colleague("writer", RoleName.COUNSELOR)
    assert act(world, canned_replies.add_suggestions, writer) == len(canned_replies.suggestions()) > 0
    assert act(world, canned_replies.add_suggestions, writer) == 0
    with world.look() as session:
        assert {row.state for row in session.query(CannedReply)} == {ReplyState.DRAFT}
