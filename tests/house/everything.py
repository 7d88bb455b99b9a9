"""One of everything at a facility of the first body, and people of all kinds who are not of that house."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking import wiring
from booking.access import service_tokens
from booking.access.schemas import SYSTEM
from booking.facilities.schemas import BodyView, FacilityView
from booking.kit import clock, db
from booking.kpi import service_importing
from booking.kpi.schemas_importing import CellForm, Origin
from booking.notifications.service import enqueue
from booking.passes.service_cards import make_cards
from booking.people import service_import
from booking.people.rules_text import print_phone
from booking.people.schemas import MemberView
from booking.programs.schemas import ProgramView
from booking.programs.schemas_groups import WeeklyTime
from booking.reservations import service_moves_asking
from booking.reservations.rules_points import BOUNDS
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_moves import Asking
from booking.reservations.service_draws_opening import open_draw
from booking.visits import service_closing, service_day_close, service_roll
from tests.house.doors import Door
from tests.make import access, facilities, groups, kpi, people, programs
from tests.make.group_visits import make_request
from tests.make.kiosks import make_kiosk
from tests.make.passes import make_pass
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere

HERE, ELSEWHERE = "100005", "102032"
PHONE = "+819055550123"
NAMES = {
    "family_name": "金糸雀",
    "given_name": "鳴",
    "family_kana": "かなりや",
    "given_kana": "めい",
    "shown_name": "カナリヤ",
}
WORDS = {
    "reason": "たしかめました",
    "called": "ためしの電話",
    "step": "print",
    "how": "safe",
    "entered_at": "09:00",
    "left_at": "09:30",
    "time": "11:00",
    "came": "3",
    "heads": "3",
    "count": "2",
    "of": "visitor",
    "heads_of": "visitor",
    "way": "in",
    "direction": "in",
    "name": "だれか",
    "role": "front-desk",
    "scope": "100005",
    "label": "しるし",
    "grade": "5",
    "pin": "4826",
    "body": "100005",
    "card": "1",
    "phone": "090-1234-5678",
    "language": "ja",
    "relation": "mother",
    "q": "",
    "web_seats": "5",
    "walk_in_seats": "5",
    "capacity": "9",
    "kind": "closed",
    "starts": "10:00",
    "ends": "12:00",
    "weekday": "3",
    "category": "drop-in",
    "brand": "tsukurun",
    "family_name": "かり",
    "given_name": "だれか",
    "family_kana": "かり",
    "given_kana": "だれか",
    "min_grade": "1",
    "max_grade": "9",
    "on_holiday": "open",
    "birth_on_year": "2014",
    "birth_on_month": "5",
    "birth_on_day": "5",
    "entry_opens_minutes": "30",
    "late_minutes": "15",
    "no_show_minutes": "20",
    "busy_percent": "60",
    "full_percent": "100",
    "booking_opens_days": "7",
    "booking_opens_time": "09:00",
    "booking_closes_minutes": "30",
    "cancel_until_minutes": "60",
    "roll_over_minutes": "30",
    "quota": "2",
    "min_age": "6",
    "max_age": "18",
    "names": ["", "Something"],
    "address": "群馬県ためし市1",
    "text": "ためしの課",
    "texts": ["", "Something"],
    "session": "",
    "door_code": "",
    "public_number": "7",
    "public_name": "ためしの数",
    "public_on": "2027-12-01",
    "confirm_hours": "48",
    "no_show_points": "2",
    "late_cancel_points": "1",
    "late_cancel_minutes": "60",
    "limit_points": "4",
    "counted_days": "90",
    "pause_days": "30",
    "seen": "",
    "unit": "person_days",
    "places": "each",
    "min_stay_minutes": "0",
    "confirmed_by": "だれか",
    "confirmed_office": "ためし課",
    "document": "ためし 第1号",
}
"""What fields are filled with that depend on nothing."""
SPAN = {"starts": "10:00", "ends": "12:00"}
FILES_OF_A_YEAR = ("/staff/kpi/report.", "/staff/kpi/closing/export.", "/staff/kpi/closing/hand-over.")
HANDED = kpi.make_handed("tsukurun-kiryu", Ed25519PrivateKey.generate())
"""A total signed by a key that nobody trusts."""
LIST = "氏,名,学年,電話番号\n名簿,一,小5,0272231111\n".encode()
"""A list of registrants as a file."""
OLD = {"method": "ためしの紙", "document": "ためし 第2号", "author": "ためし課"}
TOTALS = "場所のコード,年月,延べ人日\ncanary-house,2026-05,300\n".encode()
OLD_VISITS = "日,場所のコード,来た時刻,人数\n2026-02-05,canary-house,10:00,3\n".encode()
"""A total from before the service as a file, and where it comes from."""
POPULATIONS = "市町村,6歳から18歳の人口\n前橋市,9\n".encode()
"""Populations as a file."""
VOLATILE = ("sign_in", "attempt_window", "job_run", "idempotency_key", "kiosk_fault")
"""Tables that say who asked and how often, not what they did."""


@dataclass
class Everything:
    """What there is, by the names addresses use; who asks, by what they are; and which facility each calls theirs."""

    place: FacilityView
    member: MemberView
    ids: dict[str, str]
    house: set[str]
    """Ids of the facility and what is kept there; `people` are those of its member."""
    people: set[str]
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that tell who the member is or how the family is reached."""
        number = self.member.number
        spaced = f"{number[:4]} {number[4:]}"
        return (*NAMES.values(), number, spaced, print_phone(PHONE), PHONE, "canary@example.jp")

    @property
    def typed(self) -> tuple[str, ...]:
        """What the forms sent say themselves, and may be given back at the field."""
        return (self.member.number, self.ids["member_id"])

    def address(self, door: Door) -> str:
        """The address of a door with what there is; programs have codes of their own."""
        ids = self.ids | ({"code": HERE} if "/staff/point-rules" in door.path else {})
        ids = ids | {"period": str(clock.fiscal_year(clock.today())), "file": "kpi_annual_users.csv"}
        if door.path.endswith("/erase") and door.method == "POST":
            ids = ids | {"member_id": self.ids["spare_id"], "guardianship_id": self.ids["spare_guardianship_id"]}
        ids = ids | (
            {"member_id": self.ids["double_id"]}
            if door.path.endswith("members/{member_id:uuid}/merge") and door.method == "POST"
            else {}
        )
        ids = ids | ({"code": "plan-person-days"} if "/kpi/definitions" in door.path else {})
        return door.at(ids | {"code": ids["program"]} if door.path.startswith("/staff/programs") else ids)

    def sent(self, door: Door, facility: str) -> dict[str, Any]:
        """What a door is sent when it is used as meant, at a facility."""
        if door.method == "GET":
            asked = {"facility": facility, "session": self.ids["session_id"], "who": self.ids["member_id"]}
            year = {"fiscal_year": clock.fiscal_year(clock.today())} if door.path.startswith(FILES_OF_A_YEAR) else {}
            year |= {"of": HERE} if door.path.endswith("/retention/people") else {}
            return {"params": {**asked, **year, "on": clock.today().isoformat(), "did": "welcome", "body": HERE}}
        known = {**self._values(door.path), "facility": facility}
        told = {name: known[name] for name in door.fields if name in known}
        if "file" in door.fields:
            return _uploaded(door.path)
        if not door.is_api:
            return {"data": dict.fromkeys(door.texts, "") | told}
        return {"json": told}

    def _values(self, path: str) -> dict[str, Any]:
        """A value for every name of a field, that fits what stands in the address."""
        ids, number, day, now = self.ids, self.member.number, clock.today(), clock.now()
        said: dict[str, Any] = {**WORDS, **dict.fromkeys(("number", "numbers"), number), "nonce": str(uuid4())}
        said |= {"member": ids["member_id"], "member_ids": [ids["member_id"]], "session_id": ids["session_id"]}
        said |= {
            "visit": ids["visit_id"],
            "viewer": ids["guardian"],
            "text_id": ids["text_id"],
            "program": ids["program"],
        }
        said |= {"code": f"new-program{'-api' if path.startswith('/api') else ''}", "facilities": [self.place.code]}
        said |= dict.fromkeys(("on", "from_on", "last_on", "since_on"), day.isoformat())
        said |= {"day": (day + timedelta(days=20)).isoformat(), "email": f"{uuid4().hex[:8]}@example.jp"}
        if path.startswith("/api/"):
            said |= {"heads": 3, "entered_at": (now - timedelta(hours=2)).isoformat(), "left_at": now.isoformat()}
            said |= {"names": {"ja": "なにか", "en": "Something"}}
        if "close-now" in path or path == "/api/v1/staff/closures":
            said |= {"reason": "fire-alarm", "now": True, "day": ""}
        said |= {"way": ""} if path.startswith("/staff/facilities/") else {}
        if "day-close" in path and not path.endswith("counts"):
            said |= {"on": (day - timedelta(days=1)).isoformat()}
        if path.endswith("/staff/groups"):
            said |= {
                "seats": 8,
                "min_to_open": 4,
                "starts_after_days": 7,
                "first_on": (day + timedelta(days=9)).isoformat(),
            }
            said |= {"times": [{"weekday": 3, "starts": "10:00", "ends": "12:00"}], "last_on": ""}
        if "/groups/" in path:
            said |= {"to": ids["into_id"], "into": ids["into_id"], "session": ids["later_id"]}
            said |= {
                "from_on": (day + timedelta(days=20)).isoformat(),
                "until_on": (day + timedelta(days=5)).isoformat(),
            }
        if "/group-" in path:
            said |= {"note": "はい", "decision": "approve", "pupils": {"5": 9}, "outside": "1"}
            said |= {"organisation": "ためし小学校", "contact_name": "ためしの先生", "adults": 1}
            said |= {"dates": [{"on": said["day"], **SPAN}]}
            said |= {"pupils": ["", "", "", "", "9"]} if path.startswith("/staff/group-visits") else {}
        said |= {"qualification": ids["qualification_id"]} if path.endswith("}/qualifications") else {}
        if path.endswith("/pass/revoke"):
            said |= {"reason": "lost"}
        if path.endswith("{kiosk_id:uuid}/pin"):
            said |= {"pin": "482619"}
        if path.startswith("/staff/visits/{visit_id"):
            said |= {"left_at": "12:00"}
        if path.endswith("/rules"):
            said |= {"kind": "weekly"}
        if path.endswith("/guardians"):
            said |= {"email": "second@example.jp"}
        said |= {"scope": "plan"} if "/kpi/" in path else {}
        said |= _of_personal_data(path, ids)
        said |= _of_report(path)
        said |= {"min_stay_minutes": 0} if path.startswith("/api/v1/kpi/definitions") else {}
        said |= _of_ways(path)
        said |= _of_closing(path, day)
        said |= {"on": (day - timedelta(days=1)).isoformat(), "users": "5"} if path.endswith("/kpi/parallel") else {}
        said |= {**OLD, "month": "2026-04", "person_days": "9", "person_sessions": ""} if "/kpi/imports" in path else {}
        if path.endswith("/paper/enter"):
            said |= dict.fromkeys(("party", "left", "heads", "at"), "")
            said |= {"who": number, "came": "09:00", "tally_nonce": str(uuid4())}
        return said

    async def mark(self, ids: set[str]) -> dict[str, str]:
        """A mark of every row of every table in which one of these ids stands; it differs when a row does."""
        tables = await db.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
        names = [row["tablename"] for row in tables if row["tablename"] not in VOLATILE]
        one = "select '{0}' as name, coalesce(md5(string_agg(t::text, ';' order by t::text)), '') as mark from {0} t"
        asked = " union all ".join(one.format(name) + " where t::text ~ $1" for name in names)
        return {row["name"]: row["mark"] for row in await db.fetch(asked, "|".join(sorted(ids)))}


