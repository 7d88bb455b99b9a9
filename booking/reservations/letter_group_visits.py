"""The letter of acceptance of a group visit: one A4, in Japanese, as schools file it; PDF/UA-1.

The code of the day is on it as digits and, with its day, as a QR code: it opens nothing, it only says at the entrance
or the desk which group has come.
"""

import asyncio
from typing import Any

from booking.kit.i18n import N_, format_day, format_span, translate
from booking.kit.typesetting import typeset
from booking.passes.drawing import draw_address
from booking.people.rules_text import print_phone
from booking.reservations.errors_audiences import GRADES
from booking.reservations.errors_group_visits import GroupVisitNotApproved
from booking.reservations.rules_group_visits import letter_code
from booking.reservations.rules_kinds import RequestState
from booking.reservations.schemas_group_visits import GroupRequestView

TITLE = N_("団体来館 受け入れのお知らせ")
OPENING = N_("お申しこみのあった来館を、次のとおり受け入れます。")
TO_BRING = (
    N_("この紙（印刷したもの、または画面）"),
    N_("名札（下の名前だけのもの）"),
    N_("飲みもの（ふたのあるもの）"),
    N_("会員の人は、自分のパスかカード"),
)
ON_THE_DAY = N_(
    "着いたら、入口の端末にこのQRコードをかざすか、番号を打って、来た人数を入れてください。受付の人に番号を伝えてもかまいません。人数は当日に変わってもかまいません。"
    "会員の人がパスを見せたときは、その人を団体の人数から引いて、1回だけ数えます。"
)
TO_CHANGE = N_("日時や人数を変えたいとき、来られなくなったときは、早めに電話で知らせてください。")
HEADS = {
    "place": N_("場所"),
    "day": N_("日にち"),
    "time": N_("時間"),
    "rooms": N_("部屋"),
    "heads": N_("人数"),
    "years": N_("学年"),
    "help": N_("車いす・バス"),
    "note": N_("係の人から"),
}
_LETTER = """
#set page(width: 210mm, height: 297mm, margin: (x: 24mm, top: 22mm, bottom: 20mm))
#set text(size: 11pt)
#set par(leading: 0.85em)
#align(right, data.date)
#v(4mm)
#text(size: 13pt, data.to)
#v(1mm)
#align(right, { text(size: 12pt, data.body); linebreak(); data.place; linebreak(); data.phone })
#v(8mm)
#align(center, heading(level: 1, text(size: 18pt, data.title)))
#v(6mm)
#data.opening
#v(3mm)
#table(
  columns: (34mm, 1fr),
  inset: (x: 3mm, y: 2.6mm),
  stroke: 0.4pt + luma(120),
  ..data.rows.map(row => (strong(row.at(0)), row.at(1))).flatten()
)
#v(4mm)
#block(width: 100%, stroke: 1.2pt + black, radius: 2mm, inset: 4mm, {
  heading(level: 2, text(size: 12pt, data.code_head))
  v(-1mm)
  grid(columns: (32mm, 1fr), column-gutter: 5mm, align: horizon,
    image(bytes(data.picture), format: "svg", width: 32mm, height: 32mm, alt: data.picture_alt),
    {
      text(size: 30pt, tracking: 6pt, weight: "bold", data.code)
      v(-2mm)
      data.on_the_day
    })
})
#v(2mm)
#heading(level: 2, text(size: 12pt, data.bring_head))
#list(..data.bring)
#v(2mm)
#data.change
#linebreak()
#data.phone
"""


async def print_letter(visit: GroupRequestView) -> bytes:
    """The letter of an approved visit. Raises: GroupVisitNotApproved."""
    if visit.state != RequestState.APPROVED or visit.visit is None or visit.door_code is None:
        raise GroupVisitNotApproved
    decided = visit.answered_at or visit.decided_at or visit.created_at
    return await typeset(
        _LETTER,
        {
            "title": _said(TITLE),
            "lang": "ja",
            "date": format_day(decided, "ja", year=True),
            "to": f"{visit.organisation}　{visit.contact_name} 様"
            if visit.contact_name
            else f"{visit.organisation} 様",
            "body": visit.body_name,
            "place": visit.facility_name,
            "phone": _phone(visit),
            "opening": _said(OPENING),
            "rows": _rows(visit),
            "code_head": _said(N_("当日の番号")),
            "code": visit.door_code,
            "picture": await asyncio.to_thread(draw_address, letter_code(visit.visit.on, visit.door_code)),
            "picture_alt": _said(N_("入口の端末にかざすQRコード。番号 {code} と同じです。"), code=visit.door_code),
            "on_the_day": _said(ON_THE_DAY),
            "bring_head": _said(N_("持ってくるもの")),
            "bring": [_said(one) for one in TO_BRING],
            "change": _said(TO_CHANGE),
        },
    )


def _said(sentence: str, **params: Any) -> str:
    return translate(sentence, "ja", **params)


def _phone(visit: GroupRequestView) -> str:
    return _said(N_("電話 {phone}"), phone=print_phone(visit.facility_phone)) if visit.facility_phone else ""


def _rows(visit: GroupRequestView) -> list[list[str]]:
    assert visit.visit is not None
    years = "、".join(f"{GRADES[year - 1]} {n}人" for year, n in sorted(visit.pupils.items()))
    shares = "、".join(f"{room.space_name}（{room.heads}人）" for room in visit.rooms)
    said = {
        "place": f"{visit.facility_name}（{visit.facility_address}）",
        "day": format_day(visit.visit.on, "ja", year=True),
        "time": format_span(visit.visit.starts, visit.visit.ends, "ja"),
        "rooms": shares,
        "heads": _said(N_("合わせて{n}人（児童・生徒 {pupils}人、おとな {adults}人）"), n=visit.heads,
                       pupils=sum(visit.pupils.values()), adults=visit.adults),
        "years": years,
        "help": _help(visit),
        "note": visit.staff_note,
    }  # fmt: skip
    return [[_said(HEADS[name]), text] for name, text in said.items() if text]


def _help(visit: GroupRequestView) -> str:
    said = [
        _said(N_("車いす {n}台"), n=visit.wheelchairs) if visit.wheelchairs else "",
        _said(N_("バス {n}台"), n=visit.bus_count) if visit.bus_count else "",
    ]
    return "、".join(one for one in said if one)
