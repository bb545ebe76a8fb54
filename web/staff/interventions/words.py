"""How the desk names steps, what allows them, how they end, and what the law asks for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from models.interventions import Basis, DutyKind, DutyOutcome, ReportedTo, StepEnd, StepKind, Verdict

KINDS: dict[StepKind, Any] = {
    StepKind.ASK: _("Ask the person what would help now"),
    StepKind.PLAN: _("Agree on the next hours, with the safety plan"),
    StepKind.RELATIVE: _("Call a relative or friend"),
    StepKind.GUARDIAN: _("Call the guardian"),
    StepKind.LOCAL_WORKER: _("Ask somebody from the community to go there"),
    StepKind.POLICE: _("Police (110)"),
    StepKind.AMBULANCE: _("Ambulance (120)"),
}
BASES: dict[Basis, Any] = {
    Basis.CONSENT: _("The person said yes"),
    Basis.GUARDIAN_CONSENT: _("The guardian said yes"),
    Basis.LIFE_IN_DANGER: _("No yes, but life or health is in danger"),
    Basis.LAW: _("The law asks for it"),
}
ENDINGS: dict[StepEnd, Any] = {
    StepEnd.DONE: _("Done"),
    StepEnd.ARRIVED: _("Arrived"),
    StepEnd.NOT_NEEDED: _("Not needed any more"),
    StepEnd.FAILED: _("Did not work"),
    StepEnd.NOT_AGREED: _("Second reader said no"),
}
VERDICTS: dict[Verdict, Any] = {Verdict.AGREED: _("I agree"), Verdict.NOT_AGREED: _("I do not agree")}
DUTIES: dict[DutyKind, Any] = {
    DutyKind.GUARDIAN: _("Speak with the guardian"),
    DutyKind.REPORT: _("Report harm to a minor"),
}
DUTY_WHY: dict[DutyKind, Any] = {
    DutyKind.GUARDIAN: _(
        "The person is a minor. The guardian should know, unless the guardian is the danger: then write that instead."
    ),
    DutyKind.REPORT: _(
        "A minor may be being hurt. Report at once to the police (110), civil affairs or education; it does not need"
        " proof, and no consent. Tell the child what you do."
    ),
}
OUTCOMES: dict[DutyOutcome, Any] = {DutyOutcome.DONE: _("Done"), DutyOutcome.REFUSED: _("Not done, with a reason")}
REPORTED_TO: dict[ReportedTo, Any] = {
    ReportedTo.POLICE: _("Police (110)"),
    ReportedTo.CIVIL_AFFAIRS: _("Civil affairs"),
    ReportedTo.EDUCATION: _("Education authority"),
}
