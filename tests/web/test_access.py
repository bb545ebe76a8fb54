"""The permission table holds: every endpoint, every role, and those who are not signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite, running_site
from web.common import access as access_module
from web.common.access import ROLES, Access, access, check_declarations, declared

# Who may do what at the desk, written a second time by hand: a view that asks for another right must say so here.
DESK_RIGHTS = {
    "staff.give_case_review": Access.SEE_CLOCKS,
    "staff.write_case_review": Access.REVIEW_CASES,
    "staff.case_review": Access.REVIEW_CASES,
    "staff.case_reviews": Access.REVIEW_CASES,
    "staff.set_drill_hours": Access.RUN_DRILLS,
    "staff.stop_drill": Access.RUN_DRILLS,
    "staff.begin_drill": Access.RUN_DRILLS,
    "staff.drills": Access.RUN_DRILLS,
    "staff.clock_report_file": Access.SEE_CLOCKS,
    "staff.clock_report": Access.SEE_CLOCKS,
    "staff.wallboard_stream": Access.SEE_QUEUE,
    "staff.wallboard_state": Access.SEE_QUEUE,
    "staff.wallboard": Access.SEE_QUEUE,
    "staff.accept_transfer": Access.TAKE_OVER,
    "staff.add_suggested_replies": Access.WRITE,
    "staff.approve_reply": Access.REVIEW_REPLIES,
    "staff.canned_replies_page": Access.SEE_CONVERSATION,
    "staff.chat_caps_page": Access.SET_CHAT_CAPS,
    "staff.decline_transfer": Access.TAKE_OVER,
    "staff.desk_handover": Access.CHECK_IN,
    "staff.edit_reply": Access.WRITE,
    "staff.new_reply": Access.WRITE,
    "staff.offer_transfer": Access.WRITE,
    "staff.ratings_page": Access.SEE_RATINGS,
    "staff.read_rating_words": Access.SEE_RATINGS,
    "staff.retire_reply": Access.REVIEW_REPLIES,
    "staff.set_chat_cap": Access.SET_CHAT_CAPS,
    "staff.take_handover": Access.CHECK_IN,
    "staff.unwatch_conversation": Access.WATCH,
    "staff.watch_conversation": Access.WATCH,
    "staff.whisper": Access.WHISPER,
    "staff.withdraw_transfer": Access.WRITE,
    "staff.write_handover": Access.CHECK_IN,
    "staff.write_note_beside": Access.WRITE,
    "staff.watch": Access.SEE_QUEUE,
    "staff.answer_together": Access.FILL_IN_TOGETHER,
    "staff.begin_together": Access.FILL_IN_TOGETHER,
    "staff.end_together": Access.FILL_IN_TOGETHER,
    "staff.paper_together": Access.FILL_IN_TOGETHER,
    "staff.sitting": Access.FILL_IN_TOGETHER,
    "staff.together": Access.FILL_IN_TOGETHER,
    "staff.bot_misses": Access.TEACH_BOT,
    "staff.gather_bot_misses": Access.TEACH_BOT,
    "staff.show_teaching_command": Access.TEACH_BOT,
    "staff.answer_voice": Access.ANSWER_VOICES,
    "staff.give_voice": Access.ANSWER_VOICES,
    "staff.name_voice_subject": Access.ANSWER_VOICES,
    "staff.voice": Access.ANSWER_VOICES,
    "staff.voice_months": Access.ANSWER_VOICES,
    "staff.voices": Access.ANSWER_VOICES,
    "staff.send_worry": Access.REPORT_WORRY,
    "staff.begin_block": Access.BLOCK,
    "staff.block": Access.BLOCK,
    "staff.blocks_list": Access.BLOCK,
    "staff.break_glass": Access.BREAK_GLASS,
    "staff.close_glass": Access.BREAK_GLASS,
    "staff.confirm_change": Access.CLOSE_CASE,
    "staff.contact_plan": Access.SEE_CASE,
    "staff.contact_plans_list": Access.SEE_CASE,
    "staff.decline_change": Access.CLOSE_CASE,
    "staff.glass": Access.REVIEW_GLASS,
    "staff.let_back": Access.KEEP_AWAY,
    "staff.lift_block": Access.BLOCK,
    "staff.lower_level": Access.CLOSE_CASE,
    "staff.review_glass": Access.REVIEW_GLASS,
    "staff.write_contact_plan": Access.ACKNOWLEDGE_CASE,
    "staff.worried": Access.REPORT_WORRY,
    "staff.worry_called": Access.ACKNOWLEDGE_CASE,
    "staff.worry_named": Access.ACKNOWLEDGE_CASE,
    "staff.accept_swap": Access.CHECK_IN,
    "staff.account": Access.SIGNED_IN,
    "staff.acknowledge": Access.ACKNOWLEDGE_CASE,
    "staff.add_contact": Access.SIGNED_IN,
    "staff.add_exception": Access.PLAN_HOURS,
    "staff.add_person": Access.MANAGE_STAFF,
    "staff.add_plan": Access.PLAN_HOURS,
    "staff.add_room": Access.MANAGE_ROOMS,
    "staff.add_service": Access.MANAGE_SERVICES,
    "staff.add_slot": Access.PLAN_DUTY,
    "staff.add_station": Access.MANAGE_ROOMS,
    "staff.add_turn": Access.PLAN_DUTY,
    "staff.amend_note": Access.WRITE_NOTES,
    "staff.application": Access.DECIDE_APPLICATIONS,
    "staff.applications": Access.DECIDE_APPLICATIONS,
    "staff.appointment": Access.SEE_APPOINTMENTS,
    "staff.approve_application": Access.DECIDE_APPLICATIONS,
    "staff.approve_leave": Access.DECIDE_LEAVE,
    "staff.approve_swap": Access.PLAN_DUTY,
    "staff.ask_leave": Access.SIGNED_IN,
    "staff.assign_case": Access.ASSIGN_CASES,
    "staff.begin_appointment_note": Access.WRITE_NOTES,
    "staff.begin_note": Access.WRITE_NOTES,
    "staff.book": Access.BOOK,
    "staff.book_for": Access.BOOK,
    "staff.calendar": Access.SEE_APPOINTMENTS,
    "staff.calendar_feed": Access.SEE_APPOINTMENTS,
    "staff.calendar_file": Access.ANYONE,
    "staff.make_calendar_feed": Access.SEE_APPOINTMENTS,
    "staff.new_safety_plan": Access.ACKNOWLEDGE_CASE,
    "staff.revoke_calendar_feed": Access.SEE_APPOINTMENTS,
    "staff.cancel_appointment": Access.CHANGE_APPOINTMENTS,
    "staff.cancel_leave": Access.SIGNED_IN,
    "staff.case": Access.SEE_CASE,
    "staff.caseload": Access.SEE_CASELOAD,
    "staff.certificates": Access.CONFIRM_QUALIFICATIONS,
    "staff.change_language": Access.SIGNED_IN,
    "staff.change_password": Access.SIGNED_IN,
    "staff.change_roles": Access.MANAGE_STAFF,
    "staff.change_service": Access.MANAGE_SERVICES,
    "staff.chat_code": Access.TAKE_SHIFTS,
    "staff.check_application": Access.DECIDE_APPLICATIONS,
    "staff.check_in": Access.CHECK_IN,
    "staff.check_out": Access.CHECK_IN,
    "staff.close_case": Access.CLOSE_CASE,
    "staff.close_conversation": Access.CLOSE_CONVERSATION,
    "staff.complete_appointment": Access.CHANGE_APPOINTMENTS,
    "staff.confirm_booking": Access.BOOK,
    "staff.confirm_certificate": Access.CONFIRM_QUALIFICATIONS,
    "staff.confirm_contact": Access.SIGNED_IN,
    "staff.conversation": Access.SEE_CONVERSATION,
    "staff.conversation_stream": Access.SEE_CONVERSATION,
    "staff.countersign_note": Access.COUNTERSIGN_NOTES,
    "staff.deactivate": Access.MANAGE_STAFF,
    "staff.decline_application": Access.DECIDE_APPLICATIONS,
    "staff.decline_leave": Access.DECIDE_LEAVE,
    "staff.decline_swap": Access.CHECK_IN,
    "staff.decree_day": Access.MANAGE_SERVICES,
    "staff.discard_note_draft": Access.WRITE_NOTES,
    "staff.duty": Access.SEE_DUTY,
    "staff.duty_fill": Access.PLAN_DUTY,
    "staff.duty_pattern": Access.PLAN_DUTY,
    "staff.duty_swaps_page": Access.SEE_DUTY,
    "staff.edit_person": Access.MANAGE_STAFF,
    "staff.edit_room": Access.MANAGE_ROOMS,
    "staff.edit_station": Access.MANAGE_ROOMS,
    "staff.emergency_contact": Access.SEE_CASE,
    "staff.check_contact": Access.ACKNOWLEDGE_CASE,
    "staff.keep_away": Access.ACKNOWLEDGE_CASE,
    "staff.end_case": Access.ASSIGN_CASES,
    "staff.end_plan": Access.PLAN_HOURS,
    "staff.ask_report": Access.ACKNOWLEDGE_CASE,
    "staff.begin_step": Access.ACKNOWLEDGE_CASE,
    "staff.case_duty": Access.ACKNOWLEDGE_CASE,
    "staff.end_step": Access.ACKNOWLEDGE_CASE,
    "staff.new_step": Access.ACKNOWLEDGE_CASE,
    "staff.read_step": Access.READ_STEPS,
    "staff.refuse_duty": Access.ACKNOWLEDGE_CASE,
    "staff.settle_duty": Access.ACKNOWLEDGE_CASE,
    "staff.step": Access.ACKNOWLEDGE_CASE,
    "staff.take_step": Access.ACKNOWLEDGE_CASE,
    "staff.wait_for_step": Access.ACKNOWLEDGE_CASE,
    "staff.follow_up": Access.KEEP_FOLLOW_UPS,
    "staff.follow_ups_list": Access.KEEP_FOLLOW_UPS,
    "staff.move_follow_up": Access.KEEP_FOLLOW_UPS,
    "staff.record_not_reached": Access.KEEP_FOLLOW_UPS,
    "staff.record_reached": Access.KEEP_FOLLOW_UPS,
    "staff.waive_follow_up": Access.KEEP_FOLLOW_UPS,
    "staff.find_person": Access.SEE_NOTES,
    "staff.group_session": Access.SEE_APPOINTMENTS,
    "staff.group_sessions": Access.SEE_APPOINTMENTS,
    "staff.hand_back": Access.HAND_BACK,
    "staff.hand_in_certificate": Access.SIGNED_IN,
    "staff.hand_over_case": Access.ASSIGN_CASES,
    "staff.home": Access.SIGNED_IN,
    "staff.invite_to_questions": Access.WRITE_NOTES,
    "staff.language": Access.ANYONE,
    "staff.leave": Access.SIGNED_IN,
    "staff.leaving": Access.MANAGE_STAFF,
    "staff.hand_over_bookings": Access.MANAGE_STAFF,
    "staff.left_behind": Access.SEE_PEOPLE,
    "staff.link_appointment": Access.BOOK,
    "staff.messages": Access.SEE_CONVERSATION,
    "staff.move_appointment": Access.CHANGE_APPOINTMENTS,
    "staff.move_day": Access.MANAGE_SERVICES,
    "staff.my_day": Access.SIGNED_IN,
    "staff.my_hours": Access.PLAN_HOURS,
    "staff.my_notices": Access.SIGNED_IN,
    "staff.new_password": Access.MANAGE_STAFF,
    "staff.new_person": Access.MANAGE_STAFF,
    "staff.new_service": Access.MANAGE_SERVICES,
    "staff.no_show_appointment": Access.CHANGE_APPOINTMENTS,
    "staff.note_draft": Access.WRITE_NOTES,
    "staff.notes_to_countersign": Access.COUNTERSIGN_NOTES,
    "staff.notices_sent": Access.SEE_OPERATIONS,
    "staff.offer_turn": Access.CHECK_IN,
    "staff.own_certificates": Access.SIGNED_IN,
    "staff.pause_contact": Access.SIGNED_IN,
    "staff.people": Access.SEE_PEOPLE,
    "staff.person": Access.SEE_PEOPLE,
    "staff.person_notes": Access.SEE_NOTES,
    "staff.put_week": Access.PLAN_DUTY,
    "staff.queue_state": Access.SEE_QUEUE,
    "staff.queue_stream": Access.SEE_QUEUE,
    "staff.raise_level": Access.ACKNOWLEDGE_CASE,
    "staff.reactivate": Access.MANAGE_STAFF,
    "staff.record_certificate": Access.CONFIRM_QUALIFICATIONS,
    "staff.refuse_swap": Access.PLAN_DUTY,
    "staff.remove_contact": Access.SIGNED_IN,
    "staff.remove_exception": Access.PLAN_HOURS,
    "staff.remove_plan": Access.PLAN_HOURS,
    "staff.remove_slot": Access.PLAN_DUTY,
    "staff.remove_turn": Access.PLAN_DUTY,
    "staff.resume_contact": Access.SIGNED_IN,
    "staff.risk_check": Access.ACKNOWLEDGE_CASE,
    "staff.safety_plan": Access.SEE_CASE,
    "staff.save_note_draft": Access.WRITE_NOTES,
    "staff.save_risk_check": Access.ACKNOWLEDGE_CASE,
    "staff.send_contact_code": Access.SIGNED_IN,
    "staff.service": Access.MANAGE_SERVICES,
    "staff.services_list": Access.MANAGE_SERVICES,
    "staff.set_supervisor": Access.MANAGE_STAFF,
    "staff.set_training_needs": Access.SET_TRAINING,
    "staff.sign_in": Access.ANYONE,
    "staff.sign_note": Access.WRITE_NOTES,
    "staff.sign_out": Access.SIGNED_IN,
    "staff.sign_risk_check": Access.ACKNOWLEDGE_CASE,
    "staff.special_days": Access.MANAGE_SERVICES,
    "staff.stations": Access.SEE_PEOPLE,
    "staff.take_over": Access.TAKE_OVER,
    "staff.clear_triage_sentence": Access.REVIEW_TRIAGE,
    "staff.mark_triage": Access.REVIEW_TRIAGE,
    "staff.new_triage_review": Access.REVIEW_TRIAGE,
    "staff.take_back_triage_sentence": Access.REVIEW_TRIAGE,
    "staff.triage_review": Access.REVIEW_TRIAGE,
    "staff.triage_reviews_list": Access.REVIEW_TRIAGE,
    "staff.withdraw_triage_review": Access.REVIEW_TRIAGE,
    "staff.training_needs": Access.SEE_PEOPLE,
    "staff.try_contact": Access.SIGNED_IN,
    "staff.waiting": Access.BOOK,
    "staff.add_to_waiting_list": Access.BOOK,
    "staff.take_off_waiting_list": Access.BOOK,
    "staff.plan_group": Access.CHANGE_APPOINTMENTS,
    "staff.cancel_group": Access.CHANGE_APPOINTMENTS,
    "staff.close_group": Access.CHANGE_APPOINTMENTS,
    "staff.cancel_series": Access.CHANGE_APPOINTMENTS,
    "staff.take_seat": Access.BOOK,
    "staff.give_seat_up": Access.BOOK,
    "staff.withdraw_application": Access.DECIDE_APPLICATIONS,
    "staff.withdraw_certificate": Access.CONFIRM_QUALIFICATIONS,
    "staff.withdraw_swap": Access.CHECK_IN,
    "staff.write": Access.WRITE,
    # Volunteer shifts.
    "staff.add_shift": Access.PLAN_SHIFTS,
    "staff.add_shift_template": Access.PLAN_SHIFTS,
    "staff.answer_cover": Access.TAKE_SHIFTS,
    "staff.answer_offer": Access.TAKE_SHIFTS,
    "staff.answer_swap": Access.TAKE_SHIFTS,
    "staff.approve_hours": Access.PLAN_SHIFTS,
    "staff.arrive": Access.TAKE_SHIFTS,
    "staff.ask_certificate": Access.TAKE_SHIFTS,
    "staff.ask_correction": Access.TAKE_SHIFTS,
    "staff.cancel_shift": Access.PLAN_SHIFTS,
    "staff.certificate_check": Access.ANYONE,
    "staff.certificate_page": Access.SEE_SHIFTS,
    "staff.check_certificate": Access.ANYONE,
    "staff.confirm_place": Access.TAKE_SHIFTS,
    "staff.decide_correction": Access.PLAN_SHIFTS,
    "staff.decide_swap": Access.PLAN_SHIFTS,
    "staff.depart": Access.TAKE_SHIFTS,
    "staff.hand_over": Access.TAKE_SHIFTS,
    "staff.issue_certificate": Access.CERTIFY_HOURS,
    "staff.leave_place": Access.TAKE_SHIFTS,
    "staff.my_shifts": Access.TAKE_SHIFTS,
    "staff.note_attendance": Access.PLAN_SHIFTS,
    "staff.offer_place": Access.TAKE_SHIFTS,
    "staff.publish_shifts": Access.PLAN_SHIFTS,
    "staff.put_on": Access.PLAN_SHIFTS,
    "staff.set_places": Access.PLAN_SHIFTS,
    "staff.shift": Access.SEE_SHIFTS,
    "staff.shift_approvals": Access.PLAN_SHIFTS,
    "staff.shift_board_week": Access.PLAN_SHIFTS,
    "staff.shift_code": Access.PLAN_SHIFTS,
    "staff.shift_hours": Access.TAKE_SHIFTS,
    "staff.shift_templates_page": Access.PLAN_SHIFTS,
    "staff.shifts_for_me": Access.SEE_SHIFTS,
    "staff.shifts_of_day": Access.SEE_SHIFTS,
    "staff.start_cover": Access.PLAN_SHIFTS,
    "staff.stop_cover": Access.PLAN_SHIFTS,
    "staff.stop_waiting": Access.TAKE_SHIFTS,
    "staff.switch_shift_template": Access.PLAN_SHIFTS,
    "staff.take_off": Access.PLAN_SHIFTS,
    "staff.take_place": Access.TAKE_SHIFTS,
    "staff.wait_for_place": Access.TAKE_SHIFTS,
    # Volunteer shifts.
    "staff.withdraw_hours_certificate": Access.CERTIFY_HOURS,
    "staff.write_safety_plan": Access.ACKNOWLEDGE_CASE,
}
BOT_AND_PERSON = {Access.BOT, Access.PERSON}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskSite]:
    with running_site(tmp_path_factory.mktemp("access")) as running:
        # One address asks for everything here, which is not what the throttle is about.
        running.app.config["RATELIMIT_ENABLED"] = False
        from web.common.throttle import limiter

        limiter.enabled = False
        yield running
        limiter.enabled = True


def _rules(app: Flask) -> list[Rule]:
    # Signing out comes last: it ends the session that the others need.
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "staff.sign_out", rule.endpoint))


def _path(app: Flask, rule: Rule) -> str:
    # A record that does not exist: only the guard is asked, and nothing is changed.
    values = {
        name: 987654 if rule._converters[name].__class__.__name__ != "UnicodeConverter" else "no-such"
        for name in rule.arguments
    }
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=_method(rule)))


def _method(rule: Rule) -> str:
    ours = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return "GET" if "GET" in ours else sorted(ours)[0]


def _ask(browser: Browser, app: Flask, rule: Rule, token: str) -> tuple[int, str]:
    answer = browser.client.open(_path(app, rule), method=_method(rule), headers={"X-CSRFToken": token})
    verdict = (answer.status_code, answer.headers.get("Location", ""))
    answer.close()
    return verdict


def _sent_to_the_door(verdict: tuple[int, str]) -> bool:
    return verdict[0] == 302 and "/staff/sign-in?next=" in verdict[1]


def _is_refused(verdict: tuple[int, str]) -> bool:
    return verdict[0] in (401, 403) or _sent_to_the_door(verdict)


def test_every_view_of_the_desk_asks_for_the_right_that_is_written_here(site: DeskSite) -> None:
    asked = {
        rule.endpoint: declared(site.app, rule.endpoint)
        for rule in _rules(site.app)
        if rule.endpoint.startswith("staff.")
    }
    assert asked == DESK_RIGHTS


def test_everything_of_the_bots_line_needs_the_token(site: DeskSite) -> None:
    asked = {declared(site.app, rule.endpoint) for rule in _rules(site.app) if rule.endpoint.startswith("api.")}
    assert asked == {Access.BOT}


@pytest.mark.parametrize("role", list(RoleName))
def test_each_role_reaches_what_the_table_gives_it_and_nothing_else(site: DeskSite, role: RoleName) -> None:
    browser = site.signed_in(role)
    token = browser.token()
    wrong = []
    for rule in _rules(site.app):
        right = declared(site.app, rule.endpoint)
        assert right is not None
        if right in BOT_AND_PERSON or right is Access.ANYONE:
            continue
        verdict = _ask(browser, site.app, rule, token)
        allowed = role in ROLES[right]
        if _is_refused(verdict) is allowed or (not allowed and verdict[0] != 403):
            wrong.append((rule.endpoint, right.value, verdict))
    assert wrong == []


def test_a_stranger_is_led_to_the_door_or_refused_everywhere_in_the_desk(site: DeskSite) -> None:
    browser = site.browser()
    token = browser.token()
    wrong = []
    for rule in _rules(site.app):
        right = declared(site.app, rule.endpoint)
        if right in BOT_AND_PERSON or right is Access.ANYONE:
            continue
        verdict = _ask(browser, site.app, rule, token)
        fits = _sent_to_the_door(verdict) if _method(rule) == "GET" else verdict[0] == 401
        if not fits:
            wrong.append((rule.endpoint, verdict))
    assert wrong == []


def test_script_of_a_stranger_gets_a_status_and_no_page(site: DeskSite) -> None:
    for path in ("/staff/queue/state", "/staff/conversations/1/messages"):
        answer = site.browser().json(path)
        assert (answer.status_code, answer.mimetype) == (401, "application/json")


@pytest.mark.parametrize("role", [None, RoleName.ADMIN])
def test_bots_line_opens_with_its_token_only(site: DeskSite, role: RoleName | None) -> None:
    browser = site.signed_in(role) if role else site.browser()
    for rule in _rules(site.app):
        if declared(site.app, rule.endpoint) is not Access.BOT:
            continue
        path, method = _path(site.app, rule), _method(rule)
        assert browser.client.open(path, method=method).status_code == 401, rule.endpoint
        wrong = {"Authorization": "Bearer token of somebody else"}
        assert browser.client.open(path, method=method, headers=wrong).status_code == 401
        right = {"Authorization": f"Bearer {site.settings.bot_token}"}
        assert browser.client.open(path, method=method, headers=right, json={}).status_code != 401


@pytest.mark.parametrize("role", [None, RoleName.ADMIN])
def test_a_persons_pages_need_the_key_of_their_own_browser(site: DeskSite, role: RoleName | None) -> None:
    browser = site.signed_in(role) if role else site.browser()
    token = browser.token()
    for rule in _rules(site.app):
        if declared(site.app, rule.endpoint) is not Access.PERSON:
            continue
        status, location = _ask(browser, site.app, rule, token)
        assert status == 401 or (status == 303 and "/resume" in location), rule.endpoint


def test_every_right_of_the_desk_is_given_to_somebody() -> None:
    for right in set(Access) - {Access.ANYONE} - BOT_AND_PERSON:
        assert ROLES[right], right


def test_those_who_do_not_do_counselling_never_read_a_chat_or_a_score() -> None:
    for right in (Access.SEE_CONVERSATION, Access.SEE_CASE, Access.SEE_QUEUE, Access.WRITE, Access.TAKE_OVER):
        assert not ROLES[right] & {RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.ADMIN}


def test_site_does_not_start_with_an_endpoint_that_declares_nothing() -> None:
    app = Flask(__name__)
    app.add_url_rule("/open", "open", access(Access.ANYONE)(lambda: ""))
    check_declarations(app)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="silent"):
        check_declarations(app)


def test_second_declaration_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="twice"):
        access(Access.ANYONE)(access(Access.SIGNED_IN)(lambda: ""))


def test_undeclared_endpoint_would_be_refused_even_if_the_start_let_it_through(
    desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_module, "declared", lambda _app, _endpoint: None)
    assert desk_site.browser().get("/").status_code == 403
