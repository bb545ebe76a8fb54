"""Compiles one translation catalogue. Runs on the site's interpreter: python -m ops.catalogue FROM.po TO.mo"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the translations that are not marked as fuzzy.

    The command of Babel skips a whole catalogue, without failing, when its header alone is marked so,
    which every update of it does: a fresh installation would then speak English only.
    """
    with source.open("rb") as words:
        catalogue = read_po(words)
    unfinished = target.with_suffix(".part")
    with unfinished.open("wb") as out:
        write_mo(out, catalogue)
    unfinished.replace(target)


if __name__ == "__main__":
    compile_catalogue(Path(sys.argv[1]), Path(sys.argv[2]))
