"""Compiles the translations when one of them has changed."""

from __future__ import annotations

from ops import stamps
from ops.places import ENVIRONMENTS, ROOT, program
from ops.terminal import run, step


def ensure() -> None:
    """Make every .mo file equal to its .po file."""
    sources = sorted(ROOT.glob("web/**/LC_MESSAGES/*.po"))
    stamp, fingerprint = ENVIRONMENTS / "translations.stamp", stamps.digest(sources)
    if stamps.is_current(stamp, fingerprint) and all(source.with_suffix(".mo").exists() for source in sources):
        return
    step("Compiling the translations")
    for source in sources:
        run(
            [program("web", "python"), "-m", "ops.catalogue", source, source.with_suffix(".mo")],
            failing=f"{source} could not be compiled",
        )
    stamps.mark(stamp, fingerprint)
