"""On the desk's page of a member: what they have booked and which groups they are in, to give back for them.

Also of a protected member, whom no roster shows: this page is opened by number.
"""

from typing import Any

from markupsafe import Markup

from booking.kit.i18n import language_of
from booking.kit.templating import render_piece
from booking.kit.web import Asking, actor_of
from booking.reservations import service_reading
from booking.reservations.pages_bookings_staff import STATES
from booking.reservations.pages_groups import WORDS as GROUP_WORDS
from booking.reservations.pages_words import WORDS


async def _of_member(request: Asking, **context: Any) -> Markup:
    actor = actor_of(request)
    if actor is None:
        return Markup("")
    items, groups = await service_reading.list_for_desk(actor, context["member_id"])
    words = {**GROUP_WORDS, **WORDS, "states": STATES}
    return render_piece("reservations/of_member.html", language_of(request), items=items, groups=groups, **words)


SLOTS = {"staff-member.20-bookings": _of_member}
