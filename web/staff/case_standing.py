"""What else stands on the page of a case: reports by others, what waits for a second reader, and the timeline."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from care import case_changes, case_timeline, worried_reports
from models.case_changes import ChangeEnd, ChangeKind
from models.crises import CrisisCase
from models.worried_reports import ReportDoor
from web.common.database import reading
from web.common.worried_form import SIGHTS
from web.staff import words

DOORS: dict[ReportDoor, Any] = {
    ReportDoor.STAFF: _("By a colleague"),
    ReportDoor.PAGE: _("From the open page"),
    ReportDoor.CHAT: _("By somebody in the chat"),
}
ENDS: dict[ChangeEnd, Any] = {
    ChangeEnd.CONFIRMED: _("confirmed"),
    ChangeEnd.DECLINED: _("declined"),
    ChangeEnd.OVERTAKEN: _("overtaken by what happened"),
}
# Whatever is not named here is shown by its own name rather than hidden.
EVENTS: dict[str, Any] = {
    "crisis.open": _("Case opened"),
    "crisis.flag": _("New sign of danger"),
    "crisis.climb": _("Nobody had answered: the alarm rang the next"),
    "crisis.acknowledge": _("Taken"),
    "crisis.contact": _("Spoken with the person"),
    "crisis.propose_closing": _("Closing proposed"),
    "crisis.close": _("Closed"),
    "crisis.propose_lowering": _("Lower level proposed"),
    "crisis.lower": _("Level lowered"),
    "crisis.decline_change": _("Proposal declined"),
    "crisis.overtake_change": _("Proposal overtaken by new danger"),
    "worried.report": _("Somebody told us that they are worried"),
    "worried.call": _("Called back whoever is worried"),
    "worried.identify": _("Found out who the person is"),
    "worried.hand_on": _("The promised call got a new owner"),
    "crisis.keep_away": _("A colleague whom the words may mean is passed by"),
    "crisis.let_back": _("A colleague may be rung again"),
    "emergency_contact.not_safe": _("The emergency contact is marked as not safe to ring"),
    "emergency_contact.safe": _("A colleague says that the emergency contact may be rung"),
    "risk_check.sign": _("Risk check signed"),
    "notice.alarm": _("Alarm sent outside the site"),
    "notice.no_address": _("Alarm found no address outside the site"),
}
SOURCES = {source.value: label for source, label in words.SOURCES.items()}


def of(case: CrisisCase) -> dict[str, Any]:
    """Return what the template of the case needs from here."""
    session = reading()
    return {
        "worried": worried_reports.of_case(session=session, case_id=case.id),
        "change": case_changes.waiting(session=session, case_id=case.id),
        "changes": case_changes.of_case(session=session, case_id=case.id),
        "timeline": [
            (entry, who, EVENTS.get(entry.verb, entry.verb), _detail(entry.details))
            for entry, who in case_timeline.of_case(session=session, case_id=case.id)
        ],
        "doors": DOORS,
        "sights": SIGHTS,
        "ends": ENDS,
        "kinds": ChangeKind,
    }


def _detail(details: dict[str, Any]) -> list[Any]:
    """Return level, source and step of an event in words; numbers of other records stay out."""
    levels = [words.LEVELS[details[name]] for name in ("before", "level", "after") if details.get(name) in words.LEVELS]
    source = SOURCES.get(details.get("source", ""))
    hop = [_("step %(number)s", number=details["hop"])] if details.get("hop") else []
    return [*([source] if source else []), *levels, *hop]
