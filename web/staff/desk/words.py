"""How the live desk names teams and the states of offers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from models.transfers import DeskTeam, TransferState

TEAMS: dict[DeskTeam, Any] = {
    DeskTeam.COUNSELOR: _("Any counselor"),
    DeskTeam.DUTY_OFFICER: _("Any duty officer"),
    DeskTeam.SUPERVISOR: _("Any supervisor"),
}
OUTCOMES: dict[TransferState, Any] = {
    TransferState.DECLINED: _("%(to)s could not take it. The conversation is still yours."),
    TransferState.EXPIRED: _("%(to)s did not answer. The conversation is still yours."),
}
