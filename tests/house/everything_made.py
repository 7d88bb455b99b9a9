"""One of everything at a facility and about one of its members, each by the name that addresses use."""

from datetime import time, timedelta
from uuid import UUID, uuid4

from booking.access import service_tokens
from booking.access.schemas import SYSTEM
from booking.facilities.schemas import FacilityView
from booking.kit import clock, db
from booking.kpi import service_importing
from booking.kpi.schemas_importing import CellForm, Origin
from booking.notifications.service import enqueue
from booking.passes.service_cards import make_cards
from booking.people import service_import
from booking.people.schemas import MemberView
from booking.programs.schemas import ProgramView
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import service_moves_asking
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_moves import Asking
from booking.reservations.service_draws_opening import open_draw
from booking.visits import service_closing, service_day_close, service_roll
from tests.house.everything_sent import HERE, LIST, OLD, PHONE, TOTALS
from tests.make import access, facilities, groups, people, programs
from tests.make.group_visits import make_request
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere


async def _offered(place: FacilityView, program: ProgramView, member: MemberView) -> UUID:
    """A seat that is kept for the member until tomorrow."""
    now = clock.now()
    session = await programs.make_session(facility=place, program=program, starts_at=now + timedelta(days=5))
    kept = await make_reservation(session, member, "offered")
    await db.execute(
        "update reservation set offered_at = $2, offered_until = $3, waiting_at = $2 where id = $1",
        *(kept.id, now, now + timedelta(days=1)),
    )
    return kept.id


async def make_kept(place: FacilityView, member: MemberView, headers: dict[str, dict[str, str]]) -> dict[str, str]:
    """What is kept at the facility today."""
    now = clock.now()
    program = await programs.make_program(facility=place, code="canary-program")
    pattern = await programs.make_pattern(program, place, weekday=2)
    session = await programs.make_session(facility=place, program=program, starts_at=now, walk_in=5)
    booked = await make_reservation(session, member)
    shown = await make_pass(member)
    kiosk, paired = await make_kiosk(place)
    await KioskHere(kiosk.id, paired.token).shows(shown.token)
    headers["kiosk"] = {"authorization": f"Bearer {paired.token}"}
    flag, closure, rule = uuid4(), uuid4(), uuid4()
    await db.execute(
        "insert into door_flag (id, code, facility, member, raised_at, detail)"
        " values ($1, 'first-visit', $2, $3, $4, '{}')",
        *(flag, place.id, member.id, now),
    )
    await db.execute(
        "insert into closing_rule (id, facility, kind, weekday, on_holiday, valid_from_on, provisional)"
        " values ($1, $2, 'weekly', 7, 'open', $3, true)",
        *(rule, place.id, clock.today() + timedelta(days=30)),
    )
    await db.execute(
        "insert into closure (id, facility, closed_on, kind, reason, decided_at)"
        " values ($1, $2, $3, 'closed', 'x', $4)",
        *(closure, place.id, clock.today() + timedelta(days=40), now),
    )
    drawn = await programs.make_session(facility=place, selection="draw", starts_at=now + timedelta(days=9))
    leading = await _led(place, program, member)
    count = await service_day_close.count_heads(SYSTEM, place.code, 1, now)
    closing = await service_closing.close_now(SYSTEM, place.code, "fire-alarm", note="", whole_place=False)
    call = await service_roll.begin(SYSTEM, place.code)
    (card,) = await make_cards(SYSTEM, place.code, 1)
    listed = await service_import.upload(SYSTEM, HERE, LIST)
    space, option = await facilities.make_space(place), await programs.make_option(session)
    asked = await make_request(place, contact_name="金糸雀の先生", phone=PHONE, pupils=["9"])
    people_of = await db.fetchrow("select id from eligibility where program = $1", program.id)
    return {
        **leading,
        **await _old(place),
        "visit_id": str(await db.fetchval("select id from visit where member = $1", member.id)),
        "reservation_id": str(booked.id),
        "offer_id": str(await _offered(place, program, member)),
        "session_id": str(session.id),
        "pattern_id": str(pattern.id),
        "eligibility_id": str(people_of["id"]),
        "space_id": str(space.id),
        "option_id": str(option.option_id),
        "publication_id": str(await programs.make_publication(place)),
        "qualification_id": str(await people.make_qualification(place.body_code, granted_to=member)),
        "request_id": str(asked.id),
        "kiosk_id": str(kiosk.id),
        "lost": "kiosk",
        "lost_id": str(kiosk.id),
        "import_id": str(listed.id),
        "flag_id": str(flag),
        "closure_id": str(closure),
        "rule_id": str(rule),
        "count_id": str(count),
        "closing_id": str(closing[0].id),
        "roll_call_id": str(call.id),
        "card_id": str(card.id),
        "program": program.code,
        "member_id": str(member.id),
        "point_id": str(await _point(booked, place)),
        "draw_id": str(await open_draw(SYSTEM, drawn)),
        "code": place.code,
    }


async def _old(place: FacilityView) -> dict[str, str]:
    """Numbers from before the service: a file nobody has committed, and a total."""
    origin = Origin(**OLD)
    upload = await service_importing.upload_totals(SYSTEM, HERE, TOTALS, origin)
    cell = CellForm(facility=place.code, month="2026-03", person_days="30", person_sessions="", **OLD)
    total = await service_importing.enter_total(SYSTEM, cell)
    return {"upload_id": str(upload), "total_id": str(total)}


