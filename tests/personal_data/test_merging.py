"""Two records of one person become one: nothing is lost, nothing is left, nobody sees more than was shown."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.access.service import record_view
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import queries_certifying, service_certifying, service_definitions, service_fold
from booking.kpi import service as kpi
from booking.kpi.schemas_certifying import Certification, CertifyForm
from booking.people import queries as people
from booking.people import queries_staff, service_guardians
from booking.people.errors import MemberNotFound
from booking.people.schemas import MemberView
from booking.personal_data import queries_disclosing, queries_exposure, service, service_merging
from booking.personal_data.errors_merging import (
    BothInside,
    NotMergeable,
    NumberUnusable,
    PlanMoved,
    RegisteredElsewhere,
    SurvivorNumberDiffers,
)
from booking.personal_data.schemas_disclosing import Reading
from booking.personal_data.schemas_exposure import Lost, Span, Thing
from booking.reservations.rules import ReservationState
from booking.visits import service_corrections
from tests.conftest import Clock
from tests.house.everything import make_everything
from tests.house.everything_sent import HERE
from tests.kpi.test_definitions import form as definition_form
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_facility
from tests.make.groups import enrol, make_group
from tests.make.passes import make_pass
from tests.make.people import make_guardianship, make_household, make_member, make_protected, make_qualification
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.make.visits import kiosk_at, visits
from tests.personal_data.test_erasing import administrator, found_in, register_too, see_them_out, the_body

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock")]
STAYS_TRUE = {"audit_entry", "personal_data_view", "member_merged"}
"""Logs, and what leads from the old number to the member."""


async def merged(kept: MemberView, gone: MemberView, **how: Any) -> Any:
    return await service_merging.merge(SYSTEM, gone.id, kept.number, **how)


async def came(member: MemberView, place: Any, *, days_ago: int, hour: int = 0) -> None:
    at = house_clock.now() - timedelta(days=days_ago, hours=-hour)
    left = at + timedelta(minutes=30)
    await service_corrections.add_visit(SYSTEM, place.code, member.id, entered_at=at, left_at=left, reason="紙にある")


async def test_everything_of_the_second_is_the_firsts() -> None:
    house = await make_everything()
    gone = await people.get_member(house.member.id)
    kept = await people.get_member((await make_member(5, body=HERE)).id)
    await see_them_out()
    theirs = [row["person_key"] for row in await visits()]
    told = len(await queries_staff.list_guardians(gone.id))
    done = await merged(kept, gone)
    assert (done.id, done.visits, done.given_up) == (kept.id, len(theirs), 0)
    assert await found_in([str(gone.id)], STAYS_TRUE) == {}
    assert [(row["member"], row["person_key"]) for row in await visits()] == [(kept.id, key) for key in theirs]
    assert len(await queries_staff.list_guardians(kept.id)) == told
    found = await people.find_member_by_number(gone.number)
    assert found is not None
    assert found.id == kept.id
    said = await house_db.fetchrow("select * from audit_entry where action = 'member.merged'")
    assert said is not None
    assert not any(word in str(dict(said)) for word in house.secrets)
    with pytest.raises(MemberNotFound):
        await merged(kept, gone)
    assert (await service.erase(SYSTEM, kept.id, kept.number)).members == 1
    assert await found_in([str(kept.id), str(gone.id)], {"audit_entry", "personal_data_view"}) == {}


async def test_a_person_counts_once_and_certified_months_say_why(clock: Clock) -> None:
    await kpi.seed()
    place = await make_facility(body=await the_body(), brand="tumo")
    kept, gone = await make_member(8), await make_member(8)
    for one in (kept, gone):
        await came(one, place, days_ago=30)
    await came(gone, place, days_ago=31)
    form = CertifyForm(month="2026-10", body=HERE, office="見本課", note="日報は紙にある")
    clock.advance(minutes=1)
    made = await service_certifying.certify(SYSTEM, form)
    await service_fold.fold_everything()
    assert (made.value, (await kpi.get_annual_users(2026)).value) == (3, 3)
    clock.advance(hours=1)
    plan = await service_merging.plan_merge(SYSTEM, kept.id, gone.id)
    assert (plan.shared_days, plan.common_years, [one.change for one in plan.moved]) == (1, (2026,), [-1])
    await merged(kept, gone)
    assert (await kpi.get_annual_users(2026)).value == 2, "at once"
    await service_fold.fold_everything()
    year = await kpi.get_annual_users(2026)
    assert (year.value, year.values["plan"]["people"]) == (2, 1)
    assert await service_fold.rebuild() == []
    (kept_month,) = await queries_certifying.list_certifications(made.starts_on, made.until_on)
    assert (kept_month.value, kept_month.now) == (3, 2)
    said = [(one.was, one.now, one.reason) for one in kept_month.differences]
    assert said == [(2, 1, "訂正：同じ人の2つの記録を、1つにまとめました")]
    assert len(await visits()) == 3, "two visits of one day stay two rows"


async def test_a_figure_certified_in_people_says_so_though_they_never_met(clock: Clock) -> None:
    await kpi.seed()
    await service_definitions.define(SYSTEM, definition_form(unit="people"))
    place = await make_facility(body=await the_body(), brand="tumo")
    kept, gone, other = [await make_member(8) for _ in range(3)]
    await came(kept, place, days_ago=31)
    await came(gone, place, days_ago=30)
    form = CertifyForm(month="2026-10", body=HERE, office="見本課", note="日報は紙にある")
    clock.advance(minutes=1)
    assert (await service_certifying.certify(SYSTEM, form)).value == 2
    clock.advance(hours=1)
    await came(kept, place, days_ago=30)
    await service_fold.fold_everything()
    assert (await october()).differences == [], "who was counted already adds nobody"
    await came(other, place, days_ago=29)
    await service_fold.fold_everything()
    clock.advance(hours=1)
    plan = await service_merging.plan_merge(SYSTEM, kept.id, gone.id)
    assert [one.change for one in plan.moved] == [-1]
    await merged(kept, gone)
    await service_fold.fold_everything()
    month = await october()
    assert (month.value, month.now) == (2, 2)
    said = [(one.facility, one.counted_on, one.was, one.now) for one in month.differences]
    assert said == [("", None, 2, 3), ("", None, 3, 2)]
    assert "同じ人の2つの記録を、1つにまとめました" in month.differences[1].reason
    assert await service_fold.rebuild() == []
    assert await october() == month, "counted again it is the same"


async def october() -> Certification:
    """The month as it was certified, and what differs since."""
    (found,) = await queries_certifying.list_certifications(date(2026, 10, 1), date(2026, 11, 1))
    return found


async def test_one_of_two_seats_goes_to_whoever_waits() -> None:
    here = await make_facility(body=await the_body())
    later = house_clock.now() + timedelta(days=2)
    session = await make_session(facility=here, starts_at=later, seats=2)
    other = await make_session(facility=here, starts_at=later + timedelta(days=1))
    past = await make_session(facility=here, starts_at=house_clock.now() - timedelta(days=2))
    kept, gone = await make_member(8), await make_member(8)
    next_one = await make_member(8, account=await make_account())
    await make_reservation(session, kept, ReservationState.WAITING)
    await make_reservation(session, gone)
    await make_reservation(session, await make_member(8))
    await make_reservation(other, gone)
    for one in (kept, gone):
        await make_reservation(past, one, ReservationState.ARRIVED)
    waits = await make_reservation(session, next_one, ReservationState.WAITING)
    await house_db.execute("update reservation set waiting_at = booked_at where state = 'waiting'")
    done = await merged(kept, gone)
    assert done.given_up == 2
    mine = await house_db.fetch("select session, state from reservation where member = $1 order by booked_at", kept.id)
    live = {(row["session"], row["state"]) for row in mine if row["state"] != "cancelled"}
    assert live == {(session.id, "confirmed"), (other.id, "confirmed"), (past.id, "arrived")}
    assert await house_db.fetchval("select state from reservation where id = $1", waits.id) == "waiting"


async def test_one_of_two_places_in_a_group_goes() -> None:
    group = await make_group(facility=await make_facility(body=await the_body()), seats=1, min_to_open=1)
    kept, gone, third = await make_member(8), await make_member(8), await make_member(8)
    (place,) = await enrol(group, gone)
    (wait,) = await enrol(group, kept, may_wait=True)
    (behind,) = await enrol(group, third, may_wait=True)
    done = await merged(kept, gone)
    assert done.given_up == 1
    rows = await house_db.fetch("select id, member, state from enrolment")
    assert {(row["id"], row["member"], row["state"]) for row in rows} == {
        (place.id, kept.id, "enrolled"),
        (wait.id, kept.id, "left"),
        (behind.id, third.id, "waiting"),
    }


async def test_both_inside_waits_until_one_has_left() -> None:
    here = await make_facility(body=await the_body())
    await make_session(facility=here, starts_at=house_clock.now(), walk_in=5)
    kiosk = await kiosk_at(here)
    kept, gone = await make_member(8), await make_member(8)
    for one in (kept, gone):
        assert (await kiosk.shows((await make_pass(one)).token)).verdict == "welcome"
    with pytest.raises(BothInside):
        await merged(kept, gone)
    await house_db.execute("update visit set left_at = $1 where member = $2", house_clock.now(), kept.id)
    await merged(kept, gone)
    assert await house_db.fetchval("select count(*) from visit where left_at is null and member = $1", kept.id) == 1


async def test_what_a_kiosk_still_has_of_the_second_is_the_firsts(clock: Clock) -> None:
    """Offline meanwhile: the old card, the old number and the old key are all told as the member's."""
    here = await make_facility(body=await the_body())
    await make_session(facility=here, starts_at=house_clock.now(), walk_in=5)
    kiosk = await kiosk_at(here)
    kept, gone = await make_member(8), await make_member(8)
    card = await make_pass(gone)
    keys = {kept.id: new_id(), gone.id: new_id()}
    for member_id, value in keys.items():
        await house_db.execute(
            "insert into kiosk_member (id, kiosk, member, member_key) values ($1, $2, $3, $4)",
            *(new_id(), kiosk.id, member_id, value),
        )
    at = house_clock.now()
    await merged(kept, gone)
    clock.advance(minutes=30)
    late = {"at": at, "offline": True, "told": ("welcome", "welcome")}
    await kiosk.shows(card.token, **late)
    await kiosk.shows(kind="number", number=gone.number, **(late | {"at": at + timedelta(minutes=4)}))
    assert {row["member"] for row in await house_db.fetch("select member from scan")} == {kept.id}
    assert [row["member"] for row in await visits()] == [kept.id]
    now = await kiosk.shows(card.token)
    assert now.verdict == "refused", "the card of the second opens no door any more"
    former = await house_db.fetch("select member, member_key from kiosk_member_former")
    assert [(row["member"], row["member_key"]) for row in former] == [(kept.id, keys[gone.id])]


