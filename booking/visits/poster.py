"""The poster at the door: its code opens the first visit's page on the visitor's own phone. A4, every language."""

from collections.abc import Sequence

from booking.kit.typesetting import typeset
from booking.passes.drawing import draw_address

_POSTER = """
#set page(width: 210mm, height: 297mm, margin: (x: 20mm, y: 18mm))
#set align(center)
#text(size: 15pt, data.place)
#v(2mm)
#text(size: 34pt, data.heading)
#v(1mm)
#text(size: 13pt, data.text)
#v(4mm)
#image(bytes(data.picture), format: "svg", width: 105mm, height: 105mm, alt: data.address)
#v(1mm)
#text(size: 11pt, data.address)
#v(4mm)
#for line in data.others { par(text(size: 15pt, lang: line.at(0).split("-").first(), line.at(1))) }
#v(1fr)
#text(size: 12pt, data.foot)
"""


async def print_poster(
    place: str, address: str, *, heading: str, text: str, others: Sequence[tuple[str, str]], foot: str
) -> bytes:
    """One sheet. `others`: the heading in the other languages, each with its tag."""
    said = {"place": place, "address": address, "heading": heading, "text": text, "others": list(others), "foot": foot}
    return await typeset(
        _POSTER, {"title": f"{heading} {place}", "lang": "ja", "picture": draw_address(address), **said}
    )
