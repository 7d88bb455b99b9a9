"""The morning's list on paper and by mail to the desk, and the sheet that comes back and is typed in."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

from msgspec import Struct

from booking.access.rules import fold_digits, require_staff
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit, record_view
from booking.facilities.queries import get_facility, list_facilities, load_calendar
from booking.facilities.rules import hours_of
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kit.errors import Refusal
from booking.kit.i18n import N_, format_day, translate
from booking.kit.templating import render
from booking.notifications.service import enqueue
from booking.people.queries import find_member_by_number
from booking.people.queries_staff import search_members
from booking.people.schemas import MemberView
from booking.people.service_desk import bodies_of
from booking.programs.queries import list_sessions
from booking.reservations.queries import list_roster
from booking.reservations.queries_group_visits import list_visits_on
from booking.reservations.schemas_group_visits import GroupRequestView
from booking.visits import queries_paper as queries
from booking.visits.errors import PersonNotFound
from booking.visits.errors_paper import PaperNotThen, SeveralFit
from booking.visits.rules_credentials import read_number
from booking.visits.rules_kinds import HeadsOf
from booking.visits.rules_paper import DAYS_BACK, read_line, read_tally
from booking.visits.schemas import Scan, Told, Verdict
from booking.visits.schemas_facts import Asked
from booking.visits.schemas_paper import Line, PaperPerson, PaperSession, RowSaid, Tally
from booking.visits.service import record_batch
from booking.visits.service_desk import DESK

MAIL_KIND = "morning-list"
SUBJECT = N_("{day} {place} 紙の名簿")


async def read_list(by: Actor, place: FacilityView, day: date) -> list[PaperSession]:
    """The sessions of a day with the people booked, for paper; whom it shows is noted.

    Protected members are counted and named on no paper but the roll call.
    """
    require_staff(by, *DESK, scopes=place.scopes)
    sessions = []
    for session in await list_sessions(first_day=day, last_day=day, facility_ids=[place.id]):
        entries = await list_roster(session.id)
        shown = [one.member for one in entries if not one.member.is_protected]
        people = tuple(
            PaperPerson(member_id=one.id, number=one.number, shown_name=one.shown_name, kana=one.kana) for one in shown
        )
        sessions.append(
            PaperSession(
                name=session.program_name,
                names=session.titles or session.program_names,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                people=people,
                hidden=len(entries) - len(shown),
            )
        )
    shown_ids = [one.member_id for session in sessions for one in session.people]
    await record_view(by, shown_ids, MAIL_KIND, scope=place.code, by_list=True)
    return sessions


async def read_groups(by: Actor, place: FacilityView, day: date) -> list[GroupRequestView]:
    """The group visits of a day, for paper: who comes and how many; whom to reach stays off it."""
    require_staff(by, *DESK, scopes=place.scopes)
    return await list_visits_on([place.id], day)


async def mail_morning_lists() -> int:
    """Mail today's list to every desk that gave an address and is open today; how many went into the outbox.

    Number, shown name and session alone. Safe: repeated, a facility gets one a day.
    """
    today, sent = clock.today(), 0
    places = [one for one in await list_facilities() if one.desk_email is not None]
    calendar = await load_calendar([one.id for one in places], today, today)
    for place in places:
        if hours_of(calendar, place.id, today).is_open and place.desk_email is not None:
            sent += await _mail(place, place.desk_email, today)
    return sent


async def _mail(place: FacilityView, address: str, day: date) -> int:
    dedup = f"{MAIL_KIND}:{place.code}:{day.isoformat()}"
    async with db.transaction():
        if await db.fetchval("select 1 from message where dedup = $1", dedup):
            return 0
        sessions, groups = await read_list(SYSTEM, place, day), await read_groups(SYSTEM, place, day)
        made = await enqueue(
            kind=MAIL_KIND,
            to=address,
            subject=translate(SUBJECT, "ja", day=format_day(day, "ja"), place=place.name),
            body=render("visits/morning-list.txt", "ja", place=place, day=day, sessions=sessions, groups=groups),
            language="ja",
            body_code=place.body_code,
            not_after=clock.day_span(day)[1],
            dedup=dedup,
        )
    return int(made is not None)


class _Row(Struct):
    """A row on its way in: whom it is of, and the scans it stands for."""

    at: int
    member: MemberView | None
    asks: list[Asked]
    seen: int = 0


async def enter_sheet(
    by: Actor, facility_code: str, day: date, lines: Sequence[Line], tallies: Sequence[Tally]
) -> tuple[list[RowSaid], list[RowSaid]]:
    """Record what a sheet says by the one check-in path; what became of each line and of each tally.

    A row with a fault is not recorded and keeps no other back. Raises: NotAllowed, PaperNotThen for the day.
    Safe: a row sent twice is the same row; a sheet typed twice is recognised by person and moment.
    """
    place = await get_facility(facility_code)
    require_staff(by, *DESK, scopes=place.scopes)
    if not clock.today() - DAYS_BACK <= day <= clock.today():
        raise PaperNotThen
    said: dict[int, RowSaid] = {}
    rows = await _lines(by, place, day, lines, said)
    rows += await _tallies(by, place, day, tallies, said=said, first=len(lines))
    asks = sorted((ask for row in rows for ask in row.asks), key=lambda ask: ask.scan.scanned_at)
    base = int(clock.now().timestamp() * 1000)
    numbered = [_numbered(ask, base + at) for at, ask in enumerate(asks)]
    answers = dict(zip((ask.scan.nonce for ask in asks), await record_batch(numbered), strict=True))
    for row in rows:
        said[row.at] = _said(place, row, [answers[ask.scan.nonce] for ask in row.asks])
    recorded = sum(len(row.asks) for row in rows)
    if recorded:
        detail = {"on": day.isoformat(), "scans": recorded}
        await record_audit(by, "paper.enter", "facility", place.id, scope=place.code, detail=detail)
    empty = RowSaid(state="empty")
    both = [said.get(at, empty) for at in range(len(lines) + len(tallies))]
    return both[: len(lines)], both[len(lines) :]


def _numbered(ask: Asked, seq: int) -> Asked:
    from_paper = {name: getattr(ask.scan, name) for name in ask.scan.__struct_fields__}
    scan = Scan(**{**from_paper, "seq": seq})
    return Asked(
        scan=scan,
        member_id=ask.member_id,
        facility_code=ask.facility_code,
        by_account=ask.by_account,
        language=ask.language,
        from_paper=True,
    )


async def _lines(
    by: Actor, place: FacilityView, day: date, lines: Sequence[Line], said: dict[int, RowSaid]
) -> list[_Row]:
    now, rows, moments = clock.now(), [], {}
    for at, line in enumerate(lines):
        if line.is_empty:
            continue
        came, left, faults = read_line(line, lambda wall: clock.at_local(day, wall), now)
        member: MemberView | None = None
        try:
            member = await _find(by, line.who)
        except Refusal as refusal:
            faults = {"who": refusal, **faults}
        if faults or member is None:
            said[at] = RowSaid(state="fault", faults=faults)
            continue
        rows.append(_Row(at=at, member=member, asks=[]))
        moments[at] = (came, left)
    shown = [row.member.id for row in rows if row.member is not None]
    await record_view(by, shown, "paper", scope=place.code, by_list=True)
    before = await queries.typed_before(shown, day)
    for row in rows:
        assert row.member is not None
        for way, moment in zip(("in", "out"), moments[row.at], strict=True):
            if moment is None:
                continue
            if (row.member.id, moment, way) in before:
                row.seen += 1
                continue
            before.add((row.member.id, moment, way))
            row.asks.append(_ask(by, place, lines[row.at].nonce, moment, way=way, member_id=row.member.id))
    return rows


def _ask(by: Actor, place: FacilityView, nonce: UUID, moment: datetime, *, way: str, member_id: UUID) -> Asked:
    direction: Literal["in", "out"] = "in" if way == "in" else "out"
    scan = Scan(
        nonce=nonce if way == "in" else uuid5(nonce, "out"),
        seq=1,
        scanned_at=moment,
        kind="number",
        direction=direction,
        told=Told("welcome", "welcome") if way == "in" else Told("goodbye", "goodbye"),
    )
    return Asked(
        scan=scan, member_id=member_id, facility_code=place.code, by_account=by.id, language="ja", from_paper=True
    )


async def _find(by: Actor, typed: str) -> MemberView:
    """Whom a row means. Raises: PersonNotFound, SeveralFit."""
    number = read_number(typed)
    if number is not None:
        found = await find_member_by_number(number)
        if found is None:
            raise PersonNotFound
        return found
    several = await search_members(await bodies_of(by, *DESK), typed)
    if not several:
        raise PersonNotFound
    if len(several) > 1:
        await record_view(by, [one.id for one in several[:5]], "member-search", by_list=True)
        raise SeveralFit(n=len(several), who="、".join(f"{one.name} {one.number}" for one in several[:5]))
    return several[0]


async def _tallies(
    by: Actor, place: FacilityView, day: date, tallies: Sequence[Tally], *, said: dict[int, RowSaid], first: int
) -> list[_Row]:
    now, rows = clock.now(), []
    before = await queries.tallies_before(place.id, day)
    codes = {one.door_code for one in await list_visits_on([place.id], day)}
    for at, tally in enumerate(tallies, first):
        if tally.is_empty:
            continue
        moment, heads, faults = read_tally(tally, lambda wall: clock.at_local(day, wall), now)
        if faults or moment is None or heads is None:
            said[at] = RowSaid(state="fault", faults=faults)
            continue
        party = tally.party or None
        row = _Row(at=at, member=None, asks=[], seen=int((tally.of, heads, moment, party) in before))
        if not row.seen:
            before.add((tally.of, heads, moment, party))
            scan = Scan(
                nonce=tally.nonce,
                seq=1,
                scanned_at=moment,
                kind="heads",
                direction="in",
                heads=heads,
                heads_of=tally.of,  # type: ignore[arg-type]  # read_tally has held it to HeadsOf
                party=party,
                door_code=fold_digits(tally.party) if tally.of == HeadsOf.GROUP and _is_code(tally, codes) else None,
                facility=place.code,
                told=Told("welcome", "welcome-heads"),
            )
            row.asks.append(Asked(scan=scan, facility_code=place.code, by_account=by.id, from_paper=True))
        rows.append(row)
    return rows


def _is_code(tally: Tally, codes: Collection[str | None]) -> bool:
    """Whether a group was written down by its code of the day."""
    return fold_digits(tally.party) in codes


def _said(place: FacilityView, row: _Row, answers: Sequence[Verdict | Refusal]) -> RowSaid:
    """What became of a row whose scans were answered."""
    for one in answers:
        if isinstance(one, Refusal):
            return RowSaid(state="fault", faults={"who" if row.member else "heads": one})
    member = row.member
    is_shown = member is not None and not member.is_protected and place.body_code in member.body_codes
    return RowSaid(
        state="done" if row.asks else "again",
        who=member.name if member is not None and is_shown else "",
        number=member.number if member is not None else "",
        is_flagged=any(isinstance(one, Verdict) and one.flags for one in answers),
    )