async def _point(booked: ReservationView, place: FacilityView) -> UUID:
    """Points of the member, for a seat that was not used."""
    point = uuid4()
    await db.execute(
        "insert into point (id, member, body, reservation, reason, points, given_at)"
        " values ($1, $2, $3, $4, 'no-show', 2, $5)",
        *(point, booked.member_id, place.body_id, booked.id, clock.now()),
    )
    return point


async def _led(place: FacilityView, program: ProgramView, member: MemberView) -> dict[str, str]:
    """A weekly group with the member in it, who is asked about another time; another group; a session to offer."""
    group = await groups.make_group(facility=place, program=program)
    into = await groups.make_group(facility=place, program=program, name="あと")
    (enrolled,) = await groups.enrol(group, member)
    sunday = (WeeklyTime(7, time(10), time(12)),)
    until, from_on = clock.now() + timedelta(days=3), clock.today() + timedelta(days=9)
    move = await service_moves_asking.ask(SYSTEM, group.id, Asking(answer_until=until, times=sunday, from_on=from_on))
    later = await programs.make_session(facility=place, program=program, starts_at=clock.now() + timedelta(days=5))
    ids = {"group_id": group.id, "into_id": into.id, "enrolment_id": enrolled.id, "move_id": move.id}
    return {name: str(value) for name, value in (ids | {"later_id": later.id}).items()}


async def make_staffs(place: FacilityView, member: MemberView) -> dict[str, str]:
    """Who works there, what they may, and what waits for them about the member."""
    theirs = await access.make_staff("front-desk", HERE)
    await access.make_account(email="second@example.jp")
    await service_tokens.new_token("開発", "auditor", HERE, SYSTEM)
    other, disclosure, resemblance = await people.make_member(5, body=HERE), uuid4(), uuid4()
    await db.execute(
        "insert into member_disclosure (id, member, asked_by, asked_by_name, asked_at) values ($1, $2, $3, 'x', $4)",
        *(disclosure, member.id, theirs.id, clock.now()),
    )
    await db.execute(
        "insert into member_resemblance (id, member, resembles, noticed_at) values ($1, $2, $3, $4)",
        *(resemblance, member.id, other.id, clock.now()),
    )
    ways, spare = await _ways(member), await people.make_member(5, account=await access.make_account(), body=HERE)
    double = await people.make_member(5, body=HERE)
    return {
        **ways,
        "double_id": str(double.id),
        "other_id": str(other.id),
        "other_number": other.number,
        "spare_id": str(spare.id),
        "spare_guardianship_id": str(await db.fetchval("select id from guardianship where member = $1", spare.id)),
        "spare_number": spare.number,
        "account_id": str(theirs.id),
        "guardian": str(await db.fetchval("select account from guardianship where member = $1", member.id)),
        "grant_id": str(await db.fetchval("select id from role_grant where account = $1", theirs.id)),
        "guardianship_id": str(await db.fetchval("select id from guardianship where member = $1", member.id)),
        "token_id": str(await db.fetchval("select id from api_token limit 1")),
        "disclosure_id": str(disclosure),
        "resemblance_id": str(resemblance),
        "text_id": str(await people.make_consent_text(HERE)),
        "fiscal_year": "2026",
        "what": "capacity",
        "body_code": HERE,
        "part": "office",
        "token": "unknown",
        "name": "booking.css",
        "path": "x",
        "file_name": "unknown.ics",
    }


async def _ways(member: MemberView) -> dict[str, str]:
    """How the guardian enters and is reached: a provider, an identity, a passkey, a message, a call of the desk."""
    guardian = await db.fetchval("select account from guardianship where member = $1", member.id)
    provider, identity, passkey, call = uuid4(), uuid4(), uuid4(), uuid4()
    await db.execute(
        "insert into sign_in_provider (id, body_code, kind, label, issuer, client_id, secret_name, is_on, created_at)"
        " values ($1, $2, 'oidc', 'ID', 'https://id.example.jp', 'c', 'BOOKING_PROVIDER_100005_ID', true, $3)",
        *(provider, HERE, clock.now()),
    )
    await db.execute(
        "insert into identity (id, account, provider, issuer, subject, linked_at)"
        " values ($1, $2, $3, 'https://id.example.jp', 's', $4)",
        *(identity, guardian, provider, clock.now()),
    )
    await db.execute(
        "insert into passkey (id, account, credential_id, public_key, sign_count, name, created_at)"
        " values ($1, $2, 'c', 'k', 0, 'x', $3)",
        *(passkey, guardian, clock.now()),
    )
    message = await enqueue(kind="test", subject="x", body="x", language="ja", reader=guardian, about=[member.id])
    await db.execute(
        "insert into phone_call (id, account, reason, message, body_code, asked_at)"
        " values ($1, $2, 'not-told', $3, $4, $5)",
        *(call, guardian, message, HERE, clock.now()),
    )
    sign_in, address = uuid4(), uuid4()
    await db.execute(
        "insert into private_address (id, account, token_digest, created_at) values ($1, $2, 'kept', $3)",
        *(address, guardian, clock.now()),
    )
    await db.execute(
        "insert into sign_in (id, account, token_digest, created_at, seen_at, expires_at, device)"
        " values ($1, $2, 'ways', $3, $3, $4, 'x')",
        *(sign_in, guardian, clock.now(), clock.now() + timedelta(days=1)),
    )
    made = {"provider_id": provider, "identity_id": identity, "passkey_id": passkey, "message_id": message}
    return {
        name: str(value)
        for name, value in {**made, "call_id": call, "sign_in_id": sign_in, "address_id": address}.items()
    }
