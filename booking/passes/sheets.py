"""Cards on paper: credit-card size, ten to an A4 sheet with cut marks, the code at least 40 mm wide.

Source: ISO/IEC 7810 ID-1; decisions, "The door" (a card's QR is at least 40 mm).
"""

from collections.abc import Sequence

from msgspec import Struct, to_builtins

from booking.kit.typesetting import typeset
from booking.passes.drawing import path_of, side_of

CARDS_PER_SHEET = 10
_SHEET = """
#set page(width: 210mm, height: 297mm, margin: 0mm)
#let across = 85.6mm
#let down = 54mm
#let left = 19.4mm
#let top = 13.5mm
#let mark(angle) = pdf.artifact(line(angle: angle, length: 5mm, stroke: 0.2mm + luma(120)))
#let card(it) = {
  place(dx: 2.5mm, dy: 3mm, image(bytes(it.picture), format: "svg", width: 48mm, height: 48mm, alt: it.alt))
  place(dx: 51.5mm, dy: 6mm, block(width: 32.5mm, height: 44mm, {
    text(size: 7pt, it.head)
    v(2.5mm)
    par(text(size: 12pt, it.name))
    v(1fr)
    text(size: 7pt, it.number_head)
    v(-1.5mm)
    text(size: 14pt, it.number)
    v(0.5mm)
    text(size: 6pt, it.foot)
  }))
}
#let sheets = data.cards.chunks(10)
#for (page, cards) in sheets.enumerate() {
  if page > 0 { pagebreak() }
  for n in range(3) {
    let x = left + across * n
    for y in (top - 7mm, top + down * 5 + 2mm) { place(dx: x, dy: y, mark(90deg)) }
  }
  for n in range(6) {
    let y = top + down * n
    for x in (left - 7mm, left + across * 2 + 2mm) { place(dx: x, dy: y, mark(0deg)) }
  }
  for (n, it) in cards.enumerate() {
    let (row, column) = (calc.quo(n, 2), calc.rem(n, 2))
    place(dx: left + across * column, dy: top + down * row, box(width: across, height: down, card(it)))
  }
}
"""


class Card(Struct, frozen=True, kw_only=True):
    """What is on one card: the code's text and the words around it."""

    token: str
    alt: str
    head: str
    name: str
    number_head: str
    number: str
    foot: str


async def print_cards(cards: Sequence[Card], *, title: str, language: str) -> bytes:
    """The sheets with these cards as one PDF."""
    shown = [{**to_builtins(one), "picture": _picture(one.token)} for one in cards]
    for one in shown:
        del one["token"]
    return await typeset(_SHEET, {"title": title, "lang": language, "cards": shown})


def _picture(token: str) -> str:
    side = side_of(token)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{path_of(token)}"/></svg>'
    )
