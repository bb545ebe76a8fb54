"""The guided risk check: drafted on the server, signed once; it may raise a case, it never lowers one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, kept_away, live
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.crises import CrisisCase, FlagSource, LevelName
from models.risk_checks import (
    Attempts,
    Company,
    Means,
    Plan,
    Protects,
    RiskCheck,
    RiskCheckDraft,
    Thoughts,
    TimeFrame,
)
from models.staff import StaffMember
from triage.levels import Level

# The seven questions in the order in which they are asked, each with its fixed answers.
QUESTIONS: dict[str, type[StrEnum]] = {
    "thoughts": Thoughts,
    "plan": Plan,
    "means": Means,
    "time_frame": TimeFrame,
    "attempts": Attempts,
    "company": Company,
    "protects": Protects,
}
FIELDS = (*QUESTIONS, *(f"{name}_words" for name in QUESTIONS), "judgement", "judgement_words")
LONGEST_WORDS = 2_000
# How high a case stands at least after such an answer (design of the levels; docs/clinical-safety.md). Any plan and
# any intent is red; a passive wish is not "nothing": it is orange until the person is well again.
_AT_LEAST: dict[tuple[str, StrEnum], Level] = {
    ("thoughts", Thoughts.WISH): Level.ORANGE,
    ("thoughts", Thoughts.THOUGHTS): Level.ORANGE,
    ("thoughts", Thoughts.NOW): Level.RED,
    ("plan", Plan.IDEA): Level.ORANGE,
    ("plan", Plan.PLAN): Level.RED,
    ("plan", Plan.PREPARED): Level.RED,
    ("time_frame", TimeFrame.WEEK): Level.ORANGE,
    ("time_frame", TimeFrame.THREE_DAYS): Level.RED,
    ("time_frame", TimeFrame.NOW): Level.EMERGENCY,
    ("attempts", Attempts.RECENT): Level.RED,
    ("attempts", Attempts.JUST_NOW): Level.EMERGENCY,
}


def least_level(answers: Mapping[str, StrEnum]) -> Level | None:
    """Return the lowest level that these answers allow, or None where they name no danger."""
    found = [_AT_LEAST[one] for one in answers.items() if one in _AT_LEAST]
    if answers["means"] is Means.AT_HAND:
        if answers["thoughts"] is Thoughts.NOW:
            found.append(Level.EMERGENCY)
        elif answers["thoughts"] is not Thoughts.NONE:
            # Most homes hold something dangerous; it counts where there are thoughts, or nobody could ask.
            found.append(Level.RED)
    return max(found, key=lambda level: level.rank, default=None)


def draft_of(*, session: Session, author: StaffMember, case_id: int) -> RiskCheckDraft | None:
    """Return what the author has filled in so far about the case."""
    return session.scalars(
        select(RiskCheckDraft).where(RiskCheckDraft.case_id == case_id, RiskCheckDraft.author_id == author.id)
    ).first()


def drafts_of(*, session: Session, author: StaffMember) -> list[tuple[RiskCheckDraft, str]]:
    """Return the author's drafts about open cases with the code of the person, the oldest first."""
    found = session.execute(
        select(RiskCheckDraft, Beneficiary.code)
        .join(CrisisCase, CrisisCase.id == RiskCheckDraft.case_id)
        .join(Beneficiary, Beneficiary.id == CrisisCase.beneficiary_id)
        .where(RiskCheckDraft.author_id == author.id, CrisisCase.closed_at.is_(None))
        .order_by(RiskCheckDraft.changed_at, RiskCheckDraft.id)
    )
    return [(draft, code) for draft, code in found]


def save(
    *,
    session: Session,
    author: StaffMember,
    case_id: int,
    version: int,
    fields: Mapping[str, Any],
    now: datetime,
) -> RiskCheckDraft:
    """Keep a half-filled check; refuse NOTE_CHANGED from a window that has not seen the newest words."""
    _open_case(session, case_id)
    kept = _tidy(fields)
    draft = session.scalars(
        select(RiskCheckDraft)
        .where(RiskCheckDraft.case_id == case_id, RiskCheckDraft.author_id == author.id)
        .with_for_update()
    ).first()
    if draft is None:
        draft = RiskCheckDraft(case_id=case_id, author_id=author.id, fields=kept, changed_at=now)
        try:
            with session.begin_nested():
                session.add(draft)
        except IntegrityError:
            # The other window of the same colleague was a moment earlier.
            raise Refused(Refusal.NOTE_CHANGED, "thoughts") from None
        return draft
    if draft.version != version:
        raise Refused(Refusal.NOTE_CHANGED, "thoughts")
    draft.fields, draft.version, draft.changed_at = kept, version + 1, now
    session.flush()
    return draft


