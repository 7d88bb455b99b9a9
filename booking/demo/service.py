"""A small living place to look at: a family to sign in as, staff, other members, some weeks of visits, a day begun."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import msgspec

from booking.access import queries as accounts
from booking.access import service as access
from booking.access.rules import AccountKind, LinkPurpose, Role
from booking.access.schemas import SYSTEM, Actor
from booking.demo import (
    rules,
    rules_words,
    service_bulk,
    service_events,
    service_groups,
    service_visits,
    service_years,
)
from booking.demo.service_bulk import Row
from booking.facilities.rules import ClosureKind
from booking.facilities.schemas_forms import ClosureForm
from booking.kiosks import queries as kiosk_register
from booking.kiosks import service as kiosks
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.kpi import service_fold as kpi
from booking.passes import service as passes
from booking.people import queries as people
from booking.people import queries_texts
from booking.people import service as households
from booking.people.rules import grade
from booking.people.schemas import ConsentForm, ContactForm, HouseholdForm, MemberForm, MemberView
from booking.reservations.rules_moving import Way
from booking.reservations.service_closing_day import close_day


class LatestVisit(msgspec.Struct, kw_only=True):
    """A visit as the walk shows it."""

    entered_at: datetime
    left_at: datetime | None
    facility: str


GUARDIAN = "mihon.hanako@example.jp"
CHILDREN = (
    ("そうた", "そうた", 8),
    ("ゆい", "ゆい", 5),
    ("ひな", "ひな", 10),
)
STAFF = (
    ("uketsuke@example.jp", "見本 受付", Role.FRONT_DESK, "100005"),
    ("kanri@example.jp", "見本 管理", Role.BODY_ADMINISTRATOR, "100005"),
    ("kiryu@example.jp", "見本 桐生", Role.BODY_ADMINISTRATOR, "102032"),
)
KIOSK = "デモの入口"
ALIVE = timedelta(minutes=2)
CLOSED_IN_DAYS = 15
MEMBERS, VISITS, WEEKS, SEED = 90, 1_300, 9, 2026


async def populate() -> None:
    """Put the demo's people and past into a fresh demo database: all of it or, when the process is killed, nothing.

    Safe: does nothing when they are there.
    """
    async with db.transaction():
        if await accounts.find_account_by_email(GUARDIAN) is None:
            await _settle()
    await kpi.fold_everything()


async def _settle() -> None:
    await passes.ensure_signing_key()
    await make_staff()
    await _make_family()
    await kiosks.add_kiosk(SYSTEM, KIOSK, ("tumo-gunma", "tsukurun-takasaki"))
    rows = await service_bulk.make_members(MEMBERS, SEED)
    today = clock.today()
    await service_years.make_visits(rows, VISITS, SEED, today - timedelta(weeks=WEEKS), until_on=today)
    await _book_ahead(rows)
    children = await list_children()
    await service_visits.make_rooms()
    await service_groups.make_groups(rows, children)
    await service_visits.make_visits()
    await service_events.make_events(await actor_of(GUARDIAN), rows, children)
    await _close_a_day(today)
    await _begin_today(rows)


async def _close_a_day(today: date) -> None:
    """One day two weeks ahead is off, so that there is something to tell."""
    day = today + timedelta(days=CLOSED_IN_DAYS)
    words = rules_words.CLOSED_REASONS
    form = ClosureForm(
        day=(day if day.isoweekday() > 1 else day + timedelta(days=1)).isoformat(),
        kind=ClosureKind.CLOSED,
        from_time="",
        until_time="",
        reason=words["ja"],
        reasons=words,
    )
    await close_day(SYSTEM, "tsukurun-maebashi", form, way=Way.CANCEL)


async def make_staff() -> dict[str, Actor]:
    """Who works at the demo's places: of each body, by its code, who signs its days. Safe: who is there stays."""
    async with db.transaction():
        for email, name, role, scope in STAFF:
            if await accounts.find_account_by_email(email) is None:
                await _make_staff(email, name, role, scope)
    return {scope: await actor_of(email) for email, _, _, scope in reversed(STAFF)}


async def _make_staff(email: str, name: str, role: Role, scope: str) -> None:
    account = await access.create_account(AccountKind.STAFF, email=email, name=name, language="ja", by=SYSTEM)
    await db.execute(
        "insert into role_grant (id, account, role, scope, granted_at) values ($1, $2, $3, $4, $5)",
        *(new_id(), account, role.value, scope, clock.now()),
    )


