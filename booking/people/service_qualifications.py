"""Qualifications: a body says which there are, its staff grant them to members and take them back."""

import re
from uuid import UUID

from booking.access import service as access
from booking.access.rules import require_staff
from booking.access.schemas import Actor
from booking.facilities import queries as facilities
from booking.kit import clock, db
from booking.kit.errors import InvalidForm
from booking.kit.fields import Fields
from booking.kit.tokens import new_id
from booking.kit.words import others_of
from booking.people import queries, queries_qualifications
from booking.people.errors import QualificationCodeUnusable, QualificationUnknown
from booking.people.schemas import QualificationView
from booking.people.schemas_qualifications import QualificationForm
from booking.people.service_desk import MANAGERS, bodies_of, get_member_for_staff

LONGEST_NAME = 60


async def add_qualification(by: Actor, form: QualificationForm) -> UUID:
    """Add a qualification of a body. Raises: InvalidForm, QualificationCodeTaken, NotAllowed."""
    bodies = {body.code: body for body in await facilities.list_bodies()}
    allowed = await bodies_of(by, *MANAGERS)
    read = Fields()
    body = read.choice("body", form.body, [code for code in bodies if allowed is None or code in allowed])
    names = read.words_in_languages(("name", "names"), form.name, form.names, longest=LONGEST_NAME)
    if re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", form.code) is None:
        read.refuse("code", QualificationCodeUnusable())
    read.refuse_if_any(InvalidForm)
    made = new_id()
    async with db.transaction():
        await db.execute(
            "insert into qualification (id, body, code, name, names) values ($1, $2, $3, $4, $5)",
            *(made, bodies[body].id, form.code, names["ja"], others_of(names)),
        )
        detail = {"code": form.code, "name": names["ja"]}
        await access.record_audit(by, "qualification.add", "qualification", made, scope=body, detail=detail)
    return made


async def end_qualification(by: Actor, qualification_id: UUID) -> None:
    """Grant a qualification no longer; who holds it keeps it. Raises: QualificationUnknown, NotAllowed."""
    async with db.transaction():
        found = await _find(by, qualification_id, managers_only=True)
        await db.execute("update qualification set ended_on = $2 where id = $1", found.id, clock.today())
        await access.record_audit(by, "qualification.end", "qualification", found.id, scope=found.body_code)


async def grant(by: Actor, member_id: UUID, qualification_id: UUID) -> None:
    """Give a member a qualification of one's own body, from today on.

    Raises: MemberNotFound, QualificationUnknown, QualificationHeld, NotAllowed.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        found = await _find(by, qualification_id)
        await db.execute(
            "insert into member_qualification (id, member, qualification, valid_from_on, granted_at, granted_by)"
            " values ($1, $2, $3, $4, $5, $6)",
            *(new_id(), member_id, found.id, clock.today(), clock.now(), by.id or new_id()),
        )
        await _note(by, "member.qualification.grant", member_id, found)


async def take_back(by: Actor, member_id: UUID, qualification_id: UUID) -> None:
    """Take a qualification of one's own body back; bookings that are there stay.

    Raises: MemberNotFound, NotAllowed. Safe: repeated.
    """
    async with db.transaction():
        await queries.lock_members([member_id])
        await get_member_for_staff(by, member_id)
        for found, _ in await queries_qualifications.list_held(member_id, await bodies_of(by)):
            if found.id == qualification_id:
                await db.execute(
                    "update member_qualification set revoked_at = $3"
                    " where member = $1 and qualification = $2 and revoked_at is null",
                    *(member_id, qualification_id, clock.now()),
                )
                await _note(by, "member.qualification.take-back", member_id, found)


async def _find(by: Actor, qualification_id: UUID, *, managers_only: bool = False) -> QualificationView:
    bodies = await bodies_of(by, *(MANAGERS if managers_only else ()))
    for each in await queries_qualifications.list_qualifications(bodies, clock.today()):
        if each.id == qualification_id:
            return each
    raise QualificationUnknown


async def _note(by: Actor, action: str, member_id: UUID, found: QualificationView) -> None:
    detail = {"qualification": found.code}
    await access.record_audit(by, action, "member", member_id, scope=found.body_code, detail=detail)


async def list_for(by: Actor) -> list[QualificationView]:
    """The qualifications of the asker's bodies. Raises: NotAllowed."""
    require_staff(by)
    return await queries_qualifications.list_qualifications(await bodies_of(by), clock.today())
