"""Split a message into clauses and tell what a clause does to the words in it: denies, recalls, quotes, asks."""

from __future__ import annotations

import re
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from triage.dates import has_date, is_of_the_present, is_only_a_date, stands_in_the_past

# A message without punctuation is cut here with an overlap, so that no pattern sees more than this.
_LONGEST_CLAUSE = 160
_OVERLAP = 40
# Characters from the beginning in which a message may say that it is over.
_HEARD_OF_RECOVERY = 1000

# A clause also ends before these words. The pattern begins with their first signs, by which it is searched for fast.
_TURN = re.compile(
    r"[但可不然只结所](?<![不非].)(?:(?<=但)(?!愿|凡)|(?<=可)是|(?<=不)过(?!是)|(?<=然)而|(?<=只)(?=不过)|(?<=结)果|(?<=所)以)"
    r"|[bsa](?<=\s.)(?:(?<=b)(?:ut|ecause)|(?<=s)o i|(?<=a)nd i)(?= )"
)


class Clause(NamedTuple):
    """One clause, and the one said just before it (which may carry "back then" or "in the song")."""

    text: str
    before: str
    # The whole message tells of a bad time that has passed.
    over: bool = False
    # The clause tells of a year long past, in a message without any present; and that message tells of recovery.
    dated: bool = False
    healed: bool = False


class Scope(str, Enum):
    """What the clause does to a hit inside it."""

    DENIED = "denied"
    PAST = "past"
    QUOTED = "quoted"
    INFORMATION = "information"
    RECOVERED = "recovered"
    THIRD_PERSON = "third_person"


def split_clauses(normalised: str) -> list[Clause]:
    """Return the clauses in order, each once, with their neighbours."""
    texts: list[str] = []
    for line in _TURN.sub(r"\n\g<0>", normalised).split("\n"):
        stripped = line.strip()
        if len(stripped) > _LONGEST_CLAUSE:
            texts.extend(_cut(stripped))
        elif stripped:
            texts.append(stripped)
    over = _tells_it_is_over(normalised)
    before = dict(zip(reversed(texts), reversed(["", *texts][:-1]), strict=True))
    clauses = [Clause(text, before[text], over) for text in dict.fromkeys(texts)]
    return _dated(clauses, normalised) if has_date(normalised) else clauses


def _dated(clauses: list[Clause], normalised: str) -> list[Clause]:
    """Mark the clauses that a date puts into the past; a word of the present anywhere, and none is marked."""
    if is_of_the_present(_RECOVERED.sub("", normalised)):
        return clauses
    healed = bool(_RECOVERED.search(normalised[:_HEARD_OF_RECOVERY]) and not _NOT_OVER.search(normalised))
    return [
        clause._replace(dated=True, healed=healed) if has_date(clause.text) or is_only_a_date(clause.before) else clause
        for clause in clauses
    ]


def _cut(text: str) -> list[str]:
    step = _LONGEST_CLAUSE - _OVERLAP
    return [text[start : start + _LONGEST_CLAUSE] for start in range(0, len(text) - _OVERLAP, step)]


