"""Bodies, places and facilities, as small as they may be."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from booking.facilities import queries
from booking.facilities.schemas import BodyView, FacilityView
from booking.facilities.tables import Body, Facility, Municipality, OpeningHours, Place, Space
from booking.kit.tokens import new_id

LONG_AGO = date(2020, 4, 1)


async def make_body(code: str | None = None, name: str = "ためし県") -> BodyView:
    """A body; a code of its own unless given."""
    code = code or f"B{new_id().hex[-8:]}"
    await Body.insert(Body(id=new_id(), code=code, name=name, names='{"en": "Trial Prefecture"}'))
    return next(body for body in await queries.list_bodies() if body.code == code)


async def make_municipality(code: str | None = None, kind: str = "city") -> Municipality:
    """A municipality to live in."""
    made = Municipality(id=new_id(), code=code or f"M{new_id().hex[-8:]}", name="ためし市", kana="ためしし", kind=kind)
    await Municipality.insert(made)
    return made


async def make_place() -> Place:
    """A place with an entrance."""
    made = Place(id=new_id(), code=f"place-{new_id().hex[-8:]}", name="ためしビル")
    await Place.insert(made)
    return made


async def make_facility(
    *,
    capacity: int = 50,
    body: BodyView | None = None,
    place: Any = None,
    opens: time = time(0),
    closes: time = time(23, 59),
    weekdays: Iterable[int] = range(1, 8),
    code: str | None = None,
    **columns: Any,
) -> FacilityView:
    """A facility of a body and a place of its own, open all day every day unless said otherwise."""
    body = body or await make_body()
    code = code or f"facility-{new_id().hex[-8:]}"
    facility_id = new_id()
    given = {
        "name": "ためし館",
        "names": '{"en": "Trial House"}',
        "kind": "satellite",
        "brand": "tsukurun",
        "address": "群馬県ためし市1-2-3",
        "opened_on": LONG_AGO,
        "source": "a test",
        **columns,
    }
    await Facility.insert(
        Facility(
            id=facility_id,
            code=code,
            body=body.id,
            place=(place or await make_place()).id,
            municipality=(await make_municipality()).id,
            capacity=capacity,
            **given,
        )
    )
    rows = [
        OpeningHours(
            id=new_id(), facility=facility_id, weekday=each, opens=opens, closes=closes, valid_from_on=LONG_AGO
        )
        for each in weekdays
    ]
    if rows:
        await OpeningHours.insert(*rows)
    return await queries.get_facility(code)


async def make_space(facility: FacilityView, *, capacity: int = 20, code: str | None = None, **columns: Any) -> Space:
    """A room of a facility."""
    given = {"name": "スタジオ", "names": '{"en": "Studio"}', **columns}
    code = code or f"space-{new_id().hex[-8:]}"
    made = Space(id=new_id(), facility=facility.id, code=code, capacity=capacity, **given)
    await Space.insert(made)
    return made
