"""The QR code from which an authenticator reads its secret, drawn into the page: it is never a file or an address."""

import qrcode
from markupsafe import Markup

QUIET_ZONE = 4


def qr_svg(text: str, title: str) -> Markup:
    """A QR code as an inline SVG; `title` says it to those who do not see it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="240" height="240"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{}v{}H0z"/><path d="{}"/></svg>'
    ).format(title, size, size, size, size, path)
