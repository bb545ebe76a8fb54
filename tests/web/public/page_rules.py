"""The rules every page of the site keeps, read from its HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

LABELLED = {"input", "select", "textarea"}
SPEAKING = {"a", "button", "label", "summary"}


def _words(node: Element) -> str:
    return "".join(node.itertext()).strip() + node.get("aria-label", "")


def _unlabelled(page: Element) -> Iterator[str]:
    named = {label.get("for") for label in page.iter("label")}
    for node in page.iter():
        asks = node.tag in LABELLED and node.get("type") != "hidden"
        if asks and node.get("id") not in named and not node.get("aria-label"):
            yield f"{node.tag} {node.get('name')} has no label"
        if node.tag in SPEAKING and not _words(node):
            yield f"{node.tag} says nothing"


def _inline(page: Element) -> Iterator[str]:
    for node in page.iter():
        if node.tag == "style" or node.get("style"):
            yield f"{node.tag} carries its own style"
        if node.tag == "script" and not node.get("src") and node.get("type") != "application/json":
            yield "a script is written into the page"
        if any(str(name).startswith("on") for name in node.attrib):
            yield f"{node.tag} carries its own script"


def _forms(page: Element) -> Iterator[str]:
    for form in page.iter("form"):
        fields = {node.get("name") for node in form.iter("input")}
        if form.get("method", "get").lower() == "post" and "csrf_token" not in fields:
            yield f"the form to {form.get('action')} has no token"


def broken_rules(text: str, language: str) -> list[str]:
    """Return every rule that the page breaks, in words."""
    page: Element = html5lib.parse(text, namespaceHTMLElements=False)
    broken = []
    if page.get("lang") != language:
        broken.append(f"the language is {page.get('lang')}")
    if len(list(page.iter("h1"))) != 1:
        broken.append("there is not exactly one h1")
    if not any(_words(title) for title in page.iter("title")):
        broken.append("there is no title")
    twice = [name for name, count in Counter(node.get("id") for node in page.iter()).items() if name and count > 1]
    broken += [f"the id {name} is used twice" for name in twice]
    return broken + [*_unlabelled(page), *_inline(page), *_forms(page)]
