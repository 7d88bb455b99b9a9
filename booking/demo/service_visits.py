"""Group visits of the demo: one comes today, one soon, one waits for an answer. All are made up."""

from datetime import date, time, timedelta

from booking.access.schemas import SYSTEM, Actor
from booking.demo.rules_words import ROOM_NAMES
from booking.demo.service_groups import FACILITY
from booking.facilities import service_spaces
from booking.facilities.schemas_forms import SpaceForm
from booking.kit import clock, db
from booking.kit.i18n import LANGUAGES
from booking.reservations import service_group_visits as service
from booking.reservations.queries_group_visits import get_request
from booking.reservations.rules_group_visits import WISHES, YEARS
from booking.reservations.schemas_group_visits import AnswerForm, GroupRequestForm, GroupRequestView

ROOMS, CAPACITY = (1, 2), "24"
TODAY, AHEAD, WAITING = "みほん子ども会", "みほん市立みほん小学校", "みほん市立みほん中学校"


async def make_rooms() -> None:
    """Two rooms at the centre, for weekly groups and for whoever comes as a group."""
    for number in ROOMS:
        names = [ROOM_NAMES[language].format(number) for language in LANGUAGES]
        code, (name, *others) = f"studio-{number}", names
        form = SpaceForm(code=code, name=name, names=others, capacity=CAPACITY, wheelchair_places="2", seen="")
        await service_spaces.add_space(SYSTEM, FACILITY, form)


async def make_visits() -> None:
    """One group today, a school the day after tomorrow in two rooms, and a school that asks for three dates."""
    today = clock.today()
    coming = await _ask(AHEAD, {5: 38}, 3, today + timedelta(days=2), time(10))
    await _accept(coming)
    await _ask(WAITING, {8: 64}, 4, today + timedelta(days=12), time(13))
    soon = await _accept(await _ask(TODAY, {3: 9, 4: 12}, 3, today + timedelta(days=1), time(13)))
    # A visit is accepted for a day to come; this one's day is moved, so that there is one to count at once.
    await db.execute("update group_request set visit_on = $2 where id = $1", soon.id, today)
    for table in ("space_taken", "group_room"):
        whose = "used_by" if table == "space_taken" else "request"
        await db.execute(
            f"update {table} set starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'"
            f" where {whose} = $1",
            soon.id,
        )


async def _ask(name: str, pupils: dict[int, int], adults: int, day: date, starts: time) -> GroupRequestView:
    days = [(day + timedelta(days=7 * n)).isoformat() for n in range(WISHES)]
    form = GroupRequestForm(
        nonce="",
        facility=FACILITY,
        organisation=name,
        contact_name="見本 先生",
        phone="0270-00-0000",
        email="sensei@example.jp",
        day=days,
        starts=[f"{starts:%H:%M}"] * WISHES,
        ends=[f"{starts.hour + 2:02}:00"] * WISHES,
        pupils=[str(pupils.get(year, "")) for year in range(1, YEARS + 1)],
        adults=str(adults),
        wheelchairs="",
        bus_count="1",
        assistance="",
        language="ja",
        note="",
    )
    return await get_request(await service.ask(Actor(), form))


async def _accept(request: GroupRequestView) -> GroupRequestView:
    at = request.dates[0]
    texts = {"day": at.on.isoformat(), "starts": f"{at.starts:%H:%M}", "ends": f"{at.ends:%H:%M}"}
    answer = AnswerForm(**texts, room=[], heads=[], outside=True, note="バスは、北の駐車場に止めてください。")
    return await service.approve(SYSTEM, request.id, answer)
