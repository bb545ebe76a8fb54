"""What typed words answer in a booking: a fixed table, never a guess. What is unclear is asked again with taps."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from actions import booking_steps
from actions.booking_steps import AFTERNOON, EVENING, MORNING, Progress
from actions.form_steering import SURE
from actions.turn import Turn

LATER, ANOTHER_DAY, WAIT, OTHER_WAY, OTHER_TIME, MOVE_IT = "later", "day", "wait", "mode", "time", "move"
# "You choose for me": the first on the page is as good as any other, and is shown before anything is booked.
ANY = "any"

_FIGURES = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2, "十一": 11, "十二": 12}
_ORDINAL = re.compile(r"(?:选|就|要)?第?([1-9一二三四五六七])(?:个|项|种)?(?:吧|就行)?")
_ENGLISH_ORDINAL = re.compile(r"(?:the |number )?(first|second|third|fourth|fifth|sixth|seventh)(?: one)?")
_ENGLISH_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b")
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_IN_DAYS = {"大后天": 3, "后天": 2, "明天": 1, "今天": 0, "day after tomorrow": 2, "tomorrow": 1, "today": 0} | {
    "明早": 1,
    "明晚": 1,
    "今晚": 0,
    "tonight": 0,
}
_PARTS = (
    (MORNING, re.compile(r"上午|早上|早晨|[今明]早|\bmornings?\b")),
    (AFTERNOON, re.compile(r"下午|午后|\bafternoons?\b")),
    (EVENING, re.compile(r"晚上|傍晚|[今明]晚|\bevenings?\b|\btonight\b")),
)
_CLOCK = re.compile(r"(\d{1,2}|十[一二]?|[一二两三四五六七八九])\s*(?:点|:|：)\s*(半|\d{2})?")
_MODES = {
    "offline": re.compile(r"当面|面谈|见面|面对面|去站|到站|站里|过去|in person|face to face|at the station"),
    "phone": re.compile(r"电话|phone|call"),
    "online": re.compile(r"网|线上|视频|聊天|online|chat"),
}
_NEGATED = re.compile(r"不|别|没|\bnot?\b|n't|never")
_LATER = re.compile(
    r"(?:再)?(?:晚|往后|靠后|后面)(?:一)?(?:点|些)?(?:的)?|还有(?:别的)?吗|下一页|later|more times|later times"
)
_ANOTHER_DAY = re.compile(r"换(?:个|一)(?:天|日子)|别的(?:天|日子)|改天|(?:another|other|different) day")
_ANY = re.compile(
    r"(?:那)?(?:请)?(?:[你您]|由[你您]|麻烦[你您])?(?:帮|替|给)我?(?:随便)?(?:选|挑|定|安排)(?:一?个|一下)?(?:吧|就行|就好|好了)?"
    r"|[你您](?:来)?(?:选|挑|定|决定|安排)(?:吧|就行|就好)?|[你您]看着(?:办|定|选|安排)(?:吧|就行)?|听[你您]的(?:吧)?"
    r"|随便(?:哪一?个|选一?个|什么时候)?(?:都行|都可以|吧)?|(?:哪一?个|什么时候|怎么|几点|谁)?都(?:行|可以|好)(?:的|啊|吧)?|任意"
    r"|(?:please )?(?:you (?:can )?(?:choose|pick|decide)|(?:choose|pick)(?: one)?(?: for me)?)(?: please)?"
    r"|any|any (?:one|time|day|of (?:them|these))(?: is fine| works)?|anything|anytime|either|whichever|whatever"
    r"|(?:i )?(?:don't|do not) mind|it (?:doesn't|does not) matter|no preference"
)
_YES = frozenset(
    ("可以", "可以的", "好", "好的", "好啊", "行", "行啊", "是", "是的", "对", "对的", "嗯", "嗯嗯", "约", "就这个")
    + ("没问题", "确定", "确认", "yes", "ok", "okay", "yes please", "sure")
)
_NO = frozenset(("不", "不行", "不要", "不对", "不可以", "不好", "换", "换一个", "no", "no thanks", "not this one"))
_CALL_OFF = frozenset(("取消", "取消吧", "取消它", "确定取消", "就取消", "cancel", "cancel it"))
_CODE = re.compile(r"(?<![0-9a-z])[0-9a-z]{4}(?:[\s–—-]*[0-9a-z]{4}){2}(?![0-9a-z])", re.IGNORECASE)


def read(turn: Turn, progress: Progress) -> Any:
    """Return the answer that the words give to the open question, or None."""
    words = unicodedata.normalize("NFKC", turn.text).strip(" 。，.!！~").lower()
    step = progress["step"]
    if step == "code":
        return _code(unicodedata.normalize("NFKC", turn.text).strip())
    if step in ("confirm", "sure", "nothing"):
        return _yes_or_no(turn, step, words)
    if step in ("service", "mode", "time", "day") and _ANY.fullmatch(words.replace("’", "'")):
        return ANY
    found_at = _ordinal(words)
    options = _options(progress)
    if found_at is not None:
        return options[found_at] if found_at < len(options) else None
    if step == "mode":
        return _mode(words, options)
    if step == "service":
        return _named(words, progress.get("services") or [], "name", "id")
    if step == "which":
        return _named(words, progress.get("appointments") or [], "words", "id")
    return _time(step, words, progress)


def _code(typed: str) -> str | None:
    """Return the code in the words; three short words of a sentence are none."""
    found = _CODE.search(typed)
    if found is None:
        return None
    code = found.group(0)
    return code if code.isupper() or re.search(r"[0-9–—-]", code) or " " not in code else None


def _options(progress: Progress) -> list[Any]:
    step = progress["step"]
    if step == "service":
        return [one["id"] for one in progress.get("services") or []]
    if step == "mode":
        return list(booking_steps.service_of(progress).get("modes") or [])
    if step == "which":
        return [one["id"] for one in progress.get("appointments") or []]
    if step == "day":
        return [one["after"] for one in progress.get("days") or []]
    return [slot["starts_at"] for slot in booking_steps.shown(progress)]


def _ordinal(words: str) -> int | None:
    found = _ORDINAL.fullmatch(words)
    if found:
        sign = found.group(1)
        return (int(sign) if sign.isdigit() else _FIGURES[sign]) - 1
    english = _ENGLISH_ORDINAL.fullmatch(words)
    return _ENGLISH_ORDINALS.index(english.group(1)) if english else None


def _mode(words: str, options: list[Any]) -> str | None:
    if _NEGATED.search(words):
        return None
    found = [mode for mode, pattern in _MODES.items() if pattern.search(words) and mode in options]
    return found[0] if len(found) == 1 else None


def _named(words: str, rows: list[dict[str, Any]], by: str, wanted: str) -> Any:
    found = [row[wanted] for row in rows if str(row[by]).lower() in words]
    return found[0] if len(found) == 1 else None


def _yes_or_no(turn: Turn, step: str, words: str) -> Any:
    sure = turn.confidence >= SURE
    if step == "sure" and (words in _CALL_OFF or (turn.intent == "cancel_appointment" and sure)):
        return None if _NEGATED.search(words) else True
    if words in _NO or (turn.intent == "deny" and sure):
        return {"confirm": OTHER_TIME, "sure": False}.get(step)
    # A yes to "what else would help" says nothing of which.
    if step != "nothing" and (words in _YES or (turn.intent == "affirm" and sure and not _NEGATED.search(words))):
        return True
    return None


def _time(step: str, words: str, progress: Progress) -> Any:
    if step == "time" and _ANOTHER_DAY.search(words):
        return ANOTHER_DAY
    if step == "time" and _LATER.fullmatch(words) and booking_steps.has_later(progress):
        return LATER
    if _NEGATED.search(words):
        return None
    if step == "time":
        at = _at(words, booking_steps.shown(progress))
        if at is not None:
            return at
    wish = (wished_day(words) or {}) | _part(words)
    return {"wish": wish} if wish else None


def _at(words: str, slots: list[dict[str, Any]]) -> str | None:
    """Return the one shown time that has this hour and contradicts none of the other words."""
    found = _CLOCK.search(words)
    if found is None:
        return None
    hour = int(found.group(1)) if found.group(1).isdigit() else _FIGURES.get(found.group(1), 0)
    minute = {"半": "30", None: "00"}.get(found.group(2), found.group(2))
    wanted = re.compile(rf"(?<!\d){hour if hour <= 12 else hour - 12}:{minute}(?!\d)")
    parts = [part for part in ("上午", "下午", "晚上", "早上", "中午", "am", "pm") if part in words]
    days = [found.group(0) for found in _WEEKDAY.finditer(words)]
    fitting = [
        slot["starts_at"]
        for slot in slots
        if wanted.search(slot["words"])
        and all(part in slot["words"] for part in parts)
        and all(day[-1] in slot["words"] for day in days if not day.isascii())
    ]
    return fitting[0] if len(fitting) == 1 else None


def _part(words: str) -> dict[str, str]:
    """Return the part of the day that was named; two of them leave it open."""
    found = [part for part, pattern in _PARTS if pattern.search(words)]
    return {"part": found[0]} if len(found) == 1 else {}


def wished_day(words: str) -> dict[str, int] | None:
    """Return the day that was named: how far from today, or which day of the week."""
    for word, days in _IN_DAYS.items():
        if word in words:
            return {"in_days": days}
    found = _WEEKDAY.search(words)
    if found is None:
        return None
    if found.group(1):
        return {"weekday": "一二三四五六日".find(found.group(1)) + 1 or 7}
    return {"weekday": _ENGLISH_DAYS.index(found.group(2)) + 1}