async def test_nobody_gets_more_than_for_either() -> None:
    """A father taken off the child registers it again: merging is no way back. Who acts for one sees the other, as
    shown; a card goes."""
    mother, father, grandmother = await make_account(), await make_account(), await make_account()
    kept = await make_member(5, account=mother)
    await make_guardianship(kept, father, book=False)
    taken_off = (await queries_staff.list_guardians(kept.id))[1]
    await service_guardians.end_guardianship(SYSTEM, taken_off.guardianship_id)
    gone = await make_member(5, account=father, confirmed=False)
    await make_guardianship(gone, mother, told=False)
    await make_guardianship(gone, grandmother, confirmed=False, book=False)
    await service_guardians.set_card(SYSTEM, gone.id, "482619")
    plan = await service_merging.plan_merge(SYSTEM, kept.id, gone.id)
    said = {one.account_id: one for one in plan.guardians}
    assert (said[father.id].is_lost, said[mother.id].is_told, said[grandmother.id].saw_kept) == (True, False, False)
    assert plan.has_card
    await merged(kept, gone, seen=plan.seen)
    left = {one.account_id: one for one in await queries_staff.list_guardians(kept.id)}
    assert set(left) == {mother.id, grandmother.id}
    assert (left[mother.id].may_book, left[mother.id].is_told) == (True, False)
    assert (left[grandmother.id].may_book, left[grandmother.id].is_confirmed) == (False, False)
    assert await people.list_members_of(father.id) == []
    assert await house_db.fetchval("select count(*) from account where kind = 'card'") == 0


