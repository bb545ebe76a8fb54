"""Somebody is worried about somebody: the report opens or raises that person's one case in the same transaction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import (
    audit,
    callbacks,
    case_codes,
    conversations,
    crises,
    duty,
    kept_away,
    live,
    notices,
    people,
    transcript,
    voice_owners,
)
from care.applications import tidy_phone
from care.clocks import clock
from care.people import keyed_hash
from care.refusals import Refusal, Refused
from care.wording import say, when
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, MessageKind, Sender
from models.crises import FlagSource, LevelName
from models.staff import StaffMember
from models.worried_reports import ReportDoor, Sight, WorriedReport
from triage.assess import Assessment, assess
from triage.levels import Level

LONGEST_WORDS = 4_000
LONGEST_LINE = 300
LONGEST_KEY = 64
# What was seen sets the lowest level (docs/clinical-safety.md); the words, read by triage, may raise it.
AT_LEAST: dict[Sight, Level] = {
    Sight.NOW: Level.EMERGENCY,
    Sight.SOON: Level.RED,
    Sight.WISH: Level.ORANGE,
    Sight.CHANGED: Level.YELLOW,
}
# Reasons of triage that speak of somebody who does harm.
HARM = frozenset({"is_being_hurt", "child_is_being_hurt"})
# Triage listens for the one who writes; who is told of harm to somebody else is told in words like these.
_HARM_WORDS = re.compile(
    "[打骂摸踢掐]|欺负|虐待|侵犯|骚扰|威胁|猥亵|强奸|羞辱|beat|hits? |hitting|abus|harass|threat|touch|rape|hurt",
    re.IGNORECASE,
)
# A colleague who is here calls the one who is worried within the clock of the level, but is never promised sooner.
SOONEST = timedelta(minutes=15)
LINES = (
    "person_phone",
    "person_place",
    "person_times",
    "reporter_called",
    "reporter_relation",
    "reporter_phone",
    "reporter_times",
)


@dataclass(frozen=True)
class Form:
    """What was typed, as it was typed."""

    sight: str
    words: str
    about: str = ""
    code: str = ""
    person_phone: str = ""
    person_place: str = ""
    person_times: str = ""
    reporter_called: str = ""
    reporter_relation: str = ""
    reporter_phone: str = ""
    reporter_times: str = ""


@dataclass(frozen=True)
class Origin:
    """Through which door it came: a colleague by name, a chat, or the open page."""

    staff: StaffMember | None = None
    conversation: Conversation | None = None

    @property
    def door(self) -> ReportDoor:
        """Return the door that is stored beside the words."""
        if self.staff is not None:
            return ReportDoor.STAFF
        return ReportDoor.CHAT if self.conversation is not None else ReportDoor.PAGE


def tell(
    *,
    session: Session,
    secret: str,
    form_key: str,
    form: Form,
    origin: Origin,
    language: str,
    now: datetime,
    timezone: str,
) -> WorriedReport:
    """Take a report in: once per form, assessed, with a case that rings. Whom we can call back is promised a name.

    Raise Refused: EMPTY, TOO_LONG, WRONG_VALUE (sight, reporter_phone, person_phone, form_key), PERSON_MISSING (about),
    UNKNOWN_CODE (code). With words of danger a mistake beside them is forgiven instead of refused.
    """
    if not 8 <= len(form_key) <= LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "form_key")
    key = keyed_hash(secret, form_key)
    earlier = _of_key(session, key)
    if earlier is not None:
        return earlier
    fields, found = _checked(form, origin)
    chat = origin.conversation
    if chat is not None:
        # The conversation before the case, as for every message: two tabs must not wait for each other.
        chat = transcript.locked(session=session, conversation_id=chat.id)
    try:
        with session.begin_nested():
            report = _store(session, key, form, fields, found, origin, language, now)
            if chat is not None and chat.closed_at is None:
                _answer_in_chat(session, chat, report, now, timezone)
            return report
    except IntegrityError:
        # The same form arrived a moment earlier; everything that this one began is taken back with it.
        earlier = _of_key(session, key)
        if earlier is None:
            raise
        return earlier


def _of_key(session: Session, key: str) -> WorriedReport | None:
    return session.scalars(select(WorriedReport).where(WorriedReport.form_key_hash == key)).first()


def _readable(words: str) -> str:
    kept = "".join(sign for sign in words if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    return kept.strip()


def _checked(form: Form, origin: Origin) -> tuple[dict[str, Any], Assessment]:
    words, about = _readable(form.words), _readable(form.about)
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in words):
        raise Refused(Refusal.EMPTY, "words")
    found = assess(f"{words}\n{about}")
    try:
        sight, forgiving = Sight(form.sight), False
    except ValueError:
        if not found.level.is_at_least(Level.ORANGE):
            raise Refused(Refusal.WRONG_VALUE, "sight") from None
        sight, forgiving = Sight.CHANGED, True
    # A slip in a number must not keep an alarm from ringing.
    forgiving = forgiving or max(found.level.rank, AT_LEAST[sight].rank) >= Level.RED.rank
    longest = conversations.LONGEST_MESSAGE
    for name, typed, most in (("words", words, LONGEST_WORDS), ("about", about, LONGEST_WORDS)):
        if len(typed) > most and not forgiving:
            raise Refused(Refusal.TOO_LONG, name)
    fields: dict[str, Any] = {"sight": sight, "words": words[:longest], "about": about[:longest] or None}
    for name in LINES:
        fields[name] = _line(form, name, forgiving)
    if not about and not form.code.strip():
        if not forgiving or origin.staff is not None:
            raise Refused(Refusal.PERSON_MISSING, "about")
        fields["about"] = fields["words"]
    return fields, found


def _line(form: Form, name: str, forgiving: bool) -> str | None:
    typed = _readable(getattr(form, name))
    if not typed:
        return None
    if len(typed) > LONGEST_LINE and not forgiving:
        raise Refused(Refusal.TOO_LONG, name)
    typed = typed[:LONGEST_LINE]
    if not name.endswith("_phone"):
        return typed
    try:
        return tidy_phone(typed)
    except Refused:
        if not forgiving:
            raise Refused(Refusal.WRONG_VALUE, name) from None
        # As it was typed: a colleague may still read a number out of it.
        return typed


def _store(
    session: Session,
    key: str,
    form: Form,
    fields: dict[str, Any],
    found: Assessment,
    origin: Origin,
    language: str,
    now: datetime,
) -> WorriedReport:
    person, known = _person(session, form, origin, language, now)
    if not known and fields["about"] is None:
        fields["about"] = fields["words"]
    level = max(found.level, AT_LEAST[fields["sight"]], key=lambda one: one.rank)
    reasons = [f"worried_{fields['sight'].value}", *found.reasons]
    case = crises.raise_flag(
        session=session,
        beneficiary=person,
        conversation=None,
        signal=crises.Signal(
            source=FlagSource.STAFF if origin.staff else FlagSource.INFORMANT,
            level=level,
            reasons=tuple(reasons),
            pattern_ids=found.pattern_ids,
            score=found.score,
            model_hash=found.model_hash,
            raised_by=origin.staff,
            about=_whom_it_may_mean(session, fields, found, origin),
        ),
        now=now,
    )
    report = WorriedReport(
        form_key_hash=key,
        door=origin.door,
        staff_id=origin.staff.id if origin.staff else None,
        conversation_id=origin.conversation.id if origin.conversation else None,
        beneficiary=person,
        case=case,
        known=known,
        level=LevelName(level.value),
        reasons=reasons,
        language=language,
        received_at=now,
        **fields,
    )
    session.add(report)
    _promise(session, report, level, now)
    session.flush()
    _trace(session, origin.staff, "worried.report", report, now, door=report.door.value, level=level.value)
    if report.owner is not None and report.due_at is not None:
        _tell_owner(session, report, report.due_at, now)
    return report


def _whom_it_may_mean(session: Session, fields: dict[str, Any], found: Assessment, origin: Origin) -> tuple[int, ...]:
    """Return the colleagues whom the words may accuse, so that the alarm does not ring the one it is about.

    A colleague's own report names others for many reasons: there only words of harm by somebody count.
    """
    text = f"{fields['words']}\n{fields['about'] or ''}"
    harm = bool(HARM & set(found.reasons)) or _HARM_WORDS.search(text) is not None
    if origin.staff is not None and not harm:
        return ()
    # "Aunt Wang does not want to live" speaks of a neighbour; "Aunt Wang beats her" may speak of a colleague.
    named = voice_owners.named_in(session=session, text=text, only_at_work=not harm)
    return tuple(one.id for one in named if one is not origin.staff)


def _person(session: Session, form: Form, origin: Origin, language: str, now: datetime) -> tuple[Beneficiary, bool]:
    if form.code.strip() and origin.staff is not None:
        # Only colleagues know codes. A stranger who guesses one must not find out whether it is somebody's.
        person = case_codes.find(session=session, typed=form.code)
        if person is None:
            raise Refused(Refusal.UNKNOWN_CODE, "code")
        return person, True
    return people.record_unknown(session=session, language=language, now=now), False


def _promise(session: Session, report: WorriedReport, level: Level, now: datetime) -> None:
    """Promise a call only with a name and a time: by whoever is at the desk, else by whose turn comes next."""
    if report.door is ReportDoor.STAFF or not report.reporter_phone:
        return
    kept = kept_away.of_case(session=session, case_id=report.case.id)
    here = [one for one in duty.present(session=session, at=now) if one.id not in kept]
    if here:
        report.owner = here[0]
        report.due_at = now + max(SOONEST, min(clock(level).contact, callbacks.AFTER_SHIFT_STARTS))
        return
    answers = duty.who_answers(session=session, at=now)
    if answers is not None and answers[0].id not in kept:
        report.owner, report.due_at = answers[0], answers[1] + callbacks.AFTER_SHIFT_STARTS


def promise_words(report: WorriedReport, language: str, timezone: str) -> str:
    """Return the fixed sentence that fits: a name and a time, no number left, or nobody on the roster."""
    if report.owner is not None and report.due_at is not None:
        return say(
            "worried.call", language, who=report.owner.display_name, when=when(report.due_at, language, timezone)
        )
    return say("worried.nobody" if report.reporter_phone else "worried.no_number", language)


def _answer_in_chat(session: Session, chat: Conversation, report: WorriedReport, now: datetime, timezone: str) -> None:
    transcript.append(
        session=session,
        conversation=chat,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=promise_words(report, chat.language, timezone),
        now=now,
    )


def _tell_owner(session: Session, report: WorriedReport, due_at: datetime, now: datetime) -> None:
    assert report.owner is not None
    notices.tell(
        session=session,
        to=report.owner,
        words="notice.desk_by",
        now=now,
        dedupe_key=f"worried-{report.id}-{report.owner_id}",
        not_after=due_at,
        link=f"/staff/cases/{report.case_id}",
        when=due_at,
    )


def _trace(
    session: Session, actor: StaffMember | None, verb: str, report: WorriedReport, now: datetime, **more: Any
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=report.case_id,
        now=now,
        report_id=report.id,
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=report.case_id)
    session.flush()


def of_case(*, session: Session, case_id: int) -> Sequence[WorriedReport]:
    """Return the reports that opened or raised a case, the newest first."""
    return session.scalars(
        select(WorriedReport).where(WorriedReport.case_id == case_id).order_by(WorriedReport.id.desc())
    ).all()


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[WorriedReport]:
    """Return every report about a person, the newest first."""
    return session.scalars(
        select(WorriedReport).where(WorriedReport.beneficiary_id == beneficiary_id).order_by(WorriedReport.id.desc())
    ).all()
