"""A child who must be in no list: at a facility that has everything, with a row about it for every list there is."""

import io
import shutil
import subprocess
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from booking.access import service_tokens
from booking.access.schemas import SYSTEM
from booking.kit import clock, db
from booking.passes.service_cards import lend
from booking.visits.service_writing import ensure_member_keys
from tests.house.everything import Everything, make_everything
from tests.house.everything_sent import HERE, PHONE
from tests.make import access
from tests.make.programs import make_program, make_session
from tests.make.reservations import make_reservation
from tests.make.visits import KioskHere

SCHOOL, CARE, CONTACT = "金糸雀第一小学校", "かなりやの配慮", "金糸雀の伯父"
STATES = ("waiting", "offered", "cancelled", "expired", "applied", "not-drawn")
ROLES = ("front-desk", "facility-manager", "operator", "body-administrator", "auditor")


async def make_child_of_everything() -> Everything:
    """Everything, with its member in every state a list may be made of, and staff of each role who look."""
    made = await make_everything()
    member = made.member
    await db.execute("update member set school_name = $2, assistance = $3 where id = $1", member.id, SCHOOL, CARE)
    await db.execute(
        "insert into emergency_contact (id, member, rank, name, relation, phone) values ($1, $2, 1, $3, 'other', $4)",
        *(uuid4(), member.id, CONTACT, PHONE),
    )
    await _in_every_state(made)
    await _at_the_door(made)
    await lend(SYSTEM, made.place.code, await db.fetchval("select label from temporary_card limit 1"), member.id)
    await db.execute("update reservation set assistance = $2 where member = $1", member.id, CARE)
    for role in ROLES:
        looking = await access.make_staff(role, HERE)
        value = await access.service.open_sign_in(looking.id, "walk", second_factor=True)
        made.headers[role] = {"cookie": f"booking={value}"}
    token = await service_tokens.new_token("見る", ROLES[3], HERE, SYSTEM)
    made.headers[f"{ROLES[3]}'s program"] = {"authorization": f"Bearer {token}"}
    await db.execute("update group_request set contact_name = '先生', phone = '+81272231111'")
    return made


async def _in_every_state(made: Everything) -> None:
    """One booking in each state in the days to come, and two of today: one who is missing, one whose seat is gone."""
    now = clock.now()
    program = await make_program(facility=made.place)
    for days, state in enumerate(STATES, start=1):
        session = await make_session(facility=made.place, program=program, starts_at=now + timedelta(days=days))
        booked = await make_reservation(session, made.member, state)
        made.ids[f"{state}_id"] = str(booked.id)
        await db.execute(
            "update reservation set waiting_at = booked_at,"
            "       offered_at = case when state = 'offered' then $2::timestamptz end,"
            "       offered_until = case when state = 'offered' then $2 + interval '1 day' end where id = $1",
            *(booked.id, now),
        )
    for minutes, state in ((40, "released"), (30, "confirmed")):
        starts_at = now - timedelta(minutes=minutes)
        session = await make_session(facility=made.place, program=program, starts_at=starts_at)
        await make_reservation(session, made.member, state)


async def _at_the_door(made: Everything) -> None:
    """A turn taken, an entry refused by the kiosk, an entry that staff did not find right."""
    now, place, member = clock.now(), made.place, made.member
    await db.execute(
        "insert into turn (id, facility, held_on, number, member, state, taken_at)"
        " values ($1, $2, $3, 7, $4, 'waiting', $5)",
        *(uuid4(), place.id, clock.today(), member.id, now),
    )
    await ensure_member_keys(UUID(made.ids["kiosk_id"]), [member.id])
    token = made.headers["kiosk"]["authorization"].removeprefix("Bearer ")
    await KioskHere(UUID(made.ids["kiosk_id"]), token).shows(kind="number", number=member.number)


def secrets_of(made: Everything) -> tuple[str, ...]:
    """Words that tell who the child is, where it goes to school and how its family is reached."""
    return (*made.secrets, SCHOOL, CARE, CONTACT)


def text_of(answer: httpx.Response) -> str:
    """What an answer says, whether page, list, workbook or paper."""
    content = answer.content
    if content.startswith(b"%PDF"):
        return _printed(content)
    if content.startswith(b"PK"):
        parts = zipfile.ZipFile(io.BytesIO(content))
        return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return answer.text


def _printed(pdf: bytes) -> str:
    tool = shutil.which("pdftotext")
    assert tool is not None, "poppler's pdftotext reads what is printed"
    read = subprocess.run([tool, "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()
