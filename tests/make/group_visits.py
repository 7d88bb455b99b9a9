"""Group visits, as small as they may be."""

from datetime import timedelta
from typing import Any

from booking.access.schemas import SYSTEM, Actor
from booking.facilities.schemas import FacilityView
from booking.kit import clock
from booking.reservations import service_group_visits as service
from booking.reservations.queries_group_visits import get_request
from booking.reservations.schemas_group_visits import AnswerForm, GroupRequestForm, GroupRequestView
from tests.make.facilities import make_facility

WORDS = {
    "nonce": "",
    "organisation": "ためし第一中学校",
    "contact_name": "梅林 先生",
    "phone": "027-226-2111",
    "email": "teacher@example.jp",
    "adults": "2",
    "wheelchairs": "",
    "bus_count": "1",
    "assistance": "",
    "language": "ja",
    "note": "",
}


def form_of(facility_code: str, days: int = 10, **given: Any) -> GroupRequestForm:
    """38 pupils of the first year of junior high and two adults, ten days from now, or a day or two later."""
    wishes = [(clock.today() + timedelta(days=days + more)).isoformat() for more in range(3)]
    lists = {"day": wishes, "starts": ["10:00"] * 3, "ends": ["12:00"] * 3, "pupils": ["0"] * 6 + ["38"]}
    return GroupRequestForm(facility=facility_code, **{**WORDS, **lists, **given})


async def make_request(facility: FacilityView | None = None, **given: Any) -> GroupRequestView:
    """A request that waits for an answer."""
    facility = facility or await make_facility()
    return await get_request(await service.ask(Actor(), form_of(facility.code, **given)))


def answer_of(request: GroupRequestView, wish: int = 0, **given: Any) -> AnswerForm:
    """The answer that takes a wish as it is, with the rooms the service proposes."""
    at = request.dates[wish]
    texts = {"day": at.on.isoformat(), "starts": f"{at.starts:%H:%M}", "ends": f"{at.ends:%H:%M}", "note": ""}
    return AnswerForm(**{"room": [], "heads": [], "outside": False, **texts, **given})


async def make_visit(facility: FacilityView | None = None, **given: Any) -> GroupRequestView:
    """An approved visit."""
    request = await make_request(facility, **given)
    return await service.approve(SYSTEM, request.id, answer_of(request))
