"""Invented words to the base for a demonstration: one late, one that waits, one answered; and somebody to ask again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import check_ins, voice_answers, voice_owners, voices
from models.beneficiaries import Beneficiary
from models.check_ins import CheckInPlan
from models.voices import Voice

# Days ago, kind, words, about, telephone.
WORDS = (
    (
        24,
        "complaint",
        "上个月申请的临时救助，到现在没有人给我回话，打了三次电话都说在办。",
        "前台的同事",
        "13800005550",
    ),
    (9, "praise", "小组活动带得很耐心，我妈妈愿意出门了。谢谢你们。", "", ""),
    (2, "suggestion", "门口能不能放几把椅子？老人站着等太累。", "", ""),
)
ANSWER = "谢谢您写来。我们已经转告小组的同事，下周三下午还有一次，欢迎您和妈妈一起来。"
_DAYS = 10


def load(*, session: Session, now: datetime, timezone: str, secret: str) -> int:
    """Add the words and one plan to ask again unless they are there; return how many words were added."""
    if session.scalar(select(Voice.id).limit(1)) is not None:
        return 0
    for number, (ago, kind, words, about, phone) in enumerate(WORDS):
        at = now - timedelta(days=ago)
        voices.send(
            session=session,
            secret=secret,
            form_key=f"demonstration-of-voices-number-{number:04}",
            form=voices.Form(kind=kind, words=words, about=about, phone=phone),
            person=None,
            language="zh-CN",
            now=at,
            timezone=timezone,
            days=_DAYS,
        )
    _answer_the_praise(session, now)
    _ask_somebody_again(session, now)
    return len(WORDS)


def _answer_the_praise(session: Session, now: datetime) -> None:
    praise = session.scalars(select(Voice).order_by(Voice.id).offset(1).limit(1)).one()
    owner = voice_owners.owner_part(session=session, voice_id=praise.id)
    if owner is not None:
        voice_answers.answer(
            session=session, voice_id=praise.id, actor=owner.staff, words=ANSWER, now=now - timedelta(days=7)
        )


def _ask_somebody_again(session: Session, now: datetime) -> None:
    person = session.scalars(
        select(Beneficiary).where(Beneficiary.synthetic.is_(True)).order_by(Beneficiary.id).limit(1)
    ).first()
    if person is not None and session.scalar(select(CheckInPlan.id).limit(1)) is None:
        check_ins.agree(session=session, beneficiary=person, now=now)
