"""Reads of point rules, points and seats that were not used."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from booking.kit import db
from booking.reservations.schemas_points import RuleView, Unused

_RULE = """
select body.code as body_code, body.name as body_name, coalesce(rule.is_on, false) as is_on,
       coalesce(rule.counts_minors, false) as counts_minors, coalesce(rule.no_show_points, 2) as no_show_points,
       coalesce(rule.late_cancel_points, 1) as late_cancel_points,
       coalesce(rule.late_cancel_minutes, 60) as late_cancel_minutes, coalesce(rule.limit_points, 4) as limit_points,
       coalesce(rule.counted_days, 90) as counted_days, coalesce(rule.pause_days, 30) as pause_days
  from body left join point_rule rule on rule.body = body.id"""


async def list_rules(body_codes: Iterable[str] | None = None) -> dict[str, RuleView]:
    """How each of these bodies counts (None: every body), by its code."""
    codes = None if body_codes is None else list(body_codes)
    rows = await db.fetch(f"{_RULE} where ($1::text[] is null or body.code = any($1)) order by body.code", codes)
    return {row["body_code"]: RuleView(**row) for row in rows}


async def list_paused(member_ids: Iterable[UUID], now: datetime) -> dict[tuple[UUID, str], datetime]:
    """Whose booking on the web pauses with which body, and until when: as many points as its limit, lately."""
    rows = await db.fetch(
        "select point.member, body.code, max(point.given_at) + rule.pause_days * interval '1 day' as until_at"
        "  from point join point_rule rule on rule.body = point.body and rule.is_on join body on body.id = point.body"
        " where point.member = any($1) and point.taken_back_at is null"
        "   and point.given_at > $2::timestamptz - rule.counted_days * interval '1 day'"
        " group by point.member, body.code, rule.limit_points, rule.pause_days"
        " having sum(point.points) >= rule.limit_points",
        *(list(member_ids), now),
    )
    return {(row["member"], row["code"]): row["until_at"] for row in rows if row["until_at"] > now}


async def list_unused(scopes: Iterable[str] | None, since: datetime) -> list[Unused]:
    """Seats that were not used or given back late since then, at places in these scopes (None: everywhere).

    The newest first; no protected member is in any list.
    """
    rows = await db.fetch(
        "select reservation.id as reservation_id, member.id as member_id, member.shown_name as member_name,"
        "       member.number as member_number, program.name as program_name, facility.code as facility_code,"
        "       facility.name as facility_name, session.starts_at, reservation.state,"
        "       coalesce(reservation.released_at, reservation.cancelled_at) as happened_at, point.id as point_id,"
        "       point.points, point.reason, point.taken_back_at"
        "  from reservation join session on session.id = reservation.session"
        "  join member on member.id = reservation.member join program on program.id = session.program"
        "  join facility on facility.id = session.facility join body on body.id = facility.body"
        "  left join point on point.reservation = reservation.id"
        " where (reservation.state = 'released' or point.id is not null) and session.starts_at > $1"
        "   and not member.is_protected and ($2::text[] is null or facility.code = any($2) or body.code = any($2))"
        " order by session.starts_at desc, reservation.id limit 500",
        *(since, None if scopes is None else list(scopes)),
    )
    return [Unused(**row) for row in rows]


async def find_point(point_id: UUID) -> tuple[UUID, tuple[str, str]] | None:
    """Whose points these are, and the scopes in which they can be taken back."""
    row = await db.fetchrow(
        "select point.member, facility.code as facility, body.code as body from point"
        "  join reservation on reservation.id = point.reservation join session on session.id = reservation.session"
        "  join facility on facility.id = session.facility join body on body.id = facility.body where point.id = $1",
        point_id,
    )
    return None if row is None else (row["member"], (row["facility"], row["body"]))
