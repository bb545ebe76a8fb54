"""Keep what the detector decided about a message, so that anybody can later ask why it rang, or why it did not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.conversations import Message
from models.crises import LevelName
from models.triage_records import TriageDecision
from triage.assess import Assessment
from triage.lexicon import lexicon


def record(*, session: Session, message: Message, assessment: Assessment, now: datetime) -> TriageDecision:
    """Store the decision beside its message, in the same unit of work."""
    row = TriageDecision(
        message_id=message.id,
        level=LevelName(assessment.level.value),
        tiers=list(assessment.tiers),
        reasons=list(assessment.reasons),
        pattern_ids=list(assessment.pattern_ids),
        score=round(assessment.score, 4),
        model_hash=assessment.model_hash,
        lexicon_version=lexicon().version,
        at=now,
    )
    session.add(row)
    session.flush()
    return row
