"""A setting that cannot be meant stops the process before it can mislead anybody."""

from __future__ import annotations

from datetime import time

import pytest

import config

SECRETS = {"NUANYANG_SECRET_KEY": "s", "NUANYANG_FIELD_KEYS": "k", "NUANYANG_BOT_TOKEN": "t"}


def test_without_settings_no_channel_is_connected_and_nights_are_quiet() -> None:
    settings = config.load(SECRETS)
    assert settings.gateways == config.Gateways()
    assert (settings.quiet_from, settings.quiet_until) == (time(21), time(8))
    assert settings.link_base == "http://127.0.0.1:8000"


def test_links_begin_with_the_address_that_a_phone_reaches() -> None:
    settings = config.load(SECRETS | {"NUANYANG_PUBLIC_URL": "https://base.example/"})
    assert settings.link_base == "https://base.example"
    assert settings.site_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "wrong",
    [
        {"NUANYANG_QUIET_HOURS": "nine to five"},
        {"NUANYANG_QUIET_HOURS": "21:00"},
        {"NUANYANG_QUIET_HOURS": "25:00-08:00"},
        {"NUANYANG_VOICE_DAYS": "soon"},
        {"NUANYANG_VOICE_DAYS": "0"},
        {"NUANYANG_SEND_EMAIL": "mailto://smtp.example?to=one@example.cn"},
        {"NUANYANG_SEND_WECOM": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=one"},
    ],
)
def test_a_setting_that_would_mislead_stops_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(config.WrongSetting):
        config.load(SECRETS | wrong)


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_stops_the_start(name: str) -> None:
    with pytest.raises(config.MissingSetting, match=name):
        config.load({key: value for key, value in SECRETS.items() if key != name})
