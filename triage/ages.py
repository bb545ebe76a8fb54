"""Tell a line that says nothing but how old somebody is, or that it is to stay a secret."""

from __future__ import annotations

import re
from enum import Enum

_AGE = re.compile(
    r"(?:但是?|可是|其实|反正|不过)?(?:我|俺|人家)?(?:今年|现在|都|也|才|刚|刚刚|已经|快|满|刚满|只有|是|还|就)*"
    r"(?:(?:成年|未成年|大人|小孩子?|学生)(?:人)?|(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[六七八九])(?:周?岁半?|(?=了|$|\n))"
    r"|(?:在|上|读|念)?(?:小学|初中|高中|大学)?(?:[一二三四五六七八九]年级|初[一二三]|高[一二三]|大[一二三四]|小学|初中|高中|大学)生?)"
    r"[了的啊呢吧哦]*(?=\n|$|我|都|今年|上|读|在)"
    r"|\b(?:but |and |btw |so |by the way )?(?:i am|im) (?:only |just |actually |still )?\d{1,2}"
    r"(?: years? old| yo\b)?(?=\n|$| and\b| but\b| in\b)"
    r"|\b(?:and |but )?(?:i am |im )?in (?:(?:the )?\d{1,2}(?:th|st|nd|rd) grade|year \d{1,2}|"
    r"(?:middle|elementary|primary|high) school)\b"
)
_SILENCE = re.compile(
    r"(?:但是?|可是)?(?:请|求你|你|您|千万|可)*(?:别|不要|不能|不准|不许)(?:告诉|跟|和|让|给)(?:我|俺)?(?:的)?"
    r"(?:爸爸?妈妈?|妈妈?|爸爸?|父母|家长|家里人?|老师|别人|任何人)(?:们)?(?:说|讲|知道)?[啊吧哦]*(?=\n|$)"
    r"|\b(?:but |and |so )?(?:please )?(?:dont|do not|you cant|you must not) (?:tell|say anything to) "
    r"(?:my |the )?(?:mum|mom|mother|dad|father|parents|family|teacher|anyone|anybody)"
    r"(?: and (?:mum|mom|dad))?(?: please)?(?=\n|$| but\b)"
)
# An age and a secret take fewer signs than this; a longer line says more, and need not be looked through.
_LONGEST = 100


class Tells(Enum):
    """What a line is about when it tells nothing that happened."""

    AGE = "age"
    SILENCE = "silence"


def tells_only(plain: str) -> frozenset[Tells]:
    """Return what a normalised line speaks of where that is all it says; nothing where anything else stands in it.

    An age is no sign of danger, and with a secret it asks for a question, not for an alarm at night. One word more,
    and the line is judged as any other.
    """
    if len(plain) > _LONGEST:
        return frozenset()
    found = set()
    for tells, pattern in ((Tells.SILENCE, _SILENCE), (Tells.AGE, _AGE)):
        plain, times = pattern.subn("", plain)
        if times:
            found.add(tells)
    return frozenset() if plain.strip() else frozenset(found)
