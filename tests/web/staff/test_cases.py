"""A crisis case at the desk: taken by one, raised by a person, closed by the rules."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import select

from care import intakes, kept_away, transcript
from models.crises import CrisisCase
from models.kept_away import KeptWhy
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import Browser, DeskSite
from triage.levels import Level

NOT_ASKED = {"unchecked": "not_reached"}


def test_of_two_officers_in_the_same_moment_exactly_one_takes_the_case(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person())
    decoy = desk_site.case(desk_site.person())
    browsers = [desk_site.signed_in(RoleName.DUTY_OFFICER) for _ in range(4)]
    tokens = [browser.token() for browser in browsers]
    gate, answers = threading.Barrier(len(browsers)), [0] * len(browsers)

    def press(number: int) -> None:
        gate.wait()
        answers[number] = (
            browsers[number]
            .client.post(
                f"/staff/cases/{case_id}/acknowledge",
                headers={"X-CSRFToken": tokens[number], "Accept": "application/json"},
            )
            .status_code
        )

    threads = [threading.Thread(target=press, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409]
    assert desk_site.stored_case(case_id).acknowledged_by_id == answers.index(200) + 1
    assert desk_site.stored_case(decoy).acknowledged_by_id is None


def test_pressing_twice_is_as_good_as_once(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person()), desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert browser.post(f"/staff/cases/{case_id}/acknowledge", as_json=True).status_code == 200
    assert browser.post(f"/staff/cases/{case_id}/acknowledge", as_json=True).status_code == 200
    assert desk_site.traces("crisis.acknowledge") == [case_id]


def test_second_officer_reads_in_words_that_it_is_taken(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person())
    desk_site.signed_in(RoleName.DUTY_OFFICER).post(f"/staff/cases/{case_id}/acknowledge")
    second = desk_site.signed_in(RoleName.COUNSELOR)
    assert second.post(f"/staff/cases/{case_id}/acknowledge").status_code == 303
    assert "already taken this case" in second.get(f"/staff/cases/{case_id}").get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/staff/cases/4711", "/staff/cases/99999999999999999999", "/staff/cases/-1", "/staff/cases/1%20or%201"]
)
def test_forged_number_of_a_case_finds_nothing(desk_site: DeskSite, path: str) -> None:
    assert desk_site.signed_in(RoleName.DUTY_OFFICER).get(path).status_code == 404


@pytest.mark.parametrize("act", ["acknowledge", "close", "raise"])
def test_forged_number_changes_nothing(desk_site: DeskSite, act: str) -> None:
    case_id, browser = desk_site.case(desk_site.person()), desk_site.signed_in(RoleName.SUPERVISOR)
    data = {"reason": "spoken with", "level": "emergency", "why": "staff_words"}
    assert browser.post(f"/staff/cases/4711/{act}", data).status_code == 404
    case = desk_site.stored_case(case_id)
    assert (case.acknowledged_at, case.closed_at, case.closing_reason, case.level.value) == (None, None, None, "red")


def test_opening_a_case_leaves_a_trace(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person()), desk_site.signed_in(RoleName.COUNSELOR)
    desk_site.case(desk_site.person())
    browser.get(f"/staff/cases/{case_id}")
    assert desk_site.traces("case.see") == [case_id]


def test_low_case_is_closed_by_one_person_with_a_reason(desk_site: DeskSite) -> None:
    case_id, decoy = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.case(desk_site.person(), Level.ORANGE)
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    empty = browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "   "})
    assert empty.status_code == 422
    assert "Please write the reason first." in empty.get_data(as_text=True)
    assert desk_site.stored_case(case_id).closed_at is None
    browser.post(
        f"/staff/cases/{case_id}/close",
        {**desk_site.seen(case_id), "reason": "Spoke with her; safe tonight.", **NOT_ASKED},
    )
    assert desk_site.stored_case(case_id).closed_at is not None
    assert desk_site.stored_case(decoy).closed_at is None


def test_top_levels_need_a_second_reader(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.RED)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    first.post(
        f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "Her sister is with her.", **NOT_ASKED}
    )
    first.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "I say it again.", **NOT_ASKED})
    assert desk_site.stored_case(case_id).closed_at is None
    page = second.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert "I have read it and close the case" in page
    assert "I have read it and close the case" not in first.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    second.post(f"/staff/cases/{case_id}/close", desk_site.seen(case_id))
    closed = desk_site.stored_case(case_id)
    assert closed.closed_at is not None
    assert closed.second_reader_id != closed.closed_by_id


def test_reason_that_was_refused_is_still_in_its_field(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.signed_in(RoleName.COUNSELOR)
    long = "a" * 1999 + " end of a long reason"
    page = browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": long}).get_data(
        as_text=True
    )
    assert "end of a long reason" in page


def test_closed_case_cannot_be_closed_taken_or_raised_again(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.signed_in(RoleName.COUNSELOR)
    browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "Safe.", **NOT_ASKED})
    closed_at = desk_site.stored_case(case_id).closed_at
    assert browser.post(f"/staff/cases/{case_id}/acknowledge", as_json=True).status_code == 409
    assert (
        browser.post(f"/staff/cases/{case_id}/close", {**desk_site.seen(case_id), "reason": "Again."}).status_code
        == 422
    )
    raised = browser.post(f"/staff/cases/{case_id}/raise", {"level": "red", "why": "staff_words"}, as_json=True)
    assert raised.status_code == 409
    assert desk_site.stored_case(case_id).closed_at == closed_at
    with desk_site.look() as session:
        assert len(session.scalars(select(CrisisCase)).all()) == 1


def test_person_raises_a_level_and_its_clock_starts_again(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.YELLOW), desk_site.signed_in(RoleName.DUTY_OFFICER)
    browser.post(f"/staff/cases/{case_id}/acknowledge")
    desk_site.clock.advance(minutes=7)
    browser.post(f"/staff/cases/{case_id}/raise", {"level": "red", "why": "staff_judgement"})
    case = desk_site.stored_case(case_id)
    assert (case.level.value, case.raised_at, case.acknowledged_at) == ("red", desk_site.clock(), None)


@pytest.mark.parametrize("level", ["yellow", "green", "blue", "nonsense", ""])
def test_level_is_never_lowered_or_kept_by_raising(desk_site: DeskSite, level: str) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.YELLOW), desk_site.signed_in(RoleName.DUTY_OFFICER)
    answer = browser.post(f"/staff/cases/{case_id}/raise", {"level": level, "why": "staff_words"})
    assert answer.status_code == 422
    assert desk_site.stored_case(case_id).level.value == "yellow"


def _with_contact(site: DeskSite) -> tuple[int, int]:
    conversation_id = site.person()
    with site.work() as session:
        conversation = transcript.locked(session=session, conversation_id=conversation_id)
        contact = {"name": "周大姐", "phone": "010 5550 0142", "relation": "姐姐"}
        intakes.update(
            session=session, conversation=conversation, fields={"emergency_contact": contact}, now=site.clock()
        )
        beneficiary_id = conversation.beneficiary_id
    return site.case(conversation_id), beneficiary_id


def test_emergency_contact_is_hidden_until_somebody_asks_and_the_look_is_recorded(desk_site: DeskSite) -> None:
    case_id, beneficiary_id = _with_contact(desk_site)
    browser: Browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert "5550" not in browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert desk_site.traces("emergency_contact.see") == []
    page = browser.post(f"/staff/beneficiaries/{beneficiary_id}/emergency-contact").get_data(as_text=True)
    assert "010 5550 0142" in page
    assert desk_site.traces("emergency_contact.see") == [beneficiary_id]


def test_case_page_shows_every_hop_with_its_seconds(desk_site: DeskSite) -> None:
    from care import crises

    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    case_id = desk_site.case(desk_site.person())
    desk_site.clock.advance(seconds=181)
    with desk_site.work() as session:
        assert crises.climb_if_due(session=session, case_id=case_id, now=desk_site.clock())
    browser = desk_site.browser()
    browser.sign_in(officer)
    page = browser.get(f"/staff/cases/{case_id}").get_data(as_text=True)
    assert ">181<" in page
    assert "Nobody on the roster" in page


def _hidden(page: str, place: str) -> str:
    found = re.search(rf'<input id="seen-{place}" name="seen_flag_id" type="hidden" value="(\d+)">', page)
    assert found is not None
    return found.group(1)


def test_flag_that_came_while_the_page_was_open_is_shown_and_what_was_typed_stays(desk_site: DeskSite) -> None:
    person = desk_site.person()
    case_id, browser = desk_site.case(person, Level.ORANGE), desk_site.signed_in(RoleName.COUNSELOR)
    page = browser.get(f"/staff/cases/{case_id}").text
    assert "Not seen yet" not in page
    for act, more in (("closing", NOT_ASKED), ("lowering", {"level": "yellow"})):
        path = f"/staff/cases/{case_id}/{'close' if act == 'closing' else 'lower'}"
        form = {"seen_flag_id": _hidden(page, act), "reason": f"Her sister is there ({act}).", **more}
        desk_site.case(person, Level.ORANGE, "self_harm_seen")
        # Another slip does not let the newer flag pass as read.
        if act == "closing":
            slip = browser.post(path, form | {"reason": "a" * 2001}).text
            assert _hidden(slip, act) == form["seen_flag_id"]
        answer = browser.post(path, form)
        assert answer.status_code == 422
        assert "there has been a new sign of danger" in answer.text
        assert form["reason"] in answer.text
        assert answer.text.count("Not seen yet") == 1
        assert _hidden(answer.text, act) == desk_site.seen(case_id)["seen_flag_id"] != form["seen_flag_id"]
        page = answer.text
    case = desk_site.stored_case(case_id)
    assert (case.closed_at, case.level.value) == (None, "orange")
    form = {"seen_flag_id": _hidden(page, "lowering"), "reason": "Read it; she is safe.", "level": "yellow"}
    assert browser.post(f"/staff/cases/{case_id}/lower", form).status_code == 303
    form = {"seen_flag_id": _hidden(page, "closing"), "reason": "Read it; she is safe.", **NOT_ASKED}
    assert browser.post(f"/staff/cases/{case_id}/close", form).status_code == 303


def test_second_reader_presses_with_what_the_page_had_shown(desk_site: DeskSite) -> None:
    person = desk_site.person()
    case_id = desk_site.case(person, Level.RED)
    first, second = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    words = {"reason": "In hospital.", **NOT_ASKED}
    first.post(f"/staff/cases/{case_id}/close", desk_site.seen(case_id) | words)
    older = {"seen_flag_id": _hidden(second.get(f"/staff/cases/{case_id}").text, "confirming")}
    desk_site.case(person, Level.RED)
    first.post(f"/staff/cases/{case_id}/close", desk_site.seen(case_id) | words)
    late = second.post(f"/staff/cases/{case_id}/close", older)
    assert late.status_code == 422
    assert "there has been a new sign of danger" in late.text
    assert desk_site.stored_case(case_id).closed_at is None
    pressed = {"seen_flag_id": _hidden(late.text, "confirming")}
    assert second.post(f"/staff/cases/{case_id}/close", pressed).status_code == 303
    assert desk_site.stored_case(case_id).closed_at is not None


@pytest.mark.parametrize("seen", [{}, *({"seen_flag_id": one} for one in ("", "0", "-1", "１", "1 or 1", "9" * 40))])
def test_page_that_does_not_say_what_it_knew_closes_and_lowers_nothing(
    desk_site: DeskSite, seen: dict[str, str]
) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.signed_in(RoleName.COUNSELOR)
    for act, more in (("close", NOT_ASKED), ("lower", {"level": "yellow"})):
        form = {**seen, "reason": "Safe.", **more}
        assert browser.post(f"/staff/cases/{case_id}/{act}", form).status_code == 422
        answer = browser.post(f"/staff/cases/{case_id}/{act}", form, as_json=True)
        assert (answer.status_code, answer.get_json()["error"]) == (409, "new_flag_arrived")
    case = desk_site.stored_case(case_id)
    assert (case.closed_at, case.level.value) == (None, "orange")


def test_a_script_that_closes_or_lowers_is_answered_in_its_own_language(desk_site: DeskSite) -> None:
    case_id, browser = desk_site.case(desk_site.person(), Level.ORANGE), desk_site.signed_in(RoleName.COUNSELOR)
    close, lower = (f"/staff/cases/{case_id}/{act}" for act in ("close", "lower"))
    long = browser.post(close, {**desk_site.seen(case_id), "reason": "a" * 2001}, as_json=True)
    assert (long.status_code, set(long.get_json()["fields"])) == (422, {"reason"})
    unchecked = browser.post(close, {**desk_site.seen(case_id), "reason": "Safe."}, as_json=True)
    assert (unchecked.status_code, unchecked.get_json()["error"]) == (409, "risk_check_missing")
    higher = browser.post(lower, {**desk_site.seen(case_id), "level": "red", "reason": "x"}, as_json=True)
    assert (higher.status_code, higher.get_json()["error"]) == (409, "not_lower")
    done = browser.post(lower, {**desk_site.seen(case_id), "level": "yellow", "reason": "x"}, as_json=True)
    assert (done.status_code, done.get_json()) == (200, {"ok": True, "lower": True})
    form = {**desk_site.seen(case_id), "reason": "Safe.", **NOT_ASKED}
    assert browser.post(close, form, as_json=True).get_json() == {"ok": True, "closed": True}
    again = browser.post(close, form, as_json=True)
    assert (again.status_code, again.get_json()["error"]) == (409, "case_closed")


def test_whom_a_case_may_mean_does_not_open_it_until_a_lead_lets_them_back(desk_site: DeskSite) -> None:
    case_id = desk_site.case(desk_site.person(), Level.ORANGE)
    meant, lead = desk_site.signed_in(RoleName.COUNSELOR), desk_site.signed_in(RoleName.SUPERVISOR)
    decoy = desk_site.case(desk_site.person(), Level.ORANGE)
    with desk_site.work() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.roles.any(name="counselor"))).one()
        staff_id, name = member.id, member.display_name
        kept_away.add(
            session=session,
            case=session.get_one(CrisisCase, case_id),
            staff_ids=[staff_id],
            why=KeptWhy.REPORT,
            now=desk_site.clock(),
        )
    assert meant.get(f"/staff/cases/{case_id}").status_code == 409
    assert meant.post(f"/staff/cases/{case_id}/acknowledge", as_json=True).get_json()["error"] == "kept_away"
    assert meant.get(f"/staff/cases/{decoy}").status_code == 200
    let_back = f"/staff/cases/{case_id}/let-back/{staff_id}"
    assert meant.post(let_back, {"words": "It is not me."}).status_code == 403
    page = lead.get(f"/staff/cases/{case_id}").text
    assert "Colleagues whom the alarm passes by" in page
    assert name in page
    assert let_back in page
    assert lead.post(let_back, {"words": ""}).status_code == 422
    assert lead.post(let_back, {"words": "A neighbour of the same name."}).status_code == 303
    assert let_back not in lead.get(f"/staff/cases/{case_id}").text
    assert meant.get(f"/staff/cases/{case_id}").status_code == 200
