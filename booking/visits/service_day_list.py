"""What goes down to a kiosk: the list that lets it work for 14 days without network, and the heartbeat's answer."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from booking.facilities.queries import list_facilities_by_id, load_calendar
from booking.facilities.schemas import FacilityView
from booking.kiosks.schemas import KioskIdentity, KioskReport
from booking.kiosks.service_faults import note_contact
from booking.kit import clock
from booking.kit.settings import get_settings
from booking.kit.tokens import to_text
from booking.passes.queries import list_keys, revoked_since
from booking.people.rules import age, grade_on, is_adult_on
from booking.programs.queries import list_sessions, load_eligibility
from booking.programs.rules import AGE_UNKNOWN, is_eligible
from booking.programs.schemas import EligibilityView, SessionView
from booking.reservations.queries import bookings_for_kiosk, taken
from booking.reservations.queries_group_visits import list_visits
from booking.reservations.schemas import KioskBooking
from booking.reservations.schemas_group_visits import GroupRequestView
from booking.visits import queries_day_list as queries
from booking.visits.queries_day_list import ListRow, instant
from booking.visits.queries_reference import open_spans, reference
from booking.visits.queries_turns import list_called
from booking.visits.rules_facts import closing_of
from booking.visits.schemas import Direction
from booking.visits.schemas_day_list import (
    DayList,
    FacilityNow,
    GroupNow,
    Heartbeat,
    HeartbeatAnswer,
    InsideMember,
    KioskConfiguration,
    ListedBooking,
    ListedDay,
    ListedFacility,
    ListedGroup,
    ListedKey,
    ListedMember,
    ListedSession,
    SessionNow,
)
from booking.visits.service_staff_sheet import seal_staff_sheet
from booking.visits.service_writing import ensure_member_keys

WINDOW_DAYS = 14
SEEN_WITHIN = timedelta(days=365)
KEPT = 500


class Printed(Struct, frozen=True):
    """A day list ready to be sent."""

    etag: str
    content: bytes


_kept: dict[UUID, tuple[str, Printed]] = {}


async def day_list(kiosk: KioskIdentity) -> Printed:
    """The list of a kiosk; built anew only when something in it may have changed."""
    days = _days()
    version = await queries.day_list_version(kiosk.id, kiosk.facility_ids, days)
    kept = _kept.get(kiosk.id)
    if kept is not None and kept[0] == version:
        return kept[1]
    made = await build_day_list(kiosk, days)
    content = msgspec.json.encode(made)
    printed = Printed(f'"{hashlib.sha256(content).hexdigest()[:32]}"', content)
    if len(_kept) >= KEPT:
        _kept.clear()
    # Keys of new members were made while building: what was built belongs to the version after it.
    _kept[kiosk.id] = (await queries.day_list_version(kiosk.id, kiosk.facility_ids, days), printed)
    return printed


def _days() -> list[date]:
    today = clock.today()
    return [today + timedelta(days=shift) for shift in range(WINDOW_DAYS)]


async def build_day_list(kiosk: KioskIdentity, days: Sequence[date]) -> DayList:
    """Everything a kiosk may know for the days to come, in an order that depends on nothing else."""
    first, last = days[0], days[-1]
    sessions = await list_sessions(first_day=first, last_day=last, facility_ids=kiosk.facility_ids)
    used = await taken([one.id for one in sessions])
    rows = await queries.list_members_near(kiosk.facility_ids, first, last, first - SEEN_WITHIN)
    keys = await ensure_member_keys(kiosk.id, [one.id for one in rows])
    bookings = await bookings_for_kiosk(kiosk.facility_ids, first, last)
    rules = await load_eligibility({one.program_id for one in sessions})
    codes = {one.program_id: one.program_code for one in sessions}
    places = await list_facilities_by_id(kiosk.facility_ids)
    set_up = configuration(kiosk, places)
    visits = await list_visits(kiosk.facility_ids, first, last)
    members = [_member(one, keys, bookings, _allowed(one, rules, codes, first), set_up.shows_names) for one in rows]
    return DayList(
        from_on=first,
        until_on=last + timedelta(days=1),
        configuration=set_up,
        facilities=await _facilities(places, days),
        sessions=tuple(_session(one, used[one.id]) for one in sessions),
        staff=await seal_staff_sheet(kiosk.id, {one.id: keys[one.id] for one in rows}),
        members=tuple(sorted(members, key=lambda one: one.member_key)),
        keys=tuple(ListedKey(one.kid, one.public_key, one.state) for one in await list_keys()),
        groups=tuple(_group(one, kiosk.id, set_up.shows_names) for one in visits),
        revoked_passes=tuple(await revoked_since(clock.day_span(first)[0])),
    )


def configuration(kiosk: KioskIdentity, places: Mapping[UUID, FacilityView]) -> KioskConfiguration:
    """How a kiosk behaves; names are shown only where every facility of the kiosk shows them."""
    settings = get_settings()
    return KioskConfiguration(
        kiosk_id=kiosk.id,
        facilities=kiosk.facility_codes,
        label=kiosk.name,
        direction=msgspec.convert(kiosk.direction, Direction),
        language=kiosk.language,
        timezone=str(settings.zone.key),
        verdict_seconds=kiosk.verdict_seconds,
        demo=settings.demo,
        shows_names=all(places[one].shows_names for one in kiosk.facility_ids),
    )


async def _facilities(places: Mapping[UUID, FacilityView], days: Sequence[date]) -> tuple[ListedFacility, ...]:
    calendar = await load_calendar(list(places), days[0], days[-1])
    return tuple(
        ListedFacility(
            code=one.code,
            names=one.names,
            capacity=one.capacity,
            door_minutes=one.entry_opens_minutes,
            days=tuple(ListedDay(on=day, open=open_spans(calendar, one.id, day)) for day in days),
        )
        for one in sorted(places.values(), key=lambda one: one.code)
    )


def _session(one: SessionView, web_taken: int) -> ListedSession:
    return ListedSession(
        id=one.id,
        facility=one.facility_code,
        program=one.program_code,
        names=one.titles or one.program_names,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        door_opens_at=one.starts_at - timedelta(minutes=one.entry_opens_minutes),
        late_at=one.starts_at + timedelta(minutes=one.late_minutes),
        walk_in=one.walk_in_seats,
        web_left=max(one.web_seats - web_taken, 0),
        roll_over_at=one.roll_over_at,
    )


def _group(one: GroupRequestView, kiosk_id: UUID, shows_names: bool) -> ListedGroup:
    assert one.visit is not None and one.door_code is not None
    return ListedGroup(
        id=one.id,
        facility=one.facility_code,
        on=one.visit.on,
        code_digest=code_digest(kiosk_id, one.visit.on, one.door_code),
        name=one.organisation if shows_names else "",
        expected=one.heads,
    )


def code_digest(kiosk_id: UUID, day: date, code: str) -> str:
    """What a kiosk's list holds in place of a code of the day."""
    return to_text(hashlib.sha256(f"group:{kiosk_id}:{day}:{code}".encode()).digest())


