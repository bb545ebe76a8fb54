"""A fresh clone speaks Chinese, whatever the tools that update a catalogue have written into its header."""

from __future__ import annotations

import gettext
from pathlib import Path

from ops.catalogue import compile_catalogue

CATALOGUE = """
#, fuzzy
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Sign in"
msgstr "登录"

#, fuzzy
msgid "Sign out"
msgstr "登录"
"""


def test_a_catalogue_with_a_fuzzy_header_is_compiled_and_a_fuzzy_sentence_is_left_out(tmp_path: Path) -> None:
    source, target = tmp_path / "messages.po", tmp_path / "messages.mo"
    source.write_text(CATALOGUE, encoding="utf-8")
    compile_catalogue(source, target)
    with target.open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    assert words.gettext("Sign in") == "登录"
    assert words.gettext("Sign out") == "Sign out"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["messages.mo", "messages.po"]
