"""How the desk says what the detector decided and what a reviewer thought of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from care.triage_reviews import State
from models.crises import LevelName
from models.triage_records import ReviewVerdict, TriageDecision
from triage.reasons import reason_text
from web.common.languages import language
from web.staff import words

VERDICTS: dict[ReviewVerdict, Any] = {
    ReviewVerdict.MISSED: _("Missed: it should have rung"),
    ReviewVerdict.FALSE_ALARM: _("False alarm: it should have stayed quiet"),
    ReviewVerdict.WRONG_LEVEL: _("Wrong level"),
}
SHORT_VERDICTS: dict[ReviewVerdict, Any] = {
    ReviewVerdict.MISSED: _("Missed"),
    ReviewVerdict.FALSE_ALARM: _("False alarm"),
    ReviewVerdict.WRONG_LEVEL: _("Wrong level"),
}
STATES: dict[State, Any] = {
    State.TO_CLEAR: _("To clear"),
    State.CLEARED: _("Cleared"),
    State.EXPORTED: _("Guards the detector"),
}
# What a score says, from this value on.
_SCORES = (
    (0.75, _("strong signs of a crisis")),
    (0.5, _("clear signs of a crisis")),
    (0.25, _("some signs of a crisis")),
    (0.0, _("hardly any sign of a crisis")),
)
_DIGEST_SHOWN = 8


def score_words(score: float) -> str:
    """Return a score as a phrase: a number alone would look surer than it is."""
    return str(next((said for least, said in _SCORES if score >= least), _SCORES[-1][1]))


def decision_rows(decision: TriageDecision | None) -> dict[str, Any]:
    """Return a decision in words: its level, its reasons, how strong the signs were, and who decided."""
    if decision is None:
        return {
            "level": LevelName.GREEN.value,
            "level_name": gettext("Not judged"),
            "reasons": [],
            "score": "",
            "by": "",
        }
    voice = (
        gettext("Word list %(version)s and model %(model)s", version=decision.lexicon_version, model=model_of(decision))
        if decision.model_hash
        else gettext("Word list %(version)s alone, without the model", version=decision.lexicon_version)
    )
    return {
        "level": decision.level.value,
        "level_name": str(words.LEVELS[decision.level.value]),
        "reasons": [reason_text(str(reason), language()) for reason in decision.reasons],
        "score": score_words(decision.score),
        "by": voice,
    }


def model_of(decision: TriageDecision) -> str:
    """Return the beginning of the model's digest, enough to tell two models apart."""
    return (decision.model_hash or "")[:_DIGEST_SHOWN]
