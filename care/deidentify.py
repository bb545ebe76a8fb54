"""Take out of a sentence what tells who wrote it: numbers, addresses, names, places of work and of treatment.

It proposes, a person decides: what stands here finds the usual forms and none that is new. A colleague reads every
sentence before it leaves the base (care/triage_reviews.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from care.deidentify_words import (
    GENERIC_PLACES,
    GIVEN_STOP,
    NOT_A_NAME,
    NOT_A_ROAD,
    ORDINARY_START,
    PROTECTED,
    SAFE_SURNAMES,
    SMALL_SURNAMES,
    SURNAMES,
    TITLES,
    UNNAMED,
)


class Kind(StrEnum):
    """What was found; the value is what stands in its place in an English sentence."""

    LINK = "link"
    MAIL = "mail"
    ACCOUNT = "account"
    ID_CARD = "id card"
    PHONE = "phone"
    BANK_CARD = "bank card"
    NUMBER = "number"
    PLATE = "plate"
    DATE = "date"
    ADDRESS = "address"
    PLACE = "place"
    NAME = "name"


IN_CHINESE: dict[Kind, str] = {
    Kind.LINK: "链接",
    Kind.MAIL: "邮箱",
    Kind.ACCOUNT: "账号",
    Kind.ID_CARD: "证件号",
    Kind.PHONE: "电话",
    Kind.BANK_CARD: "卡号",
    Kind.NUMBER: "号码",
    Kind.PLATE: "车牌",
    Kind.DATE: "日期",
    Kind.ADDRESS: "地址",
    Kind.PLACE: "单位",
    Kind.NAME: "姓名",
}


@dataclass(frozen=True)
class Found:
    """One stretch of the sentence that tells something, by its place in the text as it was written."""

    kind: Kind
    start: int
    stop: int


@dataclass(frozen=True)
class Known:
    """What our own records know: names and numbers of the person and their contact, streets of our stations."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


NOBODY = Known()
_HAN = "\u3400-\u9fff"
_COUNT = "[0-9零〇一二三四五六七八九十百]"
_SIGNS = r"[ \-.·_*/—]{0,3}"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
# One Chinese sign of a proper name: none of the small words that part it from the rest of the sentence.
_WHOLE = rf"{'|'.join(PROTECTED)}|第[一二三四五六七八九十0-9]+"
_PROPER = rf"(?:{_WHOLE}|(?![{UNNAMED}])[{_HAN}])"
_ROAD = "(?:大道|大街|胡同|路|街|巷|弄)"
_TITLE = f"(?:{'|'.join(TITLES)})"
_WHERE = "(?<![A-Za-z0-9])"


def _rule(kind: Kind, pattern: str, flags: int = re.IGNORECASE) -> tuple[Kind, re.Pattern[str]]:
    return kind, re.compile(pattern, flags)


