"""Several worries named in one line: each is kept, none has to be chosen over another."""

from __future__ import annotations

import re

from actions.intake_steps import WORRIES

# What the bot hears more finely than the intake keeps. Worries of violence are triage's to weigh; here they are a word.
KEPT_AS = {
    "benefits": "money",
    "care": "illness",
    "disability": "illness",
    "violence": "family",
    "stigma": "shame",
    "school": "other",
    "addiction": "other",
    "neighbours": "other",
    "reintegration": "other",
}
_WORDS = {
    "money": r"钱|债|穷|低保|补助|补贴|救助金|开销|money|debt|broke|poor|benefit|allowance|bills?\b|rent\b",
    "illness": r"病|看医|医院|身体|吃药|残疾|瘫|透析|health|ill\b|illness|sick|disab|hospital|caring|carer",
    "family": r"家里|家人|老公|老婆|丈夫|妻子|婆婆|媳妇|吵架|离婚|爸|妈|family|husband|wife|marriage|divorce|quarrel",
    "loneliness": r"孤单|孤独|寂寞|一个人|没人说话|冷清|太闷|lonely|alone|loneliness|nobody to talk",
    "work": r"工作|找活|没活|下岗|失业|工资|打工|\bwork\b|job|unemploy|wages",
    "shame": r"丢人|看不起|瞧不起|没面子|抬不起头|笑话|ashamed|shame|embarrass|look down",
    "sleep": r"睡|失眠|做噩梦|sleep|insomnia|nightmare",
    "grief": r"去世|过世|走了以后|亲人走|想他|想她|died|passed away|grief|lost my (?:mum|mother|father|wife|husband)",
    "child": r"孩子|儿子|女儿|闺女|孙|娃|\bkids?\b|child|\bson\b|daughter|grandson",
    "housing": r"房|没地方住|漏雨|拆迁|租|housing|house\b|landlord|flat\b|evict|roof",
    "other": r"上学|学校|考试|喝酒|赌|邻居|school|exam|drink|gambl|neighbou?r",
}
_PATTERNS = {worry: re.compile(words, re.IGNORECASE) for worry, words in _WORDS.items()}
_JOINED = re.compile(r"[,，、;；。.]|和|跟|还有|以及|也|又|再加上|\band\b|\balso\b|\bplus\b|\bas well\b", re.IGNORECASE)


def named(text: str, intent: str) -> list[str]:
    """Return the worries that one line names, the one the classifier heard first.

    Further ones are read from a table of words, and only where the line joins several things.
    """
    first = intent.removeprefix("worry_") if intent.startswith("worry_") else ""
    first = KEPT_AS.get(first, first)
    found = [first] if first in WORRIES else []
    if not found or _JOINED.search(text):
        found += [worry for worry, pattern in _PATTERNS.items() if pattern.search(text)]
    return list(dict.fromkeys(found))
