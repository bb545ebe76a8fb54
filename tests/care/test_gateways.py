"""Notices are really carried, to servers on loopback, and never taken for sent when a gateway refuses."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from care.gateways import NotTaken, Post
from care.notices import Letter
from config import Gateways
from models.contacts import Channel
from models.outbox import DeliveryWay
from tests.fixtures.post import mail_server, web_address

KEY = "693a91f6-7aaa-4bc4-97a0-0ec2aaaa5aaa"


def _letter(channel: Channel, address: str) -> Letter:
    return Letter(1, channel, address, "暖阳", "【暖阳】工作台上有一件事等您处理。\nhttp://127.0.0.1/staff/")


def _mail(port: int) -> str:
    return f"mailto://127.0.0.1:{port}?from=desk@base.example&to={{address}}&mode=insecure"


@pytest.mark.parametrize("channel", list(Channel))
def test_without_a_gateway_a_notice_is_kept_and_nobody_is_rung(channel: Channel) -> None:
    assert Post().carry(_letter(channel, "somebody")) is DeliveryWay.DEVELOPMENT_OUTBOX


def test_mail_reaches_exactly_the_address_with_a_neutral_subject() -> None:
    with mail_server() as server:
        post = Post(Gateways(email=_mail(server.port)))
        assert post.carry(_letter(Channel.EMAIL, "li.na+base@mail.example")) is DeliveryWay.CHANNEL
    assert server.recipients == ["li.na+base@mail.example"]
    letter = server.letters[0]
    assert letter["Subject"] == "暖阳"
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None
    assert "工作台上有一件事等您处理" in body.get_content()


def test_a_mail_server_that_refuses_is_not_taken_for_sent() -> None:
    with mail_server() as server:
        server.refuses = True
        post = Post(Gateways(email=_mail(server.port)))
        with pytest.raises(NotTaken, match="refused"):
            post.carry(_letter(Channel.EMAIL, "nobody@mail.example"))
    assert server.letters == []


def test_sms_goes_to_the_gateway_with_the_number() -> None:
    with web_address() as gateway:
        post = Post(Gateways(sms=f"json://127.0.0.1:{gateway.port}/send?:to={{address}}"))
        assert post.carry(_letter(Channel.SMS, "13800000000")) is DeliveryWay.CHANNEL
    path, body = gateway.posts[0]
    assert path.startswith("/send")
    assert body["to"] == "13800000000"
    assert "工作台" in body["message"]


def test_wecom_robot_is_posted_to_by_its_key() -> None:
    with web_address() as robot:
        post = Post(Gateways(wecom=robot.url("/cgi-bin/webhook/send?key={address}")))
        assert post.carry(_letter(Channel.WECOM, KEY)) is DeliveryWay.CHANNEL
    path, body = robot.posts[0]
    assert parse_qs(urlsplit(path).query) == {"key": [KEY]}
    assert body["msgtype"] == "text"
    assert body["text"]["content"].startswith("【暖阳】")


def test_dingtalk_robot_is_signed_and_mentions_the_colleague() -> None:
    with web_address() as robot:
        gateways = Gateways(dingtalk=robot.url("/robot/send?access_token=t"), dingtalk_secret="SECabc")
        post = Post(gateways, clock=lambda: 1_700_000_000.0)
        assert post.carry(_letter(Channel.DINGTALK, "13800000000")) is DeliveryWay.CHANNEL
    path, body = robot.posts[0]
    query = parse_qs(urlsplit(path).query)
    assert (query["access_token"], query["timestamp"]) == (["t"], ["1700000000000"])
    # HMAC-SHA256 of "timestamp\nsecret" with the secret as key, base64: the rule in DingTalk's robot manual.
    assert query["sign"] == ["jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM="]
    assert body["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "errcode_93000"),
        (200, {}, "errcode_None"),
        (500, {"errcode": 0}, "http_500"),
    ],
)
def test_a_robot_that_answers_politely_but_refuses_is_not_taken_for_sent(
    status: int, answer: dict[str, object], reason: str
) -> None:
    with web_address() as robot:
        robot.status, robot.answer = status, answer
        with pytest.raises(NotTaken, match=reason):
            Post(Gateways(wecom=robot.url("/send?key={address}"))).carry(_letter(Channel.WECOM, KEY))


def test_a_gateway_that_is_away_or_misspelt_is_told_by_name() -> None:
    with web_address() as robot:
        gone = robot.url("/send?key={address}")
    with pytest.raises(NotTaken, match="ConnectError"):
        Post(Gateways(wecom=gone)).carry(_letter(Channel.WECOM, KEY))
    with pytest.raises(NotTaken, match="gateway_not_understood"):
        Post(Gateways(sms="nonsense:{address}")).carry(_letter(Channel.SMS, "13800000000"))


def test_an_address_cannot_turn_the_gateway_elsewhere() -> None:
    with web_address() as gateway:
        post = Post(Gateways(sms=f"json://127.0.0.1:{gateway.port}/send?:to={{address}}"))
        post.carry(_letter(Channel.SMS, "1&:from=me@evil.example/?x"))
    assert gateway.posts[0][1]["to"] == "1&:from=me@evil.example/?x"
    assert "from" not in gateway.posts[0][1]


def test_no_address_and_no_words_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with mail_server() as server:
        post = Post(Gateways(email=_mail(server.port)))
        post.carry(_letter(Channel.EMAIL, "li.na@mail.example"))
    assert "li.na" not in caplog.text
    assert "工作台" not in caplog.text
