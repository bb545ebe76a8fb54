"""Three invented conversations, marked as synthetic: one screened with an open low case, one closed, one in English."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import (
    bot_line,
    conversations,
    crises,
    desk,
    intakes,
    outbox,
    people,
    risk_checks,
    safety_plans,
    screenings,
    seen_flags,
    transcript,
)
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Sender
from models.screenings import AnswerMode
from models.staff import StaffMember
from triage import screening as rules

# PHQ-9 and GAD-7 answers that fall in the moderate range, so the case is low and nothing rings.
_MODERATE = {
    "phq-9.1": 2,
    "phq-9.2": 1,
    "phq-9.3": 2,
    "phq-9.4": 2,
    "phq-9.5": 1,
    "phq-9.6": 1,
    "phq-9.7": 1,
    "phq-9.8": 1,
    "phq-9.9": 0,
    "gad-7.1": 1,
    "gad-7.2": 1,
}
# What a colleague wrote down after the second conversation, before closing its case.
_CALM_CHECK = {
    "thoughts": "none",
    "plan": "none",
    "means": "none",
    "time_frame": "none",
    "attempts": "never",
    "company": "trusted",
    "company_words": "女儿今晚来陪她。",
    "protects": "several",
    "protects_words": "女儿、邻居、周四的茶话会。",
    "judgement": "blue",
    "judgement_words": "说话平静，愿意参加活动，家里有人。",
}
_PLAN = {
    "warning_signs": "整夜睡不着，一个人翻旧照片。",
    "own_ways": "去河边走走\n听一段戏\n给花浇水",
    "people_and_places": "社区茶话会，周四下午",
    "people_to_ask": "女儿；隔壁王阿姨",
    "professionals": "陈瑜咨询师，工作日白天",
    "surroundings": "药交给女儿保管，每天只留当天的。",
}


def load(*, session: Session, now: datetime, timezone: str, secret: str, counselor: StaffMember) -> int:
    """Add the conversations unless a synthetic person is there already; return how many were added."""
    if session.scalar(select(Beneficiary.id).where(Beneficiary.synthetic).limit(1)) is not None:
        return 0
    _sleepless(session=session, secret=secret, timezone=timezone, now=now - timedelta(hours=3))
    _settled(session=session, secret=secret, timezone=timezone, now=now - timedelta(days=1), counselor=counselor)
    _in_english(session=session, secret=secret, timezone=timezone, now=now - timedelta(minutes=40))
    return 3


def _begin(*, session: Session, secret: str, language: str, now: datetime) -> Conversation:
    door = people.open_door(session=session, secret=secret, language=language, now=now, synthetic=True)
    return door.conversation


def _say(
    *, session: Session, conversation: Conversation, lines: list[tuple[str, str]], now: datetime, timezone: str
) -> datetime:
    """Let the person and the bot speak in turn; return when the last line was said."""
    for number, (who, text) in enumerate(lines):
        now += timedelta(seconds=40)
        if who == "bot":
            transcript.append(session=session, conversation=conversation, sender=Sender.BOT, text=text, now=now)
            continue
        conversations.post(
            session=session,
            conversation_id=conversation.id,
            client_key=f"demo-{conversation.id}-{number}",
            text=text,
            now=now,
            timezone=timezone,
        )
    # Nothing here waits for the real bot: what it would have said has been written above.
    for errand in bot_line.pending_rows(session=session, conversation_id=conversation.id):
        outbox.give_up(row=errand, reason="demo", now=now)
    return now


def _sleepless(*, session: Session, secret: str, timezone: str, now: datetime) -> None:
    conversation = _begin(session=session, secret=secret, language="zh-CN", now=now)
    now = _say(
        session=session,
        conversation=conversation,
        timezone=timezone,
        now=now,
        lines=[
            ("person", "最近晚上总是睡不好，翻来覆去想钱的事。"),
            ("bot", "听您这么说，这些天一定很累。钱的事压着，夜里就更长了。您愿意多说一点吗？"),
            ("person", "低保刚批下来，可是孩子的学费还差一截，跟亲戚开口又觉得没面子。"),
            ("bot", "开口求人不容易，您是为了孩子在撑着。我可以问您几个问题，好让同事更清楚怎么帮您。"),
        ],
    )
    intakes.update(
        session=session,
        conversation=conversation,
        now=now,
        fields={
            "called": "老周",
            "age_band": "18-59",
            "station": "riverside",
            "worries": ["money", "sleep", "shame"],
            "urgency": "week",
            "consents": {"care": True, "contact": True, "share": True, "follow_up": False},
            "emergency_contact": {"name": "周小梅", "phone": "010-5550-0142", "relation": "妹妹"},
            "completed": True,
        },
    )
    _answer(session=session, conversation=conversation, now=now, timezone=timezone)


def _answer(*, session: Session, conversation: Conversation, now: datetime, timezone: str) -> None:
    answers: dict[str, int] = {}
    band = conversation.beneficiary.age_band.value
    while (item := rules.next_item(answers, band)) is not None:
        now += timedelta(seconds=12)
        answers[item.key] = _MODERATE.get(item.key, 0)
        screenings.record_answer(
            session=session,
            conversation=conversation,
            item_key=item.key,
            value=answers[item.key],
            mode=AnswerMode.TAP,
            now=now,
            timezone=timezone,
        )


def _settled(*, session: Session, secret: str, timezone: str, now: datetime, counselor: StaffMember) -> None:
    conversation = _begin(session=session, secret=secret, language="zh-CN", now=now)
    now = _say(
        session=session,
        conversation=conversation,
        timezone=timezone,
        now=now,
        lines=[
            ("person", "老伴走了半年，家里太安静了，想找人说说话。"),
            ("bot", "半年了，家里少了一个人，安静起来特别难熬。我在这里听您说。"),
        ],
    )
    intakes.update(
        session=session,
        conversation=conversation,
        now=now,
        fields={
            "called": "陈阿姨",
            "age_band": "60-plus",
            "station": "orchard",
            "worries": ["grief", "loneliness"],
            "urgency": "now",
            "consents": {"care": True, "share": True},
        },
    )
    desk.take_over(session=session, conversation_id=conversation.id, actor=counselor, now=now + timedelta(minutes=2))
    lines = ("陈阿姨您好，我是陈瑜，您慢慢说，我都在听。", "那我们说好，周四下午社区的茶话会见。")
    for number, text in enumerate(lines):
        desk.write(
            session=session,
            conversation_id=conversation.id,
            actor=counselor,
            text=text,
            client_key=f"demo-staff-{conversation.id}-{number}",
            now=now + timedelta(minutes=3 + 6 * number),
        )
    case = crises.open_case_of(session=session, beneficiary_id=conversation.beneficiary_id)
    assert case is not None
    end = now + timedelta(minutes=12)
    risk_checks.sign(
        session=session,
        author=counselor,
        case_id=case.id,
        key=f"demo-check-{case.id}",
        fields=_CALM_CHECK,
        now=end,
    )
    crises.close(
        session=session,
        case_id=case.id,
        actor=counselor,
        now=end,
        seen_flag_id=seen_flags.newest(session=session, case_id=case.id),
        reason="已通话，情绪平稳，没有危险念头；约好周四参加社区茶话会。",
    )
    safety_plans.write(
        session=session,
        author=counselor,
        beneficiary_id=conversation.beneficiary_id,
        above=0,
        steps=_PLAN,
        now=end,
    )
    desk.close(session=session, conversation_id=conversation.id, actor=counselor, now=end)


def _in_english(*, session: Session, secret: str, timezone: str, now: datetime) -> None:
    conversation = _begin(session=session, secret=secret, language="en", now=now)
    _say(
        session=session,
        conversation=conversation,
        timezone=timezone,
        now=now,
        lines=[
            ("person", "I lost my job in the spring and I have not told my parents yet."),
            ("bot", "Keeping that to yourself since the spring sounds heavy. What is the hardest part now?"),
            ("person", "Pretending to go to work every morning."),
        ],
    )
