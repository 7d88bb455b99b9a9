"""One of everything at a facility of the first body, and people of all kinds who are not of that house."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from booking import wiring
from booking.access import service_tokens
from booking.access.schemas import SYSTEM
from booking.facilities.schemas import BodyView, FacilityView
from booking.kit import clock, db
from booking.people.rules_text import print_phone
from booking.people.schemas import MemberView
from tests.house.doors import Door
from tests.house.everything_made import make_kept, make_staffs
from tests.house.everything_sent import (
    ELSEWHERE,
    FILES_OF_A_YEAR,
    HERE,
    NAMES,
    OLD,
    PHONE,
    SPAN,
    WORDS,
    of_closing,
    of_personal_data,
    of_report,
    of_ways,
    uploaded,
)
from tests.make import access, facilities, kpi, people

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
            return uploaded(door.path)
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
        said |= of_personal_data(path, ids)
        said |= of_report(path)
        said |= {"min_stay_minutes": 0} if path.startswith("/api/v1/kpi/definitions") else {}
        said |= of_ways(path)
        said |= of_closing(path, day)
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
    made.ids |= await make_kept(place, member, made.headers) | await make_staffs(place, member)
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