def _tidy(fields: Mapping[str, Any]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name in FIELDS:
        words = fields.get(name) or ""
        if len(words) > LONGEST_WORDS:
            raise Refused(Refusal.TOO_LONG, name)
        if words:
            kept[name] = str(words)
    return kept


def _open_case(session: Session, case_id: int) -> CrisisCase:
    case = session.scalars(
        select(CrisisCase).where(CrisisCase.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    return case


def sign(
    *,
    session: Session,
    author: StaffMember,
    case_id: int,
    key: str,
    fields: Mapping[str, Any],
    now: datetime,
) -> RiskCheck:
    """Sign the check; the same form sent twice signs once. A dangerous answer, or the judgement, raises the case."""
    signed = session.scalars(
        select(RiskCheck).where(RiskCheck.key == key, RiskCheck.author_id == author.id, RiskCheck.case_id == case_id)
    ).first()
    if signed is not None:
        return signed
    case = _open_case(session, case_id)
    kept_away.must_be_free(session=session, case_id=case.id, actor=author)
    check = _check(case, author, key, _tidy(fields), now)
    try:
        with session.begin_nested():
            session.add(check)
    except IntegrityError:
        raise Refused(Refusal.WRONG_VALUE, "thoughts") from None
    _act_on(session, case, check, author, now)
    draft = draft_of(session=session, author=author, case_id=case_id)
    if draft is not None:
        session.delete(draft)
    case.risk_check_id = check.id
    case.unchecked_reason = case.unchecked_words = case.unchecked_by_id = None
    session.flush()
    return check


def _check(case: CrisisCase, author: StaffMember, key: str, kept: Mapping[str, str], now: datetime) -> RiskCheck:
    answers = {name: _answer(kind, name, kept) for name, kind in QUESTIONS.items()}
    if answers["thoughts"] is Thoughts.NOT_SAID and not kept.get("thoughts_words", "").strip():
        # Not to have heard an answer to the first question is allowed, but it needs words.
        raise Refused(Refusal.REASON_MISSING, "thoughts_words")
    judgement = _answer(LevelName, "judgement", kept)
    if not kept.get("judgement_words", "").strip():
        raise Refused(Refusal.REASON_MISSING, "judgement_words")
    least = least_level(answers)
    after = max((case.risk, Level(judgement.value), least or case.risk), key=lambda level: level.rank)
    words = {f"{name}_words": kept.get(f"{name}_words", "").strip() or None for name in QUESTIONS}
    return RiskCheck(
        key=key,
        case_id=case.id,
        author_id=author.id,
        **answers,
        **words,
        judgement=judgement,
        judgement_words=kept["judgement_words"].strip(),
        level_before=case.level,
        level_after=LevelName(after.value),
        signed_at=now,
    )


def _answer(kind: type[StrEnum], name: str, kept: Mapping[str, str]) -> StrEnum:
    given = kept.get(name)
    if not given:
        raise Refused(Refusal.EMPTY, name)
    try:
        return kind(given)
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, name) from None


def _act_on(session: Session, case: CrisisCase, check: RiskCheck, author: StaffMember, now: datetime) -> None:
    # Whoever has asked these questions has spoken with the person: the alarm rests unless the answers raise it.
    crises.note_contact(session=session, beneficiary_id=case.beneficiary_id, actor=author, now=now)
    if check.level_after is not check.level_before:
        crises.raise_flag(
            session=session,
            beneficiary=case.beneficiary,
            conversation=None,
            signal=crises.Signal(
                source=FlagSource.STAFF,
                level=Level(check.level_after.value),
                reasons=("risk_check",),
                raised_by=author,
            ),
            now=now,
        )
    audit.record(
        session=session,
        actor=author,
        verb="risk_check.sign",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        check_id=check.id,
        before=check.level_before.value,
        after=check.level_after.value,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)


def of_case(*, session: Session, case_id: int) -> Sequence[RiskCheck]:
    """Return the signed checks of a case, the newest first."""
    return session.scalars(select(RiskCheck).where(RiskCheck.case_id == case_id).order_by(RiskCheck.id.desc())).all()