async def test_what_was_not_shown_is_not_done() -> None:
    kept, gone = await make_member(5, account=await make_account()), await make_member(5)
    plan = await service_merging.plan_merge(SYSTEM, kept.id, gone.id)
    await make_guardianship(gone, await make_account())
    with pytest.raises(PlanMoved):
        await merged(kept, gone, seen=plan.seen)
    with pytest.raises(SurvivorNumberDiffers):
        await service_merging.merge(SYSTEM, gone.id, gone.number, kept_id=kept.id)
    assert (await people.get_member(gone.id)).id == gone.id


async def test_facts_qualifications_and_registrations_are_united() -> None:
    kept = await make_member(8, birth_on=None, assistance=None, grade_override=8, grade_override_year=2026)
    gone = await make_member(8, assistance="車いす", school_name="ためし中")
    await make_qualification(HERE, granted_to=gone)
    await house_db.execute(
        "update registration set registered_at = registered_at - interval '90 days', consented_at = null"
        " where member = $1",
        gone.id,
    )
    await merged(kept, gone)
    now = await people.get_member(kept.id)
    assert (now.birth_on, now.assistance, now.school_name) == (gone.birth_on, "車いす", "ためし中")
    assert (now.name, len(now.held), now.body_codes) == (kept.name, 1, (HERE,))
    (held,) = await people.list_registrations(kept.id)
    assert held.consented_at is not None
    assert held.registered_at < house_clock.now() - timedelta(days=89)


