"""My safety plan: the person reads the newest version in the browser that has their key, and can print it."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from care import safety_plans
from models.safety_plans import SafetyPlan
from web.common import chat_key
from web.common.access import Access, access
from web.common.database import reading
from web.common.safety_plan_words import HEADINGS
from web.public import blueprint


@blueprint.get("/my-plan")
@access(Access.PERSON)
def my_safety_plan() -> Any:
    """Show the plan that holds, or how one comes about."""
    plan = safety_plans.newest(session=reading(), beneficiary_id=g.beneficiary.id)
    return render_template("public/safety_plan.html", plan=plan, headings=HEADINGS)


@blueprint.context_processor
def _way_to_the_plan() -> dict[str, Any]:
    return {"own_safety_plan": own_safety_plan}


def own_safety_plan() -> SafetyPlan | None:
    """Return the plan of this browser's person, for the pages that lead to it."""
    person = chat_key.person()
    return safety_plans.newest(session=reading(), beneficiary_id=person.id) if person else None
