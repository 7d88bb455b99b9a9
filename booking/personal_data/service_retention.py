"""Keep what a body keeps for as long as it says, and let it go then: by a press, or every night where the body says so.

People go by the same verb as on request, so that no figure changes. Nobody who is protected goes by themselves.
"""

from datetime import date, datetime
from functools import partial
from uuid import UUID

import structlog
from asyncpg import ForeignKeyViolationError, RestrictViolationError

from booking.access import service_erasing as access_erasing
from booking.access.rules import Role
from booking.access.schemas import Actor, Grant
from booking.access.service import record_audit, record_view
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.tokens import new_id
from booking.notifications import service_erasing as notifications_erasing
from booking.people import queries as people
from booking.people import service_desk
from booking.people import service_erasing as people_erasing
from booking.personal_data import queries as erased
from booking.personal_data import queries_retention as queries
from booking.personal_data import service, service_leaving
from booking.personal_data.errors_retention import CountMoved, NoSuchTerm
from booking.personal_data.rules_retention import PEOPLE, USUAL_MONTHS, Kept, check_months, months_before
from booking.personal_data.schemas_retention import Due, DuePerson, Term, TermForm
from booking.visits import service_erasing as visits_erasing

KEEPERS = service.ERASERS
AT_ONCE = 200
"""How many people one press or one night lets go of; the rest comes with the next."""
ROWS_AT_ONCE = 5_000
NIGHTLY = 40
"""How many times that one night takes rows of one class."""
log = structlog.get_logger()
_SEED = """
insert into retention_term (id, body, kind, months, is_automatic, provisional, changed_at)
select $1, id, $3, $4, false, true, $5 from body where code = $2
on conflict on constraint retention_term_body_kind_unique do nothing"""
_CHANGE = """
update retention_term set months = $3, is_automatic = $4, provisional = false, changed_by = $5, changed_at = $6
 where kind = $2 and body = (select id from body where code = $1)"""


async def seed_terms() -> int:
    """Give every body the usual terms, provisional and by press alone; how many were given.

    Safe: repeated and concurrent; a term that is there is never changed.
    """
    given = 0
    for body in await facilities.list_bodies():
        for kind, months in USUAL_MONTHS.items():
            done = await db.execute(_SEED, new_id(), body.code, str(kind), months, clock.now())
            given += done.endswith(" 1")
    return given


async def change_term(by: Actor, form: TermForm) -> None:
    """Say for how long a body keeps a class of data, and whether it goes by itself then.

    Raises: NotAllowed, NoSuchTerm, RetentionRefused.
    """
    term = await find_term(by, form.body, form.kind)
    months = check_months(term.kind, form.months)
    async with db.transaction():
        await db.execute(_CHANGE, form.body, form.kind, months, form.automatic, by.id, clock.now())
        said = {"kind": form.kind, "months": months, "was": term.months, "automatic": form.automatic}
        await record_audit(by, "retention.changed", "body", None, scope=form.body, detail=said)


async def find_term(by: Actor, body_code: str, kind: str) -> Term:
    """A term of a body that the asker administers. Raises: NotAllowed, NoSuchTerm."""
    bodies = await service_desk.bodies_of(by, *KEEPERS)
    found = [one for one in await queries.list_terms(bodies) if (one.body_code, one.kind) == (body_code, kind)]
    if not found:
        raise NoSuchTerm
    return found[0]


async def list_due(by: Actor) -> list[Due]:
    """Every term of the asker's bodies, with how much is due now. Raises: NotAllowed."""
    bodies = await service_desk.bodies_of(by, *KEEPERS)
    return [await _due(term) for term in await queries.list_terms(bodies)]


async def list_people(by: Actor, body_code: str, kind: str) -> tuple[Due, list[DuePerson]]:
    """Who would go at the next press, of a body or (empty) of the asker's first; the view is noted.

    Raises: NotAllowed, NoSuchTerm.
    """
    mine = await queries.list_terms(await service_desk.bodies_of(by, *KEEPERS))
    term = await find_term(by, body_code or next((one.body_code for one in mine), ""), kind)
    if term.kind not in PEOPLE:
        raise NoSuchTerm
    found = await queries.list_due_people(term.body_code, term.kind, *_since(term), limit=AT_ONCE)
    await record_view(by, [one.id for one in found], "retention", scope=term.body_code, by_list=True)
    return await _due(term), found


async def let_go(by: Actor, body_code: str, kind: str, count: str) -> int:
    """Let go of what is due, as much as one press does; how much. `count`: how many are due, typed again.

    Raises: NotAllowed, NoSuchTerm, CountMoved. Safe: repeated and concurrent.
    """
    term = await find_term(by, body_code, kind)
    due = await _due(term)
    if count.strip() != str(due.count):
        raise CountMoved(fields={"count": CountMoved()})
    done = await _let_go(term, at_once=1)
    await record_audit(by, "retention.let-go", "body", None, scope=body_code, detail={"kind": kind, "count": done})
    return done


