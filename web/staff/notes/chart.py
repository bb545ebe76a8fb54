"""The geometry of one trend: where the bands, the line and the marks stand. The drawing is in trend.html."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from care.outcomes import Point, Trend
from triage.instruments import instrument
from triage.outcomes import RELIABLE_CHANGE

# Units of the drawing; at 390 px one unit is about one pixel, so that its words can be read on a phone.
WIDTH, HEIGHT = 360.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 8.0, 8.0, 24.0


@dataclass(frozen=True)
class BandStripe:
    """One band of totals as a stripe behind the line."""

    label: str
    lowest: int
    highest: int
    y: float
    height: float


@dataclass(frozen=True)
class Mark:
    """One total as a mark on the line."""

    point: Point
    band: str
    x: float
    y: float


@dataclass(frozen=True)
class Chart:
    """Everything that the macro draws."""

    instrument: str
    title: str
    distance: int
    highest: int
    stripes: tuple[BandStripe, ...]
    marks: tuple[Mark, ...]

    @property
    def line(self) -> str:
        """Return the points of the line as SVG wants them."""
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)


def chart(trend: Trend, language: str) -> Chart:
    """Lay out one trend; the axis of time is true to scale, so that a long silence looks long."""
    sheet = instrument(trend.instrument)
    stripes = tuple(
        BandStripe(
            label=band.label(language),
            lowest=band.min,
            highest=band.max,
            y=_y(band.max + 0.5, sheet.maximum),
            height=_y(band.min - 0.5, sheet.maximum) - _y(band.max + 0.5, sheet.maximum),
        )
        for band in sheet.bands
        if band.min is not None and band.max is not None
    )
    moments = [point.at for point in trend.points]
    marks = tuple(
        Mark(
            point=point,
            band=sheet.band(point.band).label(language) if point.band else "",
            x=_x(point.at, moments[0], moments[-1]),
            y=_y(point.total, sheet.maximum),
        )
        for point in trend.points
    )
    return Chart(
        instrument=trend.instrument,
        # The letters under which colleagues know the scale; its full title names a condition.
        title=trend.instrument.upper(),
        distance=RELIABLE_CHANGE[trend.instrument],
        highest=sheet.maximum,
        stripes=stripes,
        marks=marks,
    )


def _y(total: float, highest: int) -> float:
    # Half a point of room above and below, so that a mark at the end of the scale is whole.
    span = HEIGHT - TOP - BOTTOM
    return TOP + span * (highest + 0.5 - total) / (highest + 1)


def _x(at: datetime, first: datetime, last: datetime) -> float:
    # The names of the bands stand on the right, so the line ends before them.
    start, span = LEFT + 12, WIDTH - LEFT - RIGHT - 112
    if last == first:
        return start + span / 2
    return start + span * ((at - first) / (last - first))
