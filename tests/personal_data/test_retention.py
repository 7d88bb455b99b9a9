"""What a body keeps goes when its time is over, and no figure changes by it."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from booking import wiring
from booking.access import service_sign_in
from booking.access.errors import NotAllowed
from booking.access.rules import Role
from booking.access.schemas import SYSTEM
from booking.access.service import actor_of_cookie, end_sign_in, open_sign_in
from booking.kit import clock as house_clock
from booking.kit import db as house_db
from booking.kit.tokens import new_id
from booking.kpi import service_fold
from booking.notifications.service import enqueue
from booking.people import queries as people
from booking.people.schemas import MemberView
from booking.personal_data import service_retention as service
from booking.personal_data.errors_retention import CountMoved, NoSuchTerm, RetentionRefused
from booking.personal_data.rules_retention import USUAL_MONTHS, Kept
from booking.personal_data.schemas_retention import TermForm
from tests.conftest import Clock
from tests.house.everything_sent import ELSEWHERE, HERE
from tests.make.access import actor_for, make_account, make_staff, sign_in
from tests.make.facilities import make_body, make_facility
from tests.make.groups import enrol, make_group
from tests.make.people import make_member, make_protected
from tests.make.programs import make_session
from tests.make.reservations import make_reservation
from tests.personal_data.test_erasing import administrator, register_too, rows_of, the_body
from tests.personal_data.test_figures import figures
from tests.personal_data.test_merging import came
from tests.personal_data.waiting import meanwhile, somebody_waits, when

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("app", "clock", "terms")]
YEARS = timedelta(days=365 * 4)


async def registered_long_ago(member: MemberView, ago: timedelta = YEARS) -> None:
    sql = "update registration set registered_at = registered_at - $2::interval where member = $1"
    await house_db.execute(sql, member.id, ago)


async def automatic(kind: Kept, months: int | None = None, body: str = HERE) -> None:
    form = TermForm(body=body, kind=str(kind), months=str(months or USUAL_MONTHS[kind]), automatic=True)
    await service.change_term(SYSTEM, form)


async def left() -> set[Any]:
    return {row["id"] for row in await house_db.fetch("select id from member")}


@pytest.fixture
async def terms(app: Any, clock: Clock) -> None:
    await the_body()
    await service.seed_terms()


async def test_terms_are_given_once_and_never_changed() -> None:
    await automatic(Kept.MEMBERS, 48)
    assert await service.seed_terms() == 0
    found = {one.term.kind: one.term for one in await service.list_due(await administrator())}
    assert (found[Kept.MEMBERS].months, found[Kept.MEMBERS].provisional) == (48, False)
    assert found[Kept.AUDIT].provisional


async def test_who_was_not_seen_for_years_goes_and_nobody_else() -> None:
    here = await make_facility(body=await the_body())
    gone, visits, books, leads, new = [await make_member(8) for _ in range(5)]
    for one in (gone, visits, books, leads):
        await registered_long_ago(one)
    await came(visits, here, days_ago=3)
    await make_reservation(await make_session(facility=here, starts_at=house_clock.now() + timedelta(days=3)), books)
    await enrol(await make_group(facility=here), leads)
    by = await administrator()
    due, people = await service.list_people(by, HERE, Kept.MEMBERS)
    assert (due.count, [one.id for one in people]) == (1, [gone.id])
    with pytest.raises(CountMoved):
        await service.let_go(by, HERE, Kept.MEMBERS, "2")
    assert await service.keep_terms() == 0, "only where the body says so"
    assert await service.let_go(by, HERE, Kept.MEMBERS, "1") == 1
    assert await left() == {visits.id, books.id, leads.id, new.id}


async def test_who_has_grown_up_and_did_not_come_again() -> None:
    """On 21 November 2026: born until 1 April 2007 means 19 until March 2026, and seven months are over."""
    due, younger, since = [
        await make_member(8, birth_on=day) for day in (date(2007, 4, 1), date(2007, 4, 2), date(2007, 4, 1))
    ]
    for each, days in ((due, 500), (younger, 500), (since, 30)):
        await registered_long_ago(each, timedelta(days=days))
    await automatic(Kept.GROWN, 8)
    assert await service.keep_terms() == 0
    await automatic(Kept.GROWN, 7)
    assert await service.keep_terms() == 1
    assert await left() == {younger.id, since.id}


async def test_the_first_morning_of_april_is_after_the_years_end() -> None:
    """Who was seen at eight in the morning of 1 April 2026, in Japan, came after the year that ended at midnight."""
    before, after = [await make_member(8, birth_on=date(2007, 4, 1)) for _ in range(2)]
    for each, hour in ((before, "2026-03-31T14:59:00Z"), (after, "2026-03-31T23:00:00Z")):
        sql = "update registration set registered_at = $2 where member = $1"
        await house_db.execute(sql, each.id, datetime.fromisoformat(hour))
    await automatic(Kept.GROWN, 7)
    assert await service.keep_terms() == 1
    assert await left() == {after.id}


async def test_a_protected_member_is_in_no_list_and_goes_by_hand(client: AsyncClient) -> None:
    hidden = await make_member(8, family_name="守本", account=await make_account())
    await registered_long_ago(hidden)
    await make_protected(hidden)
    await automatic(Kept.MEMBERS)
    await service.keep_terms()
    assert await left() == {hidden.id}
    await sign_in(client, await make_staff("body-administrator", HERE))
    for address in ("/staff/retention", f"/staff/retention/people?of={HERE}&kind=members"):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert "守本" not in answer.text
        assert hidden.number not in answer.text


async def test_another_bodys_people_stay_with_it() -> None:
    both = await make_member(8)
    await register_too(both.id, ELSEWHERE)
    await registered_long_ago(both)
    await automatic(Kept.MEMBERS)
    assert await service.keep_terms() == 1
    assert await left() == {both.id}
    held = "select count(*) from registration where member = $1 and ended_at is null"
    assert await house_db.fetchval(held, both.id) == 1
    assert await service.keep_terms() == 0


async def test_an_account_is_kept_from_its_last_sign_in_for_longer_than_sign_ins_are(clock: Clock) -> None:
    account = await make_account()
    clock.advance(days=900)
    await end_sign_in(await actor_of_cookie(await open_sign_in(account.id, "phone")))
    await automatic(Kept.ACCOUNTS, 24)
    clock.advance(days=720)
    await service_sign_in.forget_old()
    assert await service.keep_terms() == 0
    clock.advance(days=12)
    assert await service.keep_terms() == 1
    assert await rows_of("account") == 0


async def test_whoever_comes_back_since_the_list_was_read_stays() -> None:
    """Others who are due go while one is locked; who is next on the list books, comes or is protected meanwhile."""
    here = await make_facility(body=await the_body())
    session = await make_session(facility=here, starts_at=house_clock.now() + timedelta(days=3))
    first, books, comes, hidden = people_due = [await make_member(8) for _ in range(4)]
    for days, one in enumerate(reversed(people_due)):
        await registered_long_ago(one, YEARS + timedelta(days=days))
    await automatic(Kept.MEMBERS)
    go = asyncio.Event()
    letting = asyncio.create_task(when(go, service.keep_terms))
    async with house_db.transaction():
        await people.lock_members([first.id])
        go.set()
        await somebody_waits()
        await meanwhile(make_reservation, session, books)
        await meanwhile(came, comes, here, days_ago=1)
        await meanwhile(make_protected, hidden)
    assert await letting == 1
    assert await left() == {books.id, comes.id, hidden.id}
    sql = "select state from reservation where member = $1"
    assert await house_db.fetchval(sql, books.id) == "confirmed"


async def test_an_account_that_gets_a_child_while_it_goes_stays() -> None:
    back, gone = [await make_account() for _ in range(2)]
    sql = "update account set created_at = created_at - $2::interval where id = $1"
    for account in (back, gone):
        await house_db.execute(sql, account.id, YEARS)
    agreed_for = (await make_member(8)).id
    await house_db.execute("update registration set consented_by = $2 where member = $1", agreed_for, back.id)
    await automatic(Kept.ACCOUNTS)
    go = asyncio.Event()
    letting = asyncio.create_task(when(go, service.keep_terms))
    async with house_db.transaction():
        await house_db.execute("select from registration where member = $1 for update", agreed_for)
        go.set()
        await somebody_waits()
        child = await make_member(account=back)
    assert await letting == 1
    assert await rows_of("account") == 1
    assert await house_db.fetchval("select account from guardianship where member = $1", child.id) == back.id


async def test_rows_go_with_their_time(clock: Clock) -> None:
    account = await make_account()
    said = {"subject": "x", "body": "x", "language": "ja", "reader": new_id(), "body_code": HERE}
    old, waiting = [await enqueue(kind="test", **said) for _ in range(2)]
    await house_db.execute("update message set state = 'sent' where id = $1", old)
    await house_db.execute(
        "insert into personal_data_view (id, occurred_at, actor_kind, member_id, what, scope, by_list)"
        " values ($1, $2, 'staff', $3, 'x', $4, false)",
        *(new_id(), house_clock.now(), new_id(), HERE),
    )
    for kind in (Kept.MESSAGES, Kept.VIEWS, Kept.ACCOUNTS):
        await automatic(kind, 12)
    clock.advance(days=364)
    assert await service.keep_terms() == 0
    clock.advance(days=3)
    assert await service.keep_terms() == 3
    assert [row["id"] for row in await house_db.fetch("select id from message")] == [waiting]
    assert await rows_of("personal_data_view") == 0
    assert await house_db.fetchval("select count(*) from account where id = $1", account.id) == 0
    assert await house_db.fetchval("select count(*) from audit_entry where action = 'retention.let-go'") == 3


async def test_messages_in_no_bodys_name_go_with_the_shortest_term(clock: Clock) -> None:
    await make_body(ELSEWHERE)
    await service.seed_terms()
    said = {"subject": "x", "body": "x", "language": "ja", "reader": new_id()}
    ours, theirs, waiting, _ = [
        await enqueue(kind="test", **said, body_code=code) for code in (HERE, ELSEWHERE, None, None)
    ]
    await house_db.execute("update message set state = 'sent' where id <> $1", waiting)
    await automatic(Kept.MESSAGES, 12)
    form = TermForm(body=ELSEWHERE, kind="messages", months="6", automatic=False)
    await service.change_term(SYSTEM, form)
    clock.advance(days=180)
    assert await service.keep_terms() == 0
    clock.advance(days=6)
    due = {one.term.body_code: one.count for one in await service.list_due(SYSTEM) if one.term.kind is Kept.MESSAGES}
    assert due == {HERE: 1, ELSEWHERE: 2}
    assert await service.keep_terms() == 1
    left = {row["id"] for row in await house_db.fetch("select id from message")}
    assert left == {ours, theirs, waiting}


async def test_no_figure_changes(clock: Clock) -> None:
    for step in wiring.seeds():
        await step.run()
    here = await make_facility(body=await the_body(), brand="tumo")
    for days in range(4):
        for _ in range(3):
            member = await make_member(8)
            await came(member, here, days_ago=20 + days)
            await came(member, here, days_ago=60)
    await service_fold.fold_everything()
    clock.advance(days=365 * 3 + 60)
    before = await figures()
    for kind in Kept:
        await automatic(kind, 12 if kind is not Kept.GROWN else 1)
    assert await service.keep_terms() > 12
    assert await rows_of("member") == 0
    after = await figures()
    assert (after["figures"], after["visits"]) == (before["figures"], before["visits"])
    assert await service_fold.rebuild() == []


async def test_what_is_typed_is_checked() -> None:
    by = await administrator()
    for months in ("", "0", "11", "361", "x", "１２"):
        with pytest.raises(RetentionRefused):
            await service.change_term(by, TermForm(body=HERE, kind="members", months=months, automatic=False))
    for body, kind in ((ELSEWHERE, "members"), (HERE, "everything")):
        with pytest.raises(NoSuchTerm):
            await service.change_term(by, TermForm(body=body, kind=kind, months="24", automatic=False))
    with pytest.raises(NoSuchTerm):
        await service.list_people(by, HERE, Kept.MESSAGES)
    with pytest.raises(NotAllowed):
        await service.list_due(await actor_for(await make_staff(Role.FACILITY_MANAGER, HERE)))


async def test_the_pages(client: AsyncClient) -> None:
    gone = await make_member(8, family_name="前橋")
    await registered_long_ago(gone)
    await sign_in(client, await make_staff("front-desk", HERE))
    assert (await client.get("/staff/retention")).status_code == 403
    await sign_in(client, await make_staff("body-administrator", HERE))
    people = f"/staff/retention/people?of={HERE}&kind=members"
    assert people.replace("&", "&amp;") in (await client.get("/staff/retention")).text
    assert "前橋" in (await client.get(people)).text
    assert "前橋" in (await client.get("/staff/retention/people")).text
    sent = {"body": HERE, "kind": "members"}
    wrong = await client.post("/staff/retention", data={**sent, "months": "1"})
    assert (wrong.status_code, "f-months-" in wrong.text) == (422, True)
    saved = await client.post("/staff/retention", data={**sent, "months": "24", "automatic": "1"})
    assert saved.headers["location"] == "/staff/retention?done=saved"
    assert (await client.post("/staff/retention/let-go", data={**sent, "count": "5"})).status_code == 422
    done = await client.post("/staff/retention/let-go", data={**sent, "count": "1"})
    assert done.headers["location"].startswith("/staff/retention?done=gone&gone=1")
    assert "前橋" not in (await client.get(people)).text
