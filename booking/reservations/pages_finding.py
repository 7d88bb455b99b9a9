"""The page where residents find a session: by place, day, program, person and free seats, as a day's list or a week's.

Every filter is a link or a GET form, so it stands in the address and works without scripts.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from booking.access.schemas import Actor
from booking.facilities import rules_words
from booking.kit import clock
from booking.kit.i18n import N_
from booking.kit.web import Asking, page, slot
from booking.reservations import rules_finder, service_finding
from booking.reservations.errors_audiences import GRADES
from booking.reservations.pages_words import WORDS
from booking.reservations.schemas_finding import Found, ListedSession, Search

WEEK_VIEW = "week"


@get("/sessions", include_in_schema=False)
async def show_sessions(request: Asking, actor: NamedDependency[Actor], part: FromQuery[str] = "1") -> Response[str]:
    """Sessions that fit, with places and their crowding, the week, and the filters."""
    found = await service_finding.find_sessions(actor, _asked(request.query_params))
    crowding = {place.code: await slot("facility.crowding", request, code=place.code) for place in found.places}
    return page(request, "reservations/sessions.html", **_finder(found, part), crowding=crowding, **WORDS)


def _asked(query: Mapping[str, str]) -> Search:
    """What an address asks for; what cannot be read asks for nothing."""
    today = clock.today()
    return Search(
        first=rules_finder.read_day(query.get("from", ""), today),
        day=rules_finder.read_day(query.get("on", ""), today),
        is_week=query.get("view") == WEEK_VIEW,
        facility=query.get("facility", ""),
        program=query.get("program", "")[:80],
        who=query.get("grade", ""),
        only_free=bool(query.get("available")),
    )


def _finder(found: Found, part: str) -> dict[str, Any]:
    week, kept = tuple(found.counts), _kept(found)
    parts = max(-(-len(found.sessions) // rules_finder.ROWS), 1)
    at = min(int(part), parts) if part.isdecimal() and part.isascii() and int(part[:4]) > 0 else 1
    names = {member.id: member.shown_name for member in found.members}

    def address(**changed: str) -> str:
        said = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"/sessions?{urlencode(said)}"

    return {
        "found": found,
        "kept": kept,
        "address": address,
        "days": _by_day(found.sessions[(at - 1) * rules_finder.ROWS : at * rules_finder.ROWS]),
        "count": len(found.sessions),
        "part": at,
        "parts_count": parts,
        "week_before": (week[0] - timedelta(days=rules_finder.WEEK)).isoformat(),
        "week_after": (week[-1] + timedelta(days=1)).isoformat(),
        "has_before": week[0] > clock.today(),
        "week": week,
        "today": clock.today(),
        "people": [(str(member.id), member.shown_name) for member in found.members],
        "grades": [*((str(n + 1), said) for n, said in enumerate(GRADES)), (rules_finder.ADULT, N_("大人"))],
        "facility_words": rules_words,
        "names_said": lambda listed: "・".join(names[member_id] for member_id in listed.mine),
    }


def _kept(found: Found) -> dict[str, str]:
    """The search as its address keeps it."""
    asked = found.asked
    return {
        "facility": asked.facility,
        "program": asked.program,
        "on": found.day.isoformat(),
        "from": next(iter(found.counts)).isoformat(),
        "grade": asked.who,
        "available": "1" if asked.only_free else "",
        "view": WEEK_VIEW if asked.is_week else "",
    }


def _by_day(listed: list[ListedSession]) -> list[tuple[date, list[ListedSession]]]:
    return [(day, list(items)) for day, items in groupby(listed, key=lambda each: each.session.held_on)]


PAGES = (show_sessions,)