# From the most telling form to the loosest: where two overlap, the first one names the whole stretch. A rule
# with a group named "it" takes the group, the others take the whole.
_RULES = (
    _rule(Kind.MAIL, r"(?<![\w.+-])[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]) ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"),
    _rule(Kind.LINK, r"https?://\S+|www\.[\w.-]+\S*"),
    _rule(Kind.LINK, _WHERE + r"(?:[a-z0-9-]{1,63}\.){1,6}(?:com|cn|net|org|top|cc|me|io|tv)\b[\w/?=&%.-]*"),
    _rule(
        Kind.ACCOUNT,
        r"(?:微信|威信|薇信|维信|v信|扣扣|企鹅|抖音|快手|小红书|微博|支付宝|加我?v|[vw]x|qq)(?:的?号码?|id|账号|群)?(?:是|为|叫)?"
        r"[:= ]{0,3}(?P<it>[a-z0-9_][a-z0-9_.-]{3,24})",
    ),
    # In an English sentence the next word is no account unless a sign or a number says so.
    _rule(
        Kind.ACCOUNT,
        r"\b(?:wechat|weixin|telegram|instagram|whatsapp|snapchat)(?: id| account| number)?"
        r"(?: is |: ?| ?= ?| )(?P<it>(?=[a-z_.-]*\d|(?<=[:=] )|(?<=[:=]))[a-z0-9_][a-z0-9_.-]{3,24})",
    ),
    _rule(Kind.ID_CARD, rf"{_WHERE}[1-9](?:{_SIGNS}\d){{16}}{_SIGNS}[0-9x](?![0-9a-z])"),
    _rule(Kind.PHONE, rf"(?<!\d)(?:\+?86{_SIGNS})?1{_SIGNS}[3-9](?:{_SIGNS}\d){{9}}(?!\d)"),
    _rule(Kind.BANK_CARD, rf"(?<!\d)\d(?:{_SIGNS}\d){{14,18}}(?!\d)"),
    _rule(Kind.PHONE, rf"(?<!\d)0\d{{2,3}}{_SIGNS}[2-9]\d{{2,3}}{_SIGNS}\d{{4}}(?!\d)"),
    _rule(Kind.PLATE, rf"[{_PROVINCES}][a-z][ ·.-]?[a-z0-9]{{5,6}}(?![a-z0-9])"),
    _rule(Kind.DATE, r"(?<!\d)(?:19|20)\d\d ?[年\-/.] ?[01]?\d ?(?:[月\-/.] ?(?:[0-3]?\d ?[日号]?)?)"),
    _rule(
        Kind.DATE,
        r"[一二][九〇零0][〇零一二三四五六七八九0-9]{2}年[一二三四五六七八九十0-9]{1,3}月(?:[一二三四五六七八九十0-9]{1,3}[日号])?",
    ),
    _rule(
        Kind.DATE,
        rf"(?:生日|出生|生于)(?:日期)?(?:是|在|于|[:：])?(?P<it>(?:农历|阴历)?{_COUNT}{{1,4}}[月.\-/]{_COUNT}{{1,3}}[日号]?)",
    ),
    _rule(Kind.DATE, r"\bborn (?:on |in )?(?P<it>[a-z]+ \d{1,2},? \d{4}|\d{1,2} [a-z]+ \d{4}|\d{4})"),
    _rule(Kind.NUMBER, rf"(?<![0-9a-z])\d(?:{_SIGNS}\d){{5,}}(?!\d)(?! ?[元块万])"),
    _rule(Kind.NUMBER, "[零〇一二三四五六七八九幺两]{7,64}"),
    _rule(
        Kind.ADDRESS,
        rf"{_PROPER}{{1,6}}{_ROAD} ?{_COUNT}{{1,8}} ?(?:号|弄|栋|幢)?"
        rf"(?: ?{_COUNT}{{1,8}} ?(?:号楼|栋|幢|座|单元|室|号|户))*",
    ),
    _rule(
        Kind.ADDRESS,
        r"(?<![0-9a-z])(?:[0-9]{1,8}|[二三四五六七八九十]{1,8}|[a-z]) ?(?:号楼|栋|幢|号院)"
        rf"(?: ?{_COUNT}{{1,8}} ?(?:单元|楼|层|室|号|户)?)*",
    ),
    _rule(
        Kind.ADDRESS, rf"{_COUNT}{{1,8}} ?单元(?: ?{_COUNT}{{1,8}} ?(?:室|号|户)?)*|(?<!\d)\d{{2,5}} ?(?:室|号房|房间)"
    ),
    _rule(Kind.ADDRESS, rf"(?<=[住在到去从于])(?P<it>{_PROPER}{{2,5}}{_ROAD})"),
    _rule(
        Kind.ADDRESS,
        rf"[{SAFE_SURNAMES}]家[村庄屯湾沟]|{_PROPER}{{2,6}}(?:小区|社区|花园|家园|新村|公寓|街道|自治州|自治区|[区县镇乡村屯]|市(?![场民]))",
    ),
    _rule(
        Kind.ADDRESS,
        r"\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Court)\b",
        0,
    ),
    _rule(
        Kind.PLACE,
        rf"{_PROPER}{{2,10}}(?:医院|卫生院|大学|学院|中学|小学|高中|初中|技校|幼儿园|公司|集团|工厂|派出所|法院|银行|酒店|一中|二中|三中)",
    ),
    _rule(
        Kind.PLACE,
        r"\b(?:[A-Z][a-z']+ ){1,4}(?:Hospital|University|College|School|Ltd|Inc|Company|Clinic)\b",
        0,
    ),
    _rule(
        Kind.NAME,
        rf"(?<![感多])(?<!五(?=金))(?P<it>(?:欧阳|上官|司马|诸葛|[{SURNAMES}])(?:(?![{GIVEN_STOP}])[{_HAN}]){{0,2}}?){_TITLE}",
    ),
    _rule(Kind.NAME, rf"(?<![{_HAN}])(?P<it>[老小阿][{SMALL_SURNAMES}])(?![子头点孩时])"),
    _rule(Kind.NAME, rf"(?<=[和跟找给叫被让])(?P<it>[老小阿][{SMALL_SURNAMES}])(?![子头点孩时])"),
    _rule(
        Kind.NAME,
        rf"(?:名叫|叫做|我叫|他叫|她叫|叫|名字[是叫]?|姓名|真名)(?:是|[:： ])*"
        rf"(?P<it>(?:欧阳|上官|司马|诸葛|[{SURNAMES}])(?![{GIVEN_STOP}])[{_HAN}](?:(?![{GIVEN_STOP}])[{_HAN}])?)",
    ),
    _rule(
        Kind.NAME,
        rf"(?:^|(?<=[\s,.!?;:,。!?;:、“”\"'和跟找给被让是]))(?P<it>[{SAFE_SURNAMES}](?!{_TITLE})(?![{GIVEN_STOP}])[{_HAN}](?![{GIVEN_STOP}])[{_HAN}])"
        r"(?=$|[\s,.!?;:,。!?;:、“”\"'的说打骂把对要是在和跟])",
    ),
    _rule(
        Kind.NAME,
        r"(?:[Mm]y name is|[Mm]y name's|I am called|[Cc]all me|named) (?P<it>[A-Z][a-z]+(?: [A-Z][a-z]+)?)",
        0,
    ),
    _rule(Kind.NAME, r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? (?P<it>[A-Z][a-z]+(?: [A-Z][a-z]+)?)", 0),
)
_LOOSE = {Kind.ADDRESS, Kind.PLACE, Kind.NAME}


def find(text: str, known: Known = NOBODY) -> list[Found]:
    """Return what tells who wrote the text, from left to right, without overlaps."""
    plain, places = _folded(text)
    taken: list[Found] = []
    for kind, pattern in (*_of_known(known), *_RULES):
        group = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(plain):
            start, stop = match.span(group)
            if start == stop or (kind in _LOOSE and _is_ordinary(kind, match.group(group))):
                continue
            taken.append(Found(kind, places[start], places[stop - 1] + 1))
    return _joined(taken)


def _joined(taken: list[Found]) -> list[Found]:
    """Join what overlaps: a street that our records know may be the beginning of a longer address."""
    joined: list[tuple[int, Found]] = []
    for order, one in sorted(enumerate(taken), key=lambda pair: pair[1].start):
        if joined and one.start < joined[-1][1].stop:
            first, last = joined[-1]
            kind = last.kind if first < order else one.kind
            joined[-1] = min(first, order), Found(kind, last.start, max(last.stop, one.stop))
        else:
            joined.append((order, one))
    return [one for _order, one in joined]


def streets_of(address: str) -> list[str]:
    """Return the names of roads in an address of our own."""
    return re.findall(f"(?:(?![市区县镇乡])[{_HAN}]){{2,6}}{_ROAD}", address)


def redact(text: str, known: Known = NOBODY) -> str:
    """Return the text with the kind of thing in place of each thing found."""
    chinese = re.search(f"[{_HAN}]", text) is not None
    parts, at = [], 0
    for one in find(text, known):
        parts += [text[at : one.start], f"[{IN_CHINESE[one.kind] if chinese else one.kind.value}]"]
        at = one.stop
    return "".join([*parts, text[at:]])


def _folded(text: str) -> tuple[str, list[int]]:
    """Undo full-width signs and drop invisible ones; tell for each sign left where it stood."""
    plain: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) == "Cf":
            continue
        for part in unicodedata.normalize("NFKC", sign):
            plain.append(part)
            places.append(place)
    return "".join(plain), places


def _of_known(known: Known) -> Iterable[tuple[Kind, re.Pattern[str]]]:
    for kind, words in ((Kind.NAME, known.names), (Kind.ADDRESS, known.places)):
        # One sign alone is a word of every second sentence, so it is left to the eyes of the reader.
        for word in sorted({_folded(one.strip())[0] for one in words}, key=len, reverse=True):
            if len(word) >= 2:
                # A Latin name is a word of its own: "An" must not be cut out of "and".
                edge = r"\b" if word.isascii() and word[0].isalnum() and word[-1].isalnum() else ""
                yield kind, re.compile(edge + re.escape(word) + edge, re.IGNORECASE)
    for number in known.numbers:
        digits = re.sub(r"\D", "", _folded(number)[0])
        if len(digits) >= 5:
            yield Kind.PHONE, re.compile(_SIGNS.join(digits))


def _is_ordinary(kind: Kind, words: str) -> bool:
    if kind is Kind.NAME:
        return words.startswith(NOT_A_NAME)
    if words.startswith(ORDINARY_START):
        return True
    return words.endswith(NOT_A_ROAD) if kind is Kind.ADDRESS else words in GENERIC_PLACES
