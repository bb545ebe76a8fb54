"""Days and times as the bot says them: with the weekday, on the base's own clock, never in figures of 24 hours."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
# The first hour of each part of the day, the latest first.
_PARTS = ((18, "晚上"), (13, "下午"), (12, "中午"), (8, "上午"), (5, "早上"), (0, "凌晨"))
_NOON = 12


def day_words(day: date, language: str) -> str:
    """Return a day as people say it: 11月26日（周四）, or Thursday 26 November."""
    if language == "en":
        return f"{day.strftime('%A')} {day.day} {day.strftime('%B')}"
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def clock_words(moment: datetime, language: str, timezone: str) -> str:
    """Return the time of day as people say it: 下午2:00, or 2:00 pm."""
    local = moment.astimezone(ZoneInfo(timezone))
    hour = local.hour % _NOON or (_NOON if local.hour == _NOON or language == "en" else 0)
    clock = f"{hour}:{local.minute:02}"
    if language == "en":
        return f"{clock} {'am' if local.hour < _NOON else 'pm'}"
    return next(part for first, part in _PARTS if local.hour >= first) + clock


def moment_words(moment: datetime, language: str, timezone: str) -> str:
    """Return a moment as people say it: 11月26日（周四）下午2:00, or Thursday 26 November, 2:00 pm."""
    day = day_words(moment.astimezone(ZoneInfo(timezone)).date(), language)
    clock = clock_words(moment, language, timezone)
    return f"{day}, {clock}" if language == "en" else f"{day}{clock}"
