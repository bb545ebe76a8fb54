"""Voices at the desk: the list by date, one answer, and nobody reads what is about themselves."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from care import voices
from models.staff import RoleName, StaffMember
from models.voices import Voice
from tests.fixtures.desk import DeskSite


def _voice(site: DeskSite, words: str = "等了两个小时") -> int:
    with site.work() as session:
        return voices.send(
            session=session,
            secret=site.settings.secret_key,
            form_key=secrets.token_urlsafe(32),
            form=voices.Form("complaint", words, phone="13800005550"),
            person=None,
            language="zh-CN",
            now=site.clock(),
            timezone="Asia/Shanghai",
            days=10,
        ).voice.id


def test_the_owner_answers_once_and_the_list_moves_on(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    voice_id = _voice(desk_site)
    assert f"/staff/voices/{voice_id}" in lead.get("/staff/my-day").get_data(as_text=True)
    page = lead.get(f"/staff/voices/{voice_id}").get_data(as_text=True)
    assert "等了两个小时" in page
    assert "13800005550" in page
    assert lead.post(f"/staff/voices/{voice_id}/answer", {"answer": " "}).status_code == 422
    assert lead.post(f"/staff/voices/{voice_id}/answer", {"answer": "改好了"}).status_code == 303
    again = lead.post(f"/staff/voices/{voice_id}/answer", {"answer": "另一句"})
    assert again.status_code == 422
    assert "already been answered" in again.get_data(as_text=True)
    assert "answered" in lead.get("/staff/voices").get_data(as_text=True)
    with desk_site.look() as session:
        assert session.scalars(select(Voice.answer)).all() == ["改好了"]


def test_who_is_meant_neither_finds_nor_gets_it(desk_site: DeskSite) -> None:
    meant, other = desk_site.signed_in(RoleName.SUPERVISOR), desk_site.signed_in(RoleName.BASE_MANAGER)
    with desk_site.work() as session:
        first = session.scalars(select(StaffMember).order_by(StaffMember.id)).first()
        assert first is not None
        first.display_name, meant_id = "张敏", first.id
    voice_id = _voice(desk_site, "那个张老师对我吼")
    assert f"/staff/voices/{voice_id}" not in meant.get("/staff/voices").get_data(as_text=True)
    assert meant.get(f"/staff/voices/{voice_id}").status_code == 404
    assert meant.post(f"/staff/voices/{voice_id}/answer", {"answer": "没有的事"}).status_code == 404
    refused = other.post(f"/staff/voices/{voice_id}/owner", {"to_staff_id": meant_id})
    assert refused.status_code == 422
    assert "about this colleague" in refused.get_data(as_text=True)


def test_stepping_back_takes_it_out_of_sight(desk_site: DeskSite) -> None:
    lead, other = desk_site.signed_in(RoleName.SUPERVISOR), desk_site.signed_in(RoleName.SUPERVISOR)
    voice_id = _voice(desk_site)
    with desk_site.look() as session:
        first = session.scalars(select(StaffMember.id).order_by(StaffMember.id)).first()
    assert lead.post(f"/staff/voices/{voice_id}/subject", {"staff_id": first}).headers["Location"] == "/staff/voices"
    assert lead.get(f"/staff/voices/{voice_id}").status_code == 404
    assert other.post(f"/staff/voices/{voice_id}/answer", {"answer": "我来办"}).status_code == 303


def test_late_ones_stand_first(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    _voice(desk_site)
    desk_site.clock.advance(days=20)
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    page = lead.get("/staff/voices").get_data(as_text=True)
    assert "Late" in page


def test_the_months_are_counted_for_leads_without_a_word(desk_site: DeskSite) -> None:
    _voice(desk_site)
    page = desk_site.signed_in(RoleName.BASE_MANAGER).get("/staff/voices/months").get_data(as_text=True)
    assert "still in time 1" in page
    assert "等了两个小时" not in page
    assert desk_site.signed_in(RoleName.COUNSELOR).get("/staff/voices/months").status_code == 403