async def keep_terms() -> int:
    """Let go of everything that is due where the body says that it goes by itself; how much. Safe: repeated."""
    total = 0
    for term in await queries.list_terms():
        if term.is_automatic and (done := await _let_go(term, at_once=NIGHTLY)):
            said = {"kind": str(term.kind), "count": done}
            await record_audit(_keeper(term), "retention.let-go", "body", None, scope=term.body_code, detail=said)
            total += done
    return total


def _keeper(term: Term) -> Actor:
    """The service itself, with no more rights than an administrator of the body."""
    grant = Grant(role=Role.BODY_ADMINISTRATOR, scope=term.body_code)
    return Actor(kind="staff", name="retention", grants=(grant,))


def _since(term: Term) -> tuple[datetime, date]:
    """What is older than this is due."""
    day = months_before(clock.today(), term.months)
    return clock.day_span(day)[0], day


async def _due(term: Term) -> Due:
    before, on = _since(term)
    if term.kind in PEOPLE:
        named, hidden = await queries.count_due_people(term.body_code, term.kind, before, on)
        return Due(term=term, count=named, hidden=hidden)
    if term.kind is Kept.ACCOUNTS:
        count = len(await queries.list_due_accounts(min(await _everywhere(term)), queries.COUNTED + 1))
    elif term.kind is Kept.MESSAGES:
        count = await queries.count_old_messages(term.body_code, before, max(await _everywhere(term)))
    else:
        count = await queries.count_old(term.kind, before, await _place(term))
    return Due(term=term, count=min(count, queries.COUNTED), is_more=count > queries.COUNTED)


async def _everywhere(term: Term) -> list[datetime]:
    """What is older than these is due by the term of some body. Of what is no one body's, the longest term counts for
    an account that acts for nobody, the shortest for a message that the service sent in no body's name.
    """
    return [_since(one)[0] for one in await queries.list_terms() if one.kind == term.kind]


async def _place(term: Term) -> str | list[str]:
    """The body; for the logs also what it runs, as that is what they note."""
    if term.kind not in (Kept.VIEWS, Kept.AUDIT):
        return term.body_code
    places = await facilities.list_facilities()
    return [term.body_code, *(one.code for one in places if one.body_code == term.body_code)]


async def _let_go(term: Term, *, at_once: int) -> int:
    if term.kind in PEOPLE:
        return await _let_people_go(term)
    total = 0
    for _ in range(at_once):
        done = await _let_rows_go(term)
        total += done
        if done < ROWS_AT_ONCE:
            break
    return total


async def _let_people_go(term: Term) -> int:
    """Each in a transaction of its own; whoever comes in or books meanwhile stays."""
    done = 0
    for one in await queries.list_due_people(term.body_code, term.kind, *_since(term), limit=AT_ONCE):
        try:
            done += await _let_one_go(term, one)
        except Refusal as refusal:
            log.info("kept for now", code=refusal.code)
    return done


async def _let_one_go(term: Term, one: DuePerson) -> int:
    """Whoever booked, came or was protected since the list was read stays. Raises: as `erase`."""
    async with db.transaction():
        await people.lock_members(await erased.list_home(one.id))
        if not await queries.is_due(one.id, term.body_code, term.kind, *_since(term)):
            return 0
        gone = await service.erase(_keeper(term), one.id, one.number)
    return gone.members + gone.ended


async def _let_rows_go(term: Term) -> int:
    before, place = _since(term)[0], await _place(term)
    if term.kind is Kept.ACCOUNTS:
        return await _let_accounts_go(min(await _everywhere(term)))
    async with db.transaction():
        if term.kind is Kept.MESSAGES:
            nobodys_before = max(await _everywhere(term))
            return await notifications_erasing.forget_messages(term.body_code, before, nobodys_before, ROWS_AT_ONCE)
        if term.kind is Kept.DOOR:
            return await visits_erasing.forget_doors(term.body_code, before, ROWS_AT_ONCE)
        return await access_erasing.forget_log(place, before, ROWS_AT_ONCE, is_audit=term.kind is Kept.AUDIT)


async def _let_accounts_go(before: datetime) -> int:
    return sum([await _let_account_go(one, before) for one in await queries.list_due_accounts(before, AT_ONCE)])


async def _let_account_go(account_id: UUID, before: datetime) -> int:
    """Whoever signed in or registered a child since the list was read stays: what came after the snapshot refers to the
    account, and is not deleted along.
    """
    try:
        return await db.in_transaction(partial(_erase_account, account_id, before), isolation="repeatable_read")
    except (ForeignKeyViolationError, RestrictViolationError):
        return 0


async def _erase_account(account_id: UUID, before: datetime) -> int:
    if not await queries.is_account_due(account_id, before):
        return 0
    await service_leaving.erase_account(account_id, await people_erasing.list_homes_of(account_id))
    return 1
