"""The QR code of a pass as a picture. Pure Python takes some milliseconds: call it in a thread.

Level M, version 6, alphanumeric mode, quiet zone of four modules. Source: decisions, "The pass".
"""

from functools import lru_cache
from io import BytesIO

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

QUIET_MODULES = 4
MODULE_PIXELS = 12
NUMBER_MODULES = 7
"""Height of the line with the number, below the quiet zone."""


@lru_cache(maxsize=2_000)
def rows_of(token: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a code, without the quiet zone. Cached: the search for the best mask is the cost."""
    code = qrcode.QRCode(version=6, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(QRData(token, mode=MODE_ALPHA_NUM))
    code.make(fit=False)
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())


def path_of(token: str) -> str:
    """The dark modules as one stroked SVG path in a square of `side_of` units, quiet zone included."""
    parts = []
    for y, row in enumerate(rows_of(token)):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            if not dark and start is not None:
                parts.append(f"M{start + QUIET_MODULES} {y + QUIET_MODULES}.5h{x - start}")
                start = None
    return "".join(parts)


def draw_address(address: str) -> str:
    """A web address as a code for a poster: an SVG with its quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = "".join(f"M{x} {y}.5h1" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell)
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{dark}"/></svg>'
    )


def side_of(token: str) -> int:
    """Modules on a side, quiet zone included."""
    return len(rows_of(token)) + 2 * QUIET_MODULES


def spaced(number: str) -> str:
    """A member number in two groups, as people read it."""
    return f"{number[:4]} {number[4:]}"


@lru_cache(maxsize=500)
def draw_svg(token: str, number: str) -> bytes:
    """A scalable picture: the code and, below it, the number."""
    side = side_of(token)
    height = side + NUMBER_MODULES
    text = (
        f'<text x="{side / 2}" y="{side + 4}" font-family="sans-serif" font-size="5" font-weight="700"'
        f' text-anchor="middle">{spaced(number)}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {height}" width="{side * 8}"'
        f' height="{height * 8}"><path fill="#fff" d="M0 0h{side}v{height}H0z"/>'
        f'<path stroke="#000" shape-rendering="crispEdges" d="{path_of(token)}"/>{text}</svg>'
    ).encode()


@lru_cache(maxsize=500)
def draw_png(token: str, number: str) -> bytes:
    """The same as pixels, large enough for a phone and for a card of 40 mm at 300 dpi."""
    side = side_of(token) * MODULE_PIXELS
    picture = Image.new("1", (side, side + NUMBER_MODULES * MODULE_PIXELS), 1)
    pen = ImageDraw.Draw(picture)
    for y, row in enumerate(rows_of(token)):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + QUIET_MODULES) * MODULE_PIXELS, (y + QUIET_MODULES) * MODULE_PIXELS
                pen.rectangle((left, top, left + MODULE_PIXELS - 1, top + MODULE_PIXELS - 1), fill=0)
    font = ImageFont.load_default(5 * MODULE_PIXELS)
    pen.text((side / 2, side), spaced(number), font=font, fill=0, anchor="mt")
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