async def _make_family() -> None:
    account = await access.create_account(
        AccountKind.RESIDENT, email=GUARDIAN, name="見本 花子", language="ja", by=SYSTEM
    )
    guardian = await actor_of(GUARDIAN)
    form = HouseholdForm(name="見本 花子", phone="0270000000", preferred="mail", language="ja", role="guardian")
    await households.register_household(guardian, form)
    text = await queries_texts.get_consent_text("100005")
    chance = Random(SEED)  # noqa: S311 - plausible, not secret
    for given, kana, school_year in CHILDREN:
        born = rules.birth_in_grade(chance, school_year, clock.fiscal_year(clock.today()))
        child = await households.add_member(
            guardian,
            MemberForm(
                family_name="見本",
                given_name=given,
                family_kana="みほん",
                given_kana=kana,
                shown_name=given,
                birth_on=born.isoformat(),
                municipality="102024",
                relation="mother",
                contacts=[ContactForm(name="見本 花子", relation="mother", phone="0270000000")],
            ),
            ConsentForm(body_code="100005", text_id=text.id, is_agreed=True),
        )
        await _confirm(child.id, account)
        await passes.issue_pass(child.id, SYSTEM)


async def _confirm(member_id: UUID, account_id: UUID) -> None:
    """As if the desk had seen child and guardian: notices and history are on."""
    now = clock.now()
    await db.execute(
        "update guardianship set state = 'confirmed', confirmed_at = $3 where member = $1 and account = $2",
        *(member_id, account_id, now),
    )
    await db.execute("update member set seen_at_desk_at = $2 where id = $1", member_id, now)


async def actor_of(email: str) -> Actor:
    """The actor behind one of the demo's addresses."""
    account = await accounts.find_account_by_email(email)
    found = None if account is None else await accounts.find_actor(account.id, clock.now())
    if found is None:
        raise LookupError(f"the demo has no account {email}")
    return found


async def new_link(email: str) -> str:
    """A new one-time sign-in link for one of the demo's people."""
    account = await accounts.find_account_by_email(email)
    if account is None:
        raise LookupError(f"the demo has no account {email}")
    return await access.new_sign_in_link(account.id, LinkPurpose.DEMO, SYSTEM)


async def list_children() -> list[MemberView]:
    """The family's children, whose passes the walk shows."""
    return await people.list_members_of((await actor_of(GUARDIAN)).id or UUID(int=0))


async def _book_ahead(rows: list[Row]) -> None:
    """Some bookings on the sessions of the days ahead, never more than half of the seats; none on those of groups."""
    now = clock.now()
    sessions = await db.fetch(
        """select s.id, s.held_on, s.web_seats, e.min_grade, e.max_grade from session s
           join eligibility e on e.program = s.program
           where s.starts_at > $1 and s.booking_opens_at <= $1 and s.state = 'published' and s."group" is null
           order by s.starts_at""",
        now,
    )
    chance = Random(f"bookings {SEED}")  # noqa: S311 - plausible, not secret
    made = []
    for session in sessions:
        fitting = [row for row in rows if _fits(row, session["held_on"], session["min_grade"], session["max_grade"])]
        share = min(len(fitting), chance.randrange(session["web_seats"] // 2 + 1))
        made += [(new_id(), session["id"], row.id, new_id()) for row in chance.sample(fitting, share)]
    await db.execute_many(
        """insert into reservation (id, session, member, state, order_id, booked_at, booked_by_kind)
           values ($1, $2, $3, 'confirmed', $4, $5, 'staff')""",
        [(*row, now) for row in made],
    )


def _fits(row: Row, on: date, lowest: int | None, highest: int | None) -> bool:
    year = grade(row.who.birth_on, on)
    return year is not None and lowest is not None and highest is not None and lowest <= year <= highest


async def _begin_today(rows: list[Row]) -> None:
    """Today until now: some have come and gone, some are inside."""
    now, today = clock.now(), clock.today()
    made = await service_years.make_visits(
        rows, VISITS // (WEEKS * 6), SEED + 1, today, until_on=today + timedelta(days=1)
    )
    if made:
        await _forget_after(now, today)


async def _forget_after(now: datetime, today: date) -> None:
    async with db.transaction():
        await db.execute("delete from visit where visited_on = $1 and entered_at > $2", today, now)
        await db.execute(
            """update visit set left_at = null, closed_by = null where visited_on = $1 and left_at > $2
               and id in (select distinct on (member) id from visit where visited_on = $1
                          order by member, entered_at desc)""",
            *(today, now),
        )
        await db.execute("delete from visit where visited_on = $1 and left_at > $2", today, now)


async def find_pairing_code() -> str | None:
    """A new code for the demo's kiosk; None while its device is alive, which a new code would not change."""
    for kiosk in await kiosk_register.list_kiosks():
        if kiosk.name == KIOSK and kiosk.revoked_at is None:
            is_alive = kiosk.seen_at is not None and clock.now() - kiosk.seen_at < ALIVE
            return None if is_alive else (await kiosks.new_pairing_code(SYSTEM, kiosk.id)).code
    return None


async def list_latest_visits(limit: int = 6) -> list[LatestVisit]:
    """The visits that came last, without saying whose they are."""
    rows = await db.fetch(
        """select v.entered_at, v.left_at, f.name as facility from visit v join facility f on f.id = v.facility
           where v.visited_on = $1 and v.voided_at is null order by v.entered_at desc limit $2""",
        clock.today(),
        limit,
    )
    return [LatestVisit(**row) for row in rows]
