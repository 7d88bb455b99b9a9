"""What a kiosk refused today, hour by hour, on the page of that kiosk: a door that sends people away is noticed."""

from itertools import groupby
from typing import Any
from uuid import UUID

from markupsafe import Markup

from booking.kit import clock
from booking.kit.templating import render_piece
from booking.kit.web import Asking, language_of
from booking.visits.queries_desk import count_refusals
from booking.visits.sentences import gist


async def _refused_today(request: Asking, *, kiosk_id: UUID) -> Markup:
    """A table of counts, the newest hour first; it names nobody. The caller has asked who may see the kiosk."""
    language = language_of(request)
    counted = await count_refusals(kiosk_id, clock.today())
    hours = [(hour, list(rows)) for hour, rows in groupby(counted, lambda row: row.hour)]
    return render_piece(
        "visits/refusals.html",
        language,
        hours=hours,
        total=sum(row.scans for row in counted),
        gist=lambda code: gist(code, language),
    )


SLOTS: dict[str, Any] = {"kiosk.10-refusals": _refused_today}