async def test_who_may_not_be_spoken_of_is_nobody() -> None:
    kept, gone, hidden = await make_member(8), await make_member(8), await make_member(8)
    await make_protected(hidden)
    far = await make_member(8, body="102032")
    by = await administrator()
    answers = []
    for number in (hidden.number, far.number, "00000000", gone.number):
        with pytest.raises(NumberUnusable) as refused:
            await service_merging.find_mergeable(by, gone.id, number)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1
    with pytest.raises(NotMergeable):
        await service_merging.plan_merge(by, kept.id, hidden.id)
    await house_db.execute(
        "insert into member_resemblance (id, member, resembles, noticed_at) values ($1, $2, $3, $5), ($4, $2, $6, $5)",
        *(new_id(), gone.id, hidden.id, new_id(), house_clock.now(), kept.id),
    )
    assert [one.id for one in await service_merging.list_alike(by, gone.id)] == [kept.id]


async def test_another_body_must_be_there_too() -> None:
    kept, gone = await make_member(8), await make_member(8)
    await register_too(kept.id, "102032")
    with pytest.raises(RegisteredElsewhere):
        await service_merging.merge(await administrator(), gone.id, kept.number)
    assert (await service_merging.merge(await administrator(None), gone.id, kept.number)).id == kept.id


async def test_who_looked_at_the_second_has_looked_at_the_member() -> None:
    kept, gone = await make_member(8), await make_member(8)
    staff = await make_staff(Role.FRONT_DESK, HERE)
    by, now = await actor_for(staff), house_clock.now()
    await record_view(by, [gone.id], "member-page", scope=HERE)
    await merged(kept, gone)
    thing = Thing(lost=Lost.STAFF, id=staff.id, name="", bodies=None)
    span = Span(now - timedelta(hours=1), now + timedelta(hours=1))
    assert [one.member_id for one in await queries_exposure.list_viewed(thing, span)] == [kept.id]
    reading = Reading(member_id=kept.id, bodies=None, account=None, shows_home=True)
    views = next(part for part in await queries_disclosing.read_parts(reading) if part.kind.code == "views")
    assert len(views.rows) == 1


async def test_the_page_shows_and_does(client: AsyncClient) -> None:
    mother = await make_account(name="群馬 花子")
    kept, gone = await make_member(5, account=mother), await make_member(5, household=await make_household())
    await make_guardianship(gone, await make_account(name="だれか"), confirmed=False)
    address = f"/staff/members/{gone.id}/merge"
    await sign_in(client, await make_staff("front-desk"))
    assert (await client.get(address)).status_code == 403
    await sign_in(client, await make_staff("body-administrator"))
    assert address in (await client.get(f"/staff/members/{gone.id}")).text
    assert (await client.get(address)).status_code == 200
    wrong = await client.post(address, data={"number": "1", "into": "", "seen": ""})
    assert wrong.status_code == 422
    assert 'id="f-number-error"' in wrong.text
    shown = await client.post(address, data={"number": kept.number, "into": "", "seen": ""})
    assert shown.headers["location"] == f"{address}?into={kept.id}"
    table = (await client.get(shown.headers["location"])).text
    assert "群馬 花子" in table
    assert table.count("まだたしかめていない") == 1, "of the one who only says so"
    in_english = (await client.get(f"{shown.headers['location']}&lang=en")).text
    assert ("School year" in in_english, "小学" in table, "小学" in in_english) == (True, True, False)
    seen = table.partition('name="seen" value="')[2].partition('"')[0]
    asked = {"into": str(kept.id), "seen": seen}
    assert (await client.post(address, data={**asked, "number": gone.number})).status_code == 422
    done = await client.post(address, data={**asked, "number": kept.number})
    assert done.headers["location"].startswith(f"/staff/members/{kept.id}")
    assert (await client.get(f"/staff/members/{gone.id}")).status_code == 404


async def test_the_api_merges_once(client: AsyncClient) -> None:
    kept, gone = await make_member(5), await make_member(5)
    await sign_in(client, await make_staff("body-administrator"))
    headers = {"idempotency-key": "k", "origin": "http://localhost:8000"}
    address = f"/api/v1/members/{gone.id}/merge"
    origin = {"origin": headers["origin"]}
    dry = (await client.post(address, json={"number": kept.number, "dry_run": True}, headers=origin)).json()
    assert (dry["done"], dry["into"]) == (False, str(kept.id))
    sent = {"number": kept.number, "seen": dry["seen"]}
    first = await client.post(address, json=sent, headers=headers)
    assert (first.status_code, first.json()["done"]) == (200, True)
    assert (await client.post(address, json=sent, headers=headers)).json() == first.json()


async def test_who_merges_is_an_administrator() -> None:
    kept, gone = await make_member(5), await make_member(5)
    desk = await actor_for(await make_staff(Role.FRONT_DESK, HERE))
    with pytest.raises(NotAllowed):
        await service_merging.merge(desk, gone.id, kept.number)