async def make_everything() -> Everything:
    """The house, and those who knock."""
    for step in wiring.seeds():
        await step.run()
    bodies = {one.code: one for one in await facilities.queries.list_bodies()}
    place = await facilities.make_facility(body=bodies[HERE], code="canary-house")
    guardian = await access.make_account(email="canary@example.jp", name="かなりやの母")
    home = await people.make_household(guardian, phone=PHONE)
    member = await people.make_member(5, household=home, account=guardian, body=HERE, **NAMES)
    made = Everything(place=place, member=member, ids={}, house=set(), people={str(member.id), str(home)})
    made.ids |= await _kept(place, member, made) | await _staffs(place, member)
    made.ids["key_id"] = str(await kpi.make_trusted_key())
    made.house |= {str(place.id), place.code}
    made.house |= {made.ids[name] for name in made.ids if name in HOUSE}
    await _askers(made, bodies)
    return made


HOUSE = (
    frozenset(
        (
            "visit_id",
            "flag_id",
            "closure_id",
            "rule_id",
            "pattern_id",
            "card_id",
            "count_id",
            "closing_id",
            "roll_call_id",
        )
    )
    | frozenset(
        ("reservation_id", "session_id", "kiosk_id", "group_id", "into_id", "enrolment_id", "move_id", "request_id")
    )
    | frozenset(("import_id", "draw_id", "point_id", "offer_id", "upload_id", "total_id"))
)


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


