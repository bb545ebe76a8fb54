"""What stands around a person on every page about them: glass, plan, a rest of the chat, how often they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _

from care import blocks, contact_plans, glass_openings
from models.beneficiaries import Beneficiary
from models.blocks import Block, BlockReason
from models.contact_plans import ContactPlan
from models.glass_openings import GlassPart, GlassReason
from web.common import clock, security
from web.common.database import reading
from web.staff.blueprint import blueprint

NAME_REASONS: dict[GlassReason, Any] = {
    GlassReason.SPEAKING: _("I am speaking with them"),
    GlassReason.RIGHT_PERSON: _("To be sure it is the right person"),
}
ALL_REASONS: dict[GlassReason, Any] = {
    GlassReason.DANGER: _("Life in danger"),
    GlassReason.SENDING_HELP: _("I am sending help"),
    GlassReason.RELATIVE: _("I am calling somebody close to them"),
}
GLASS_REASONS: dict[GlassReason, Any] = {**NAME_REASONS, **ALL_REASONS, GlassReason.OTHER: _("Another reason")}
BLOCK_REASONS: dict[BlockReason, Any] = {
    BlockReason.THREATS: _("Threats against colleagues"),
    BlockReason.INSULTS: _("Insults again and again"),
    BlockReason.SEXUAL: _("Sexual harassment"),
    BlockReason.FLOOD: _("Keeps the line busy so that others cannot be heard"),
    BlockReason.OTHER: _("Something else"),
}


@dataclass(frozen=True)
class Standing:
    """Everything that the card beside a conversation or a case shows."""

    glass: glass_openings.Seen
    frequency: contact_plans.Frequency
    plan: ContactPlan | None
    plan_is_due: bool
    block: Block | None
    # The raw words of the glass: which buttons there are.
    name_reasons: dict[GlassReason, Any]
    all_reasons: dict[GlassReason, Any]
    block_reasons: dict[BlockReason, Any]
    parts: type[GlassPart] = GlassPart


def today() -> date:
    """Return the day in the base's own calendar."""
    return clock.now().astimezone(ZoneInfo(clock.timezone())).date()


def of(beneficiary: Beneficiary) -> Standing:
    """Return what stands around the person for the colleague who is signed in."""
    now = clock.now()
    plan = contact_plans.newest(session=reading(), beneficiary_id=beneficiary.id)
    return Standing(
        glass=glass_openings.seen(session=reading(), beneficiary=beneficiary, actor=security.me(), now=now),
        frequency=contact_plans.frequency(session=reading(), beneficiary_id=beneficiary.id, now=now),
        plan=plan,
        plan_is_due=plan is not None and plan.review_on <= today(),
        block=blocks.standing(session=reading(), beneficiary_id=beneficiary.id, now=now),
        name_reasons=NAME_REASONS,
        all_reasons=ALL_REASONS,
        block_reasons=BLOCK_REASONS,
    )


@blueprint.context_processor
def _standing() -> dict[str, Any]:
    return {"person_standing": of}