# Only filler words may stand between the "not" and the thing denied: "没有人知道我想死" denies nothing.
_DENIAL_BEFORE = re.compile(
    r"(?:(?<!不是)(?<!会)(?<!能)(?<!敢)(?:没有|没|不会|不是|从不|从来不|绝不|并不|不再|不至于|不可能|不打算|不准备|不敢|不肯|未曾|才不得|又不得|不得|莫得|莫|冇|木有|不用担心我|别担心我|不要担心我|"
    r"绝对不|可不|才不|也不|还不|不)(?:真的|真|是|曾|想过|想要|想到|想|要|去|会|过|觉得|自己|再|说|有|到|那么|什么|啥子?|任何|一点|做|干|任何|因此|因为|这|就|为|他|她)*)$"
)
_DOUBLE_NEGATIVE = re.compile(
    r"(?:不是|不能|不得|不可能|无法|难道|是不是|会不会|要不要|能不能|好不好|谁说)(?:说)?(?:我)?不[^不没]{0,4}$|没人|没有人|没有办法|没办法|"
    r"没有一天|没有一刻|没法|不止一次|不由|不如|不得不|还不如|不知道|不觉得不"
)
_DENIAL_AFTER = re.compile(
    r"(?:的)?(?:念头|想法|打算|冲动|意思|事)?(?:是)?(?:不会|不可能|没有|没想过|从来没有?|都没有)(?:的|做|发生|想|有)?"
)
_DENIAL_EN = re.compile(
    r"\b(?:not|never|no|dont|didnt|wont|wouldnt|isnt|arent|cant|couldnt|havent|hasnt|without|im not|denies)"
    r"(?: (?:really|actually|ever|even|going|gonna|to|want|wanna|thinking|about|of|any|"
    r"thoughts?|have|had|planning|"
    r"been|be|would|want to|feeling|a|the|plan|plans|intend|intention|so|that|that i|wanted|tried|ever been))*$"
)
_PAST = re.compile(
    r"以前|从前|曾经|曾|小时候|年轻的?时候|那会儿?|那阵儿?|嗰阵|当年|当初|那年|前些年|早些年|早几年|早先|老早|"
    r"[几一二两三四五六七八九十\d]年前|去年|前年|上学的?时候|[初高大][一二三四]的?时候|那[几两]年|岁那年|旧社会|"
    r"\bused to\b|\byears? ago\b|\bback then\b|\bwhen i was\b|\bin the past\b|\blast year\b"
)
_STILL = re.compile(
    r"现在|今天|今晚|最近|这几天|如今|还是|又|依然|仍然|一直|每天|马上|刚才|刚刚|昨天|昨晚|正在|\bnow\b|\bagain\b|\bstill\b|"
    r"\btonight\b|\btoday\b|\blately\b"
)
# Somebody who tells how it was, and that it is over, need not be woken for; one "又" or "还是" and it is not over.
_RECOVERED = re.compile(
    r"现在(?:都|全|挺|已经|早就|早)?好(?:了|着|得|多|好)|(?:治|养|熬|挺|走)(?:好|过来|出来|过去)了|走出来|缓过来|熬过来|挺过来|"
    r"戒了|没有?(?:过)?(?:那种|这种|那个|再)(?:念头|想法|想过)|没再(?:有|想|犯)|看开了|想开了|想得开|好几年没|早就?不想了|早没事了|"
    r"(?:现在|如今|依家|今)[^\n]{0,12}(?:开心|好着|挺好|幸福|乐呵|嘎嘎|跳广场舞|结婚|上班|摆摊|开店|出来了|心情好|睡得香)|"
    r"好日子|过得好|\b(?:im|i am|doing|feel|feeling) (?:\w+ )?(?:better|fine|ok|okay|good|great) now\b|\bgot better\b|"
    r"\brecovered\b|\b(?:years|months) clean\b|\bgot through it\b"
)
# Words of this very hour in the clause itself: then nothing is over, whatever the rest of the message says.
_NOW = re.compile(
    r"今天|今晚|今夜|明天|马上|刚才|刚刚|正在|昨晚|昨天|这几天|\btonight\b|\btoday\b|\bright now\b|\btomorrow\b"
)
_NOT_OVER = re.compile(
    r"又(?:想|开始|犯|来|有|回)|还是(?:想|会|有)|仍|依然|再(?:一次|次)想|复发|\bagain\b|\bstill\b|\bcoming back\b|\brelaps"
)
_QUOTED = re.compile(
    r"歌词|歌里|这首歌|那首歌|小说|电影|电视剧|连续剧|剧里|剧情|戏里|书里|书上|台词|主角|主人公|男主|女主|动漫|动画|游戏里|新闻|报道|"
    r"故事里|《|诗里|课文|追剧|编剧|那段演|这本书|读书会|狼人杀|副本|队友|存档|日志|定时任务|脚本|贪吃蛇|开黑|\blyrics?\b|\bsong\b|\bmovie\b|\bnovel\b|\bcharacter\b|\bin the book\b|"
    r"\bthe show\b|\bbook\b|\bnews\b|\bepisode\b|\bgame\b"
)
_SAYING = re.compile(r"(?:里|中|上|写|唱|说|道|着|是|句|：|\bsays?|\bsings?|\bgoes|\bline|\bwrote) *")
_ITS_ME = re.compile(
    r"我也|我就|就是我|像我|跟我|和我一样|说的是我|\bme too\b|\bsame\b|\bi feel\b|\blike me\b|\bjust like\b"
)
_I_WANT = re.compile(
    r"我想(?!了解|知道|问|咨询|学)|我要(?!了解|知道|问|咨询)|我真|我不|\bi want to (?!know|learn|ask|help)"
)
_INFORMATION = re.compile(
    r"什么是|是什么意思|怎么预防|如何预防|预防|热线|讲座|论文|研究|统计|数据|自杀率|课程|培训|资料|科普|定义|概念|政策|咨询一下|请问|作业|"
    r"怎么帮助?别人|怎么劝|志愿者|辩论|强制报告|讲义|合法吗|有没有补贴|有没有优惠|补贴吗|登记吗|还能吃吗|一起吃|隔开吃|隔多久|\bprevention\b|\bhotline\b|\bstatistics\b|\bresearch\b|\bhow (?:do|"
    r"can) (?:i|we) help\b|\bwhat is\b|\bwhat are\b|\brates?\b|\bessay\b|\btraining\b|"
    r"\bawareness\b"
)
_OTHER_PERSON = re.compile(
    r"(?:我(?:的)?|俺|咱)?(?:一个|有个|那个|这个)?(?:朋友|同学|室友|闺蜜|舍友|同事|儿子|女儿|孩子|娃|妈妈?|爸爸?|母亲|父亲|老公|老婆|丈夫|妻子|媳妇|"
    r"男朋友|女朋友|对象|前任|哥哥?|姐姐?|弟弟?|妹妹?|奶奶|爷爷|外婆|姥姥|姥爷|邻居|老师|学生|来访者|案主|服务对象|网友|亲戚|老乡|婆婆|他|她|有人|别人|"
    r"人家|对方|那人|老人|工友)(?:们)?"
)
_OTHER_EN = re.compile(
    r"\b(?:my|a|the) (?:friend|brother|sister|son|daughter|mom|mum|mother|dad|father|husband|"
    r"wife|roommate|classmate|boyfriend|girlfriend|client|neighbou?r|cousin|partner|uncle|"
    r"aunt|student|kid)\b|\b(?:he|she|they|someone)\b"
)
_SELF = re.compile(r"我|俺|咱|自己|老子|本人|\bi\b|\bim\b|\bive\b|\bme\b|\bmyself\b")