async def _kept(place: FacilityView, member: MemberView, made: Everything) -> dict[str, str]:
    """What is kept at the facility today."""
    now = clock.now()
    program = await programs.make_program(facility=place, code="canary-program")
    pattern = await programs.make_pattern(program, place, weekday=2)
    session = await programs.make_session(facility=place, program=program, starts_at=now, walk_in=5)
    booked = await make_reservation(session, member)
    shown = await make_pass(member)
    kiosk, paired = await make_kiosk(place)
    await KioskHere(kiosk.id, paired.token).shows(shown.token)
    made.headers["kiosk"] = {"authorization": f"Bearer {paired.token}"}
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


async def _staffs(place: FacilityView, member: MemberView) -> dict[str, str]:
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


def _of_closing(path: str, day: date) -> dict[str, str]:
    """What certifies the month before."""
    if "/kpi/closing" not in path and not path.endswith("/kpi/certifications"):
        return {}
    month = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    return {"month": month, "fiscal_year": "", "office": "ためし課", "note": "ためしの理由", "shown": ""}


def _of_personal_data(path: str, ids: dict[str, str]) -> dict[str, Any]:
    """Who goes, who stays when two records become one, and how long what is kept."""
    if path.endswith("/erase"):
        return {"number": ids["spare_number"], "who": "member", "household": False, "sure": "1", "alone": "1"}
    if path.endswith("members/{member_id:uuid}/merge"):
        return {"number": ids["other_number"], "into": ids["other_id"], "dry_run": False}
    is_term = path.startswith("/staff/retention")
    return {"kind": "messages", "months": "24", "count": "0"} if is_term else {}


