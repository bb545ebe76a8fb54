"""Booking without an account: once, whatever arrives twice; nothing typed is lost; a forged address leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from care import appointment_links, waiting_list, waiting_offers
from models.appointments import Appointment, AppointmentState
from models.beneficiaries import Beneficiary
from models.services import Mode, Service
from models.waiting_list import OfferState, WaitingOffer, WaitingWish
from tests.fixtures.bookable import Bookable, at
from tests.fixtures.desk import DeskSite
from tests.fixtures.world import at_once
from tests.web.public.conftest import Visitor
from tests.web.public.page_rules import broken_rules
from web.common.slot_days import stamp

TUESDAY = at(3, 9)


def _form(visitor: Visitor, bookable: Bookable, **changed: str) -> dict[str, str]:
    """Open the page of one time and return the fields that its form would send."""
    path = f"/booking/confirm?service={bookable.service_id}&mode=online&at={stamp(TUESDAY)}&staff=1"
    page = visitor.text(path)
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert found is not None
    fields = {"form_key": found.group(1), "at": stamp(TUESDAY), "staff": "1", "service": str(bookable.service_id)}
    return fields | {"mode": "online", "language": "", "wish": "", "for_whom": "me"} | changed


def _people(site: DeskSite) -> int:
    with site.look() as session:
        return session.query(Beneficiary).count()


def _link(site: DeskSite, appointment_id: int) -> str:
    with site.work() as session:
        return appointment_links.make(
            session=session,
            secret=site.settings.secret_key,
            appointment=session.get_one(Appointment, appointment_id),
            now=site.clock(),
        )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_of_booking_keeps_the_rules(
    site: DeskSite, bookable: Bookable, visitor: Visitor, language: str
) -> None:
    visitor.post("/language", language=language)
    token = _link(site, bookable.appointment(site.person(), TUESDAY))
    confirm = f"/booking/confirm?service={bookable.service_id}&mode=online&at={stamp(TUESDAY)}&staff=1"
    own = [f"/appointments/{token}", f"/appointments/{token}/move", "/booking/waiting-list/join"]
    for path in ["/booking", "/booking?service=9&mode=x&wish=y&from=z&language=q", confirm, *own]:
        text = visitor.text(path)
        assert broken_rules(text, language) == [], path
        assert 'href="tel:12356"' in text


def test_a_person_books_gets_a_code_and_comes_back_by_it(
    site: DeskSite, bookable: Bookable, visitor: Visitor, create_visitor: Callable[[], Visitor]
) -> None:
    page = visitor.text(f"/booking?service={bookable.service_id}&mode=online")
    assert f"at={stamp(TUESDAY)}" in page
    answer = visitor.post("/booking/confirm", **_form(visitor, bookable))
    assert answer.status_code == 303
    (made,) = bookable.stored()
    assert (made.starts_at, made.mode, made.state) == (TUESDAY, Mode.ONLINE, AppointmentState.BOOKED)
    shown = visitor.text(answer.headers["Location"])
    code = re.search(r'id="code-shown"[^>]*>([A-Z0-9-]+)<', shown)
    assert code is not None
    assert 'id="code-shown"' not in visitor.text(answer.headers["Location"])
    other_phone = create_visitor()
    assert other_phone.post("/resume", code=code.group(1).lower()).status_code == 303
    with site.look() as session:
        assert session.query(Beneficiary).count() == 1


def test_the_same_form_sent_twice_books_once_also_from_a_browser_without_cookies(
    site: DeskSite, bookable: Bookable, visitor: Visitor
) -> None:
    form = _form(visitor, bookable)
    token = visitor.token()
    fresh = [Visitor(site.app.test_client()) for _ in range(3)]
    for one in fresh:
        # The session cookie with the token, as a phone that sends the form again before the answer came.
        one.client.set_cookie("session", visitor.client.get_cookie("session").value)  # type: ignore[union-attr]
    results = at_once(
        *[lambda one=one: one.client.post("/booking/confirm", data=form | {"csrf_token": token}) for one in fresh]
    )
    assert [one.status_code for one in results] == [303, 303, 303]  # type: ignore[union-attr]
    assert (len(bookable.stored()), _people(site)) == (1, 1)


def test_a_key_that_the_site_did_not_give_opens_nobody(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    answer = visitor.post("/booking/confirm", **_form(visitor, bookable, form_key="known-to-a-stranger"))
    assert (answer.status_code, bookable.stored(), _people(site)) == (422, [], 0)


def test_a_time_that_was_taken_meanwhile_is_refused_and_nothing_typed_is_lost(
    site: DeskSite, bookable: Bookable, visitor: Visitor
) -> None:
    form = _form(
        visitor, bookable, for_whom="other", behalf_who="邻居老李", behalf_relation="邻居", behalf_consent="问过了"
    )
    bookable.appointment(site.person(), TUESDAY)
    before = _people(site)
    answer = visitor.post("/booking/confirm", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "邻居老李" in page
    assert 'id="for_whom-error"' in page
    assert (len(bookable.stored()), _people(site)) == (1, before)


def test_two_people_at_once_do_not_get_one_time(
    site: DeskSite, bookable: Bookable, create_visitor: Callable[[], Visitor]
) -> None:
    visitors = [create_visitor() for _ in range(4)]
    forms = [_form(one, bookable) for one in visitors]
    results: list[Any] = at_once(
        *[lambda pair=pair: pair[0].post("/booking/confirm", **pair[1]) for pair in zip(visitors, forms, strict=True)]
    )
    assert sorted(one.status_code for one in results) == [303, 422, 422, 422]
    assert len(bookable.stored()) == 1


def test_for_somebody_else_their_own_record_is_made_and_this_browser_stays_outside(
    site: DeskSite, bookable: Bookable, visitor: Visitor
) -> None:
    missing = visitor.post("/booking/confirm", **_form(visitor, bookable, for_whom="other", behalf_who="女儿"))
    assert missing.status_code == 422
    assert 'id="behalf_relation-error"' in missing.get_data(as_text=True)
    whole = {"behalf_who": "女儿", "behalf_relation": "女儿", "behalf_consent": "妈妈说可以"}
    answer = visitor.post("/booking/confirm", **_form(visitor, bookable, for_whom="other", **whole))
    assert answer.status_code == 303
    assert bookable.stored()[0].behalf_who == "女儿"
    assert visitor.get("/chat").status_code == 303


def test_a_person_who_is_inside_books_for_themselves(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    visitor.begins()
    answer = visitor.post("/booking/confirm", **_form(visitor, bookable))
    assert answer.status_code == 303
    assert _people(site) == 1
    assert 'id="code-shown"' not in visitor.text(answer.headers["Location"])


@pytest.mark.parametrize("query", ["", "?at=x", "?service=77&at=20260303T0100Z", "?service=1"])
def test_an_address_without_a_time_leads_back_to_the_choice(bookable: Bookable, visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"/booking/confirm{query}")
    assert answer.status_code in (200, 303)
    if answer.status_code == 303:
        assert answer.headers["Location"].startswith("/booking")


def test_own_appointment_is_moved_and_cancelled_by_its_link_alone(
    site: DeskSite, bookable: Bookable, visitor: Visitor
) -> None:
    decoy = bookable.appointment(site.person(), at(3, 11))
    token = _link(site, bookable.appointment(site.person(), TUESDAY))
    page = visitor.text(f"/appointments/{token}/move")
    assert stamp(at(4, 9)) in page
    assert stamp(at(3, 11)) not in page
    assert visitor.post(f"/appointments/{token}/move", at=stamp(at(4, 9))).status_code == 303
    assert bookable.stored()[1].starts_at == at(4, 9)
    for _ in range(2):
        assert visitor.post(f"/appointments/{token}/cancel").status_code == 303
    assert [row.state for row in bookable.stored()] == [AppointmentState.BOOKED, AppointmentState.CANCELLED_BY_PERSON]
    assert bookable.stored()[0].id == decoy


@pytest.mark.parametrize("value", ["", "x", "20260303T0100", "20260308T0100Z", "20200101T0000Z"])
def test_a_move_that_cannot_be_keeps_the_old_time(
    site: DeskSite, bookable: Bookable, visitor: Visitor, value: str
) -> None:
    token = _link(site, bookable.appointment(site.person(), TUESDAY))
    answer = visitor.post(f"/appointments/{token}/move", at=value)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert bookable.stored()[0].starts_at == TUESDAY


def test_too_close_to_the_start_the_page_says_whom_to_ask(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    token = _link(site, bookable.appointment(site.person(), TUESDAY))
    site.clock.moment = TUESDAY - timedelta(hours=11, minutes=59)
    visitor.post("/language", language="en")
    assert "It is too close now" in visitor.text(f"/appointments/{token}")
    for path in ("cancel", "move"):
        assert visitor.post(f"/appointments/{token}/{path}", at=stamp(at(4, 9))).status_code == 422
    assert bookable.stored()[0].state is AppointmentState.BOOKED


@pytest.mark.parametrize("path", ["", "/move"])
@pytest.mark.parametrize("token", ["forged", "a" * 500, "%00", "offers"])
def test_a_forged_link_leads_nowhere(bookable: Bookable, visitor: Visitor, token: str, path: str) -> None:
    assert visitor.get(f"/appointments/{token}{path}").status_code == 404
    assert visitor.post(f"/appointments/{token}/cancel").status_code == 404
    assert visitor.get(f"/appointments/offers/{token}").status_code == 404


def test_no_name_and_no_worry_stands_in_an_address(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    page = visitor.text(f"/booking?service={bookable.service_id}&mode=online")
    links = re.findall(r'href="(/booking[^"]*)"', page)
    assert links
    assert not [link for link in links if "Colleague" in link or "talk" in link.lower()]


def _offer(site: DeskSite, bookable: Bookable, conversation_person: int) -> tuple[int, str]:
    """Put the person on the list and offer them Tuesday; return the offer and its token."""
    tokens: list[str] = []
    with site.work() as session, pytest.MonkeyPatch.context() as patch:
        real = appointment_links.new_token
        patch.setattr(appointment_links, "new_token", lambda: tokens.append(real()) or tokens[-1])
        service = session.get_one(Service, bookable.service_id)
        waiting_list.ask(
            session=session,
            actor=None,
            beneficiary=session.get_one(Beneficiary, conversation_person),
            service=service,
            now=site.clock(),
        )
        made = waiting_offers.offer(
            session=session,
            freed=waiting_offers.Freed(service, 1, Mode.ONLINE, TUESDAY),
            secret=site.settings.secret_key,
            now=site.clock(),
        )
        assert made is not None
        return made.id, tokens[-1]


@pytest.mark.parametrize(
    ("answer", "state", "count"), [("accept", OfferState.TAKEN, 1), ("decline", OfferState.DECLINED, 0)]
)
def test_an_offer_is_answered_by_its_link(
    site: DeskSite, bookable: Bookable, visitor: Visitor, answer: str, state: OfferState, count: int
) -> None:
    number, token = _offer(site, bookable, site.conversation(site.person()).beneficiary_id)
    assert broken_rules(visitor.text(f"/appointments/offers/{token}"), "zh-CN") == []
    for _ in range(2):
        assert visitor.post(f"/appointments/offers/{token}/{answer}").status_code == 303
    with site.look() as session:
        assert session.get_one(WaitingOffer, number).state is state
    assert len(bookable.stored()) == count


def test_an_offer_that_ran_out_is_refused_in_words(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    _number, token = _offer(site, bookable, site.conversation(site.person()).beneficiary_id)
    site.clock.moment = TUESDAY
    assert visitor.post(f"/appointments/offers/{token}/accept").status_code == 422
    assert bookable.stored() == []


def test_somebody_joins_the_waiting_list_once_sees_their_offer_and_leaves(
    site: DeskSite, bookable: Bookable, visitor: Visitor, create_visitor: Callable[[], Visitor]
) -> None:
    page = visitor.text("/booking/waiting-list/join")
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page)
    assert key is not None
    form = {"form_key": key.group(1), "service": str(bookable.service_id), "mode": "", "part_of_day": "any"}
    bad = visitor.post("/booking/waiting-list/join", **form, until_day="2026-03-01")
    assert bad.status_code == 422
    assert 'id="until_day-error"' in bad.get_data(as_text=True)
    for _ in range(2):
        assert visitor.post("/booking/waiting-list/join", **form).status_code == 303
    with site.look() as session:
        (wish,) = session.query(WaitingWish).all()
        wish_id, person = wish.id, wish.beneficiary_id
    assert 'id="code-shown"' in visitor.text("/booking/waiting-list")
    stranger = create_visitor()
    stranger.begins()
    stranger.post("/booking/waiting-list/leave", wish=str(wish_id))
    assert f'value="{wish_id}"' in visitor.text("/booking/waiting-list")
    with site.work() as session:
        made = waiting_offers.offer(
            session=session,
            freed=waiting_offers.Freed(session.get_one(Service, bookable.service_id), 1, Mode.ONLINE, TUESDAY),
            secret="x",
            now=site.clock(),
        )
        assert made is not None
        offer_id = made.id
    stranger.post("/booking/waiting-list/offers", offer=str(offer_id), answer="yes")
    assert bookable.stored() == []
    visitor.post("/booking/waiting-list/offers", offer=str(offer_id), answer="yes")
    assert [row.beneficiary_id for row in bookable.stored()] == [person]


def test_a_counselor_who_left_cannot_be_booked_any_more(site: DeskSite, bookable: Bookable, visitor: Visitor) -> None:
    form = _form(visitor, bookable)
    with site.work() as session:
        bookable.member(session, bookable.counselors[0]).active = False
    assert visitor.post("/booking/confirm", **form).status_code == 422
    assert "staff=1" not in visitor.text(f"/booking?service={bookable.service_id}&mode=online")


def test_whoever_had_a_counselor_who_left_moves_to_another_by_the_same_link(
    desk_site: DeskSite, bookable: Bookable, visitor: Visitor
) -> None:
    number = bookable.appointment(desk_site.person(), TUESDAY)
    token = _link(desk_site, number)
    with desk_site.work() as session:
        left = session.get_one(Appointment, number).staff
        left.active = False
        gone = left.id
    other = at(4, 10)
    assert stamp(other) in visitor.text(f"/appointments/{token}/move")
    assert visitor.post(f"/appointments/{token}/move", at=stamp(other)).status_code == 303
    with desk_site.look() as session:
        row = session.get_one(Appointment, number)
        assert row.starts_at == other
        assert row.staff_id != gone
        assert row.is_open