def _allowed(
    one: ListRow, rules: dict[UUID, tuple[EligibilityView, ...]], codes: dict[UUID, str], day: date
) -> tuple[str, ...]:
    """The programs somebody may take part in, judged here: the kiosk knows no school year."""
    grade, is_adult = grade_on(one, day), is_adult_on(one, day)
    years = AGE_UNKNOWN if one.birth_on is None else age(one.birth_on, day)
    allowed = (
        codes[program] for program, own in rules.items() if is_eligible(own, grade, is_adult, day, age=years, held=())
    )
    return tuple(sorted(allowed))


def _member(
    one: ListRow, keys: dict[UUID, UUID], bookings: Sequence[KioskBooking], programs: tuple[str, ...], shows_names: bool
) -> ListedMember:
    mine = {each.session_id: each.state for each in bookings if each.member_id == one.id}
    held: list[ListedBooking] = [
        ListedBooking(session, "arrived" if state == "arrived" else "confirmed") for session, state in mine.items()
    ]
    held += [ListedBooking(session, "arrived") for session in one.walked if session not in mine]
    return ListedMember(
        member_key=str(keys[one.id]),
        shown_name="" if one.is_protected or not shows_names else one.shown_name,
        number=one.number,
        pass_ids=tuple(one.pass_ids),
        programs=programs,
        bookings=tuple(sorted(held, key=lambda booking: str(booking.session))),
        family=tuple(str(keys[each]) for each in one.family if each in keys),
        is_held=one.is_held,
    )


async def hear(kiosk: KioskIdentity, said: Heartbeat) -> HeartbeatAnswer:
    """Note that a kiosk is alive, and tell it what changes from minute to minute."""
    report = KioskReport(
        version=said.version,
        queue_length=said.queue_length,
        clock_offset_ms=said.clock_offset_ms,
        last_seq=said.last_seq,
        is_storage_persistent=said.is_storage_persistent,
        parked=said.parked,
        camera=said.camera,
        storage_used_mb=said.storage_used_mb,
        storage_quota_mb=said.storage_quota_mb,
        faults=tuple(said.faults),
    )
    await note_contact(kiosk.id, report)
    printed = await day_list(kiosk)
    today = clock.today()
    now = await queries.read_now(kiosk.id, kiosk.facility_ids, today)
    known = await reference(now.version, [today])
    called = await list_called(kiosk.facility_ids)
    inside = []
    for one in now.inside:
        entered_at, on = instant(one["entered_at"]), date.fromisoformat(one["on"])
        session = UUID(one["session"]) if one["session"] else None
        until = closing_of(known, UUID(one["facility_id"]), session, entered_at, on)
        inside.append(
            InsideMember(
                member_key=one["member_key"],
                facility=one["facility"],
                entered_at=entered_at,
                session=session,
                until=until,
            )
        )
    return HeartbeatAnswer(
        server_time=clock.now(),
        configuration=configuration(kiosk, known.facilities),
        last_seq=now.last_seq,
        day_list_etag=printed.etag,
        facilities=tuple(
            FacilityNow(
                one["code"],
                one["inside"],
                is_closed=one["closed_at"] is not None,
                called=called[UUID(one["id"])].called,
                closed_at=instant(one["closed_at"]) if one["closed_at"] is not None else None,
            )
            for one in now.facilities
        ),
        sessions=tuple(SessionNow(UUID(one["id"]), one["walked_in"]) for one in now.sessions),
        inside=tuple(inside),
        groups=tuple(GroupNow(UUID(one["id"]), one["came"], one["inside"]) for one in now.groups),
    )