def _uploaded(path: str) -> dict[str, Any]:
    """A file with what is said of it."""
    if path.endswith("/kpi/populations"):
        said = {"as_of_on": clock.today().isoformat(), "document": "ためし 第1号", "author": "だれか"}
        return {"data": said, "files": {"file": ("populations.csv", POPULATIONS, "text/csv")}}
    if "/kpi/handed-over" in path:
        return {"files": {"file": ("total.json", HANDED, "application/json")}}
    if "/kpi/imports" in path:
        rows = OLD_VISITS if path.endswith("/visits") else TOTALS
        return {"data": {"body": HERE, **OLD}, "files": {"file": ("old.csv", rows, "text/csv")}}
    return {"data": {"body": HERE}, "files": {"file": ("list.csv", LIST, "text/csv")}}


def _of_report(path: str) -> dict[str, Any]:
    """What goes into the report of this year by hand."""
    if "/kpi/handed-over" in path:
        return {"content": HANDED.decode().strip(), "public_key": "A" * 43}
    if "/kpi/report" not in path:
        return {}
    day = clock.today()
    said = dict.fromkeys(("factors", "issues", "next_steps", "source"), "ためしの文")
    return {**said, "fiscal_year": str(clock.fiscal_year(day)), "kpi": "1", "value": "4", "as_of_on": day.isoformat()}


def _of_ways(path: str) -> dict[str, Any]:
    """What the pages of providers and of moving an account take, and programs for the rule of points."""
    if path.startswith("/api/v1/staff/point-rules"):
        return {**{name: int(WORDS[name]) for name in BOUNDS}, "is_on": False, "counts_minors": False}
    if path.endswith(("{member_id:uuid}/export", "/privacy/export")):
        return {"asker": "guardian", "paper": "passport", "asked_on": clock.today().isoformat()}
    if path.endswith("{guardianship_id:uuid}/move"):
        return {"paper": "passport", "email": ""}
    if not path.startswith("/staff/providers"):
        return {}
    named = {"body_code": HERE, "kind": "oidc", "label": "ID", "issuer": "https://id.example.jp", "client_id": "c"}
    return {
        **named,
        "secret_name": "BOOKING_PROVIDER_100005_ID",
        "message_api": "",
        "message_secret_name": "",
        "hook_secret_name": "",
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


async def _askers(made: Everything, bodies: dict[str, BodyView]) -> None:
    """Everybody who knocks: by cookie or by token."""
    far = await facilities.make_facility(body=bodies[ELSEWHERE], code="far-house")
    near = await facilities.make_facility(body=bodies[HERE], code="near-house")
    resident = await access.make_account()
    await people.make_member(5, account=resident, body=HERE)
    staff = {
        "desk elsewhere": ("front-desk", far.code),
        "administrator elsewhere": ("body-administrator", ELSEWHERE),
        "auditor elsewhere": ("auditor", ELSEWHERE),
        "neighbour": ("front-desk", near.code),
        "operator": ("operator", made.place.code),
        "auditor": ("auditor", HERE),
        "administrator": ("body-administrator", HERE),
    }
    made.headers |= {"nobody": {}, "resident": await _cookie(resident)}
    for who, (role, scope) in staff.items():
        made.headers[who] = await _cookie(await access.make_staff(role, scope), second_factor=True)
        made.own[who] = made.place.code if scope in (HERE, made.place.code) else scope
    made.own |= {"administrator elsewhere": far.code, "auditor elsewhere": far.code, "token elsewhere": far.code}
    token = await service_tokens.new_token("よそ", "front-desk", far.code, SYSTEM)
    made.headers["token elsewhere"] = {"authorization": f"Bearer {token}"}


async def _cookie(account: Any, **how: bool) -> dict[str, str]:
    return {"cookie": f"booking={await access.service.open_sign_in(account.id, 'walk', **how)}"}
