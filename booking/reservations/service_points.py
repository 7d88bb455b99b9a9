"""Points are given when a seat was not used or came back late, and taken back when it turns out otherwise.

Within the transaction of what they are given for. Off unless a body turns them on; for under-18s besides.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from booking.access.rules import Role, require_staff, scopes_of
from booking.access.schemas import SYSTEM, Actor
from booking.access.service import record_audit, record_view
from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import queries as people
from booking.reservations import mail_points, queries_points, rules_points
from booking.reservations.errors_points import PointUnknown
from booking.reservations.errors_staff import ReasonMissing
from booking.reservations.rules_kinds import PointReason
from booking.reservations.rules_lists import kind_of
from booking.reservations.schemas import ReservationView
from booking.reservations.schemas_points import RuleForm, RuleView, Unused

RULERS = (Role.BODY_ADMINISTRATOR,)
TAKERS = (Role.FRONT_DESK, Role.FACILITY_MANAGER, Role.OPERATOR, Role.BODY_ADMINISTRATOR)
SHOWN = timedelta(days=120)
_GIVE = """
insert into point (id, member, body, reservation, reason, points, given_at)
select $1, $2, body.id, $4, $5, $6, $7 from body where body.code = $3
on conflict (reservation) do update set reason = excluded.reason, points = excluded.points,
  given_at = excluded.given_at, taken_back_at = null, taken_back_by = null returning id"""
_TAKE_BACK = """
update point set taken_back_at = $2, taken_back_by = $3
where reservation = any($1) and taken_back_at is null returning id"""


async def give_for_no_show(released: Sequence[ReservationView]) -> None:
    """Points for seats whose holders did not come, where their body counts them."""
    await _give(released, PointReason.NO_SHOW)


async def give_for_late_cancel(cancelled: ReservationView) -> None:
    """Points for a seat that its holder gave back too late for others."""
    rule = (await queries_points.list_rules([cancelled.body_code]))[cancelled.body_code]
    if rule.is_on and rules_points.is_late_cancel(cancelled, rule, clock.now()):
        await _give([cancelled], PointReason.LATE_CANCEL)


async def _give(reservations: Sequence[ReservationView], reason: PointReason) -> None:
    rules = await queries_points.list_rules({each.body_code for each in reservations}) if reservations else {}
    if not any(rule.is_on for rule in rules.values()):
        return
    members = await people.list_members({each.member_id for each in reservations})
    for each in reservations:
        rule = rules[each.body_code]
        points = rule.no_show_points if reason == PointReason.NO_SHOW else rule.late_cancel_points
        counts = rules_points.counts_for(rule, members[each.member_id], each.held_on)
        if not points or not counts or rules_points.is_exempt(each):
            continue
        now = clock.now()
        given = await db.fetchval(_GIVE, *(new_id(), each.member_id, each.body_code, each.id, str(reason), points, now))
        detail = {"reservation": str(each.id), "points": str(points), "why": str(reason)}
        await record_audit(SYSTEM, "point.given", "point", given, scope=each.facility_code, detail=detail)
        paused = await queries_points.list_paused([each.member_id], now)
        await mail_points.tell_given(each, points, paused.get((each.member_id, each.body_code)))


async def take_back_for(by: Actor, reservation_ids: Iterable[UUID], scope: str | None = None) -> None:
    """Take back the points of reservations that were used after all."""
    for row in await db.fetch(_TAKE_BACK, list(reservation_ids), clock.now(), by.id):
        await record_audit(by, "point.taken-back", "point", row["id"], scope=scope)


async def take_back(by: Actor, point_id: UUID, reason: str) -> None:
    """Staff take points back, with a reason. Raises: PointUnknown, ReasonMissing, NotAllowed. Safe: repeated."""
    require_staff(by, *TAKERS)
    if not reason.strip():
        raise ReasonMissing
    async with db.transaction():
        found = await queries_points.find_point(point_id)
        if found is None:
            raise PointUnknown
        member_id, scopes = found
        require_staff(by, *TAKERS, scopes=scopes)
        await people.lock_members([member_id])
        gone = await db.fetchval(
            "update point set taken_back_at = $2, taken_back_by = $3"
            " where id = $1 and taken_back_at is null returning id",
            *(point_id, clock.now(), by.id),
        )
        if gone is not None:
            await record_audit(by, "point.taken-back", "point", point_id, scope=scopes[0], reason=reason.strip()[:500])


async def list_unused(
    by: Actor, *roles: Role, facility: str = "", kind: str = "", what: str = "no-shows"
) -> list[Unused]:
    """Seats not used at the asker's places lately, and whose booking pauses; who is shown is noted as `what`.

    `facility` and `kind` (`rules_lists.UnusedKind`) leave those that fit.
    """
    require_staff(by, *roles)
    async with db.transaction():
        now = clock.now()
        everywhere = await queries_points.list_unused(scopes_of(by, *roles), now - SHOWN)
        in_place = [each for each in everywhere if facility in ("", each.facility_code)]
        found = [each for each in in_place if kind in ("", kind_of(each))]
        members = {each.member_id for each in found}
        await record_view(by, members, what, by_list=True)
        until: dict[UUID, list[datetime]] = {}
        for (member_id, _), at in (await queries_points.list_paused(members, now)).items():
            until.setdefault(member_id, []).append(at)
        return [
            msgspec.structs.replace(each, paused_until=max(until.get(each.member_id, []), default=None))
            for each in found
        ]


async def list_rules(by: Actor) -> list[RuleView]:
    """The rules of the bodies whose administrator asks; none for others."""
    scopes = scopes_of(by, *RULERS)
    rules = await queries_points.list_rules(scopes)
    return list(rules.values()) if by.has_role(*RULERS) or by.kind == "system" else []


async def change_rule(by: Actor, body_code: str, form: RuleForm) -> None:
    """Decide how a body counts from now on; points given stay. Raises: PointFormRefused, NotAllowed."""
    require_staff(by, *RULERS, scopes=(body_code,))
    new = rules_points.check_rule(form)
    async with db.transaction():
        if body_code not in await queries_points.list_rules([body_code]):
            raise PointUnknown
        names = list(new)
        values = ", ".join(f"${number}" for number in range(3, len(names) + 3))
        sets = ", ".join(f"{name} = excluded.{name}" for name in names)
        await db.execute(
            f"insert into point_rule (id, body, {', '.join(names)})"
            f" select $1, body.id, {values} from body where body.code = $2 on conflict (body) do update set {sets}",
            *(new_id(), body_code, *new.values()),
        )
        detail = {name: str(value) for name, value in new.items()}
        await record_audit(by, "point-rule.changed", "body", None, scope=body_code, detail=detail)
