"""A certificate of service as a page that can be printed, sealed and signed: Chinese first, English below."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle  # type: ignore[import-untyped]

from care import certificates
from models.hours import Certificate

# Every PDF reader brings this face for Chinese, so no font file has to be carried along.
FONT = "STSong-Light"
INK = colors.HexColor("#1f2b29")
QUIET = colors.HexColor("#4c5957")
LINE = colors.HexColor("#7f867f")
_MARGIN = 22 * mm


def draw(*, certificate: Certificate, secret: str, check_url: str, timezone: str) -> bytes:
    """Return the PDF of an issued certificate; the same certificate always gives the same words."""
    assert certificate.number is not None
    assert certificate.content is not None
    assert certificate.issued_at is not None
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    content = certificate.content
    code = certificates.check_code(secret=secret, number=certificate.number)
    signed = certificate.issued_at.astimezone(ZoneInfo(timezone)).date()
    story = [
        *_title(),
        *_statement(certificate, content),
        _table(content),
        Spacer(1, 6 * mm),
        _signatures(content, signed),
        Spacer(1, 8 * mm),
        *_foot(certificate.number, code, check_url),
    ]
    out = BytesIO()
    page = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=24 * mm,
        bottomMargin=20 * mm,
        title=f"志愿服务记录证明 {certificate.number}",
        author=str(content["unit_zh"]),
        # The same certificate is the same file, whenever it is fetched.
        invariant=1,
    )
    page.build(story)
    return out.getvalue()


def _style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    plain = {"fontName": FONT, "fontSize": size, "leading": leading, "textColor": INK, "wordWrap": "CJK"}
    return ParagraphStyle("plain", **plain | more)


def _latin(size: float, leading: float, **more: Any) -> ParagraphStyle:
    return _style(size, leading, wordWrap=None, textColor=QUIET, **more)


def _title() -> list[Any]:
    return [
        Paragraph("志愿服务记录证明", _style(24, 34, alignment=TA_CENTER)),
        Paragraph("Certificate of Volunteer Service", _latin(12, 18, alignment=TA_CENTER)),
        Spacer(1, 8 * mm),
    ]


def spoken(minutes: int) -> tuple[str, str]:
    """Return a length of time in Chinese and in English."""
    whole, rest = divmod(minutes, 60)
    zh = (f"{whole}小时" if whole or not rest else "") + (f"{rest}分钟" if rest else "")
    en = f"{whole} h {rest} min" if rest else f"{whole} h"
    return zh, en


def _day(day: date) -> tuple[str, str]:
    return f"{day.year}年{day.month}月{day.day}日", day.isoformat()


def _statement(certificate: Certificate, content: dict[str, Any]) -> list[Any]:
    name = escape(str(content["name"]))
    first, last, total = _day(certificate.first_day), _day(certificate.last_day), spoken(int(content["minutes"]))
    times = len(content["lines"])
    return [
        Paragraph(
            f"兹证明 <u>{name}</u>（证件号码：＿＿＿＿＿＿＿＿＿＿＿＿，由本人持证件当面填写）",
            _style(12, 22),
        ),
        Paragraph(
            f"于{first[0]}至{last[0]}期间，在{escape(str(content['unit_zh']))}参加志愿服务共{times}次，"
            f"服务时间累计<b>{total[0]}</b>。服务内容、日期和时间如下，均来自本单位的志愿服务记录，真实、完整。",
            _style(12, 22),
        ),
        Paragraph(
            f"This certifies that {name} served as a volunteer of {escape(str(content['unit_en']))} between {first[1]} "
            f"and {last[1]} on {times} occasions, {total[1]} in all. "
            "The table is a true and complete copy of our records.",
            _latin(9.5, 14),
        ),
        Spacer(1, 5 * mm),
    ]


def _table(content: dict[str, Any]) -> Table:
    cell, small = _style(9.5, 13), _latin(8, 10.5)
    head = [
        [Paragraph(zh, cell), Paragraph(en, small)]
        for zh, en in (("日期", "Date"), ("服务内容", "Service"), ("地点", "Place"), ("时长", "Time"))
    ]
    rows: list[list[Any]] = [head]
    for line in content["lines"]:
        zh, en = spoken(int(line["minutes"]))
        rows.append(
            [
                Paragraph(line["day"], cell),
                [Paragraph(escape(line["what_zh"]), cell), Paragraph(escape(line["what_en"]), small)],
                [Paragraph(escape(line["where_zh"]), cell), Paragraph(escape(line["where_en"]), small)],
                [Paragraph(zh, cell), Paragraph(en, small)],
            ]
        )
    total = spoken(int(content["minutes"]))
    rows.append([Paragraph("合计 Total", cell), "", "", [Paragraph(total[0], cell), Paragraph(total[1], small)]])
    table = Table(rows, colWidths=[24 * mm, 66 * mm, 44 * mm, 32 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 1, INK),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, INK),
                ("LINEBELOW", (0, 1), (-1, -2), 0.3, LINE),
                ("LINEBELOW", (0, -1), (-1, -1), 1, INK),
                ("SPAN", (0, -1), (2, -1)),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _signatures(content: dict[str, Any], signed: date) -> Table:
    text, small = _style(11, 18), _latin(8.5, 12)
    zh, en = _day(signed)
    left = [
        Paragraph("出具单位（盖章）", text),
        Paragraph(escape(str(content["unit_zh"])), text),
        Paragraph(f"Certifying unit (seal): {escape(str(content['unit_en']))}", small),
    ]
    right = [
        Paragraph(f"出具人：{escape(str(content['issued_by']))}；签字：＿＿＿＿＿＿", text),
        Paragraph(f"出具日期：{zh}", text),
        Paragraph(f"Certified by (signature), on {en}", small),
    ]
    table = Table([[left, right]], colWidths=[83 * mm, 83 * mm])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    # A seal and its signature belong on one page.
    table.hAlign, table.splitByRow = "LEFT", 0
    return table


def _foot(number: str, code: str, check_url: str) -> list[Any]:
    text, small = _style(9, 14), _latin(8, 11.5)
    return [
        Paragraph(f"证明编号 No. <b>{number}</b>；核验码 Check code: <b>{code}</b>", text),
        Paragraph(f"核验：打开 {escape(check_url)}，输入编号和核验码。本证明无偿出具；记录有误，可以要求更正。", text),
        Paragraph(
            f"To check: open {escape(check_url)} and type the number and the code. Issued free of charge; "
            "mistakes are corrected on request.",
            small,
        ),
        Paragraph(
            "依据：《志愿服务条例》第十九条；《志愿服务记录与证明出具办法（试行）》（民政部令第67号）。",
            _style(8, 12, textColor=QUIET),
        ),
    ]