def _tells_it_is_over(normalised: str) -> bool:
    head = normalised[:_HEARD_OF_RECOVERY]
    return bool(_PAST.search(head) and _RECOVERED.search(head) and not _NOT_OVER.search(head))


def _without_edges(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return what finds at least what the pattern finds in any part of a text: an edge may arise where it is cut."""
    return re.compile(pattern.pattern.replace(r"\b", ""))


# One look at the whole clause spares most clauses the search before each hit: without one of these signs nothing in
# it is denied, names a source or another person.
_MAY_DENY = re.compile("[没不未莫冇木别]|n[eiot]|without")
_MAY_QUOTE = _without_edges(_QUOTED)
_MAY_BE_ANOTHER = _without_edges(_OTHER_PERSON), _without_edges(_OTHER_EN)
_I_AGAIN = re.compile(r"我(?!的?(?:朋友|同学|妈|爸|儿|女|老|男|室|闺))|俺|\bi\b|\bim\b|让人|被")


class Setting:
    """What a clause does to the words in it; each question is asked of the clause once, not for every word found."""

    def __init__(self, clause: Clause) -> None:
        self._text = clause.text
        self._before = clause.before
        self._over = clause.over
        self._dated = clause.dated
        self._healed = clause.healed

    def scopes(self, match: re.Match[str]) -> frozenset[Scope]:
        """Return what holds for the words matched in the clause; nothing here can hide another clause."""
        start, end = match.span()
        found: list[Scope] = []
        if self._may_deny and self._is_denied(match):
            found.append(Scope.DENIED)
        if (self._follows_source or self._may_quote) and self._is_quoted(self._text[:start]):
            found.append(Scope.QUOTED)
        if self._may_be_another and self._is_about_another(start, self._text[start:end]):
            found.append(Scope.THIRD_PERSON)
        if self._dated and stands_in_the_past(self._text, start, end):
            found += [Scope.PAST, Scope.RECOVERED] if self._healed else [Scope.PAST]
        return self._everywhere.union(found) if found else self._everywhere

    @cached_property
    def _everywhere(self) -> frozenset[Scope]:
        """What holds for all words of the clause."""
        text, found = self._text, set()
        if _PAST.search(self._before + "\n" + text) and not _STILL.search(text):
            found.add(Scope.PAST)
        if self._over and not _NOW.search(text):
            found.add(Scope.RECOVERED)
        if _INFORMATION.search(text) and not self._its_me and not _I_WANT.search(text):
            found.add(Scope.INFORMATION)
        return frozenset(found)

    @cached_property
    def _may_deny(self) -> bool:
        return bool(_MAY_DENY.search(self._text))

    @cached_property
    def _may_quote(self) -> bool:
        return bool(_MAY_QUOTE.search(self._text)) and not self._its_me

    @cached_property
    def _follows_source(self) -> bool:
        before = self._before
        return bool(_SAYING.fullmatch(before[-1:]) and _QUOTED.search(before)) and not self._its_me

    @cached_property
    def _may_be_another(self) -> bool:
        return any(pattern.search(self._text) for pattern in _MAY_BE_ANOTHER)

    @cached_property
    def _its_me(self) -> bool:
        return bool(_ITS_ME.search(self._text))

    @cached_property
    def _others(self) -> dict[int, int]:
        """Where another person is named last before a place; -1 for nowhere."""
        return {}

    def _is_denied(self, match: re.Match[str]) -> bool:
        if _DENIAL_AFTER.match(self._text, match.end()):
            return True
        return any(_ends_in_denial(lead) for lead in (self._text[: match.start()], *match.groups()) if lead)

    def _is_quoted(self, lead: str) -> bool:
        """Tell whether a song, story or news item is named and then speaks: "看完电影我想死" quotes nothing."""
        source = _QUOTED.search(lead)
        return bool(_SAYING.search(lead[source.start() :])) if source else self._follows_source

    def _is_about_another(self, start: int, hit: str) -> bool:
        """Tell whether another person stands as the subject nearest before the hit."""
        lead = self._text[:start]
        if start not in self._others:
            people = [*_OTHER_PERSON.finditer(lead), *_OTHER_EN.finditer(lead)]
            self._others[start] = max((person.end() for person in people), default=-1)
        last = self._others[start]
        if last < 0 or _SELF.search(hit.replace("自己", "").replace("myself", "i")):
            return False
        # "我妈" is another person, "我妈不知道我想死" is not: a later "我" wins.
        return not _I_AGAIN.search(lead[last:])


def _ends_in_denial(lead: str) -> bool:
    near = lead[-60:]
    if not _MAY_DENY.search(near):
        return False
    if _DENIAL_EN.search(near.rstrip()):
        return True
    near = near[-24:]
    return bool(_DENIAL_BEFORE.search(near)) and not _DOUBLE_NEGATIVE.search(near)
