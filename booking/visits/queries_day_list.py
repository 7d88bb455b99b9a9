"""What a kiosk is to know: the people of its list, and who is inside now."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from booking.kit import clock, db
from booking.visits.queries import version_of

_VERSION = f"""
select concat_ws('/', ({version_of("$3", "$2")}),
  (select concat_ws('.', name, direction, language, verdict_seconds, md5(staff_pin_sealed)) from kiosk where id = $1),
  (select concat_ws('.', count(*), sum(r.xmin::text::bigint)) from session s join reservation r on r.session = s.id
    where s.facility = any($4) and s.held_on = any($3) and r.state in ('offered', 'confirmed', 'arrived')),
  (select concat_ws('.', count(*), sum(m.xmin::text::bigint), sum(p.xmin::text::bigint))
     from kiosk_member km join member m on m.id = km.member
     left join pass p on p.member = m.id and p.revoked_at is null where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(g.xmin::text::bigint)) from kiosk_member km
     join guardianship own on own.member = km.member and own.relation = 'self' and own.ended_at is null
     join guardianship g on g.account = own.account where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(r.xmin::text::bigint)) from kiosk_member km
     join registration r on r.member = km.member where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(g.xmin::text::bigint), sum(a.xmin::text::bigint), sum(ha.xmin::text::bigint),
                    sum(h.xmin::text::bigint))
     from kiosk_member km join guardianship g on g.member = km.member join account a on a.id = g.account
     left join household_account ha on ha.account = a.id left join household h on h.id = ha.household
    where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(h.xmin::text::bigint)) from kiosk_member km
     join member m on m.id = km.member join household h on h.id = m.household where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(e.xmin::text::bigint)) from kiosk_member km
     join emergency_contact e on e.member = km.member where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(w.xmin::text::bigint)) from kiosk_member km
     join protected_viewer w on w.member = km.member where km.kiosk = $1),
  (select concat_ws('.', count(*), sum(xmin::text::bigint)) from group_request
    where facility = any($4) and visit_on = any($3)),
  (select count(distinct member) from visit where facility = any($4) and visited_on = $2),
  (select concat_ws('.', count(*), sum(xmin::text::bigint)) from signing_key),
  (select count(*) from pass where revoked_at is not null),
  (select count(*) from temporary_card where revoked_at is not null),
  (select concat_ws('.', count(*), sum(xmin::text::bigint)) from card_loan where returned_at is null))
"""


async def day_list_version(kiosk_id: UUID, facility_ids: Sequence[UUID], days: Sequence[date]) -> str:
    """A text that changes when the day list of a kiosk may have changed; much cheaper than the list."""
    return str(await db.fetchval(_VERSION, kiosk_id, days[0], list(days), list(facility_ids)))


class ListRow(Struct, frozen=True, kw_only=True):
    """A member of a kiosk's list."""

    id: UUID
    number: str
    shown_name: str
    is_protected: bool
    birth_on: date | None
    grade_override: int | None
    grade_override_year: int | None
    is_held: bool
    pass_ids: list[UUID]
    family: list[UUID]
    walked: list[UUID]


_MEMBERS = """
with lent as materialized (
  select l.card, l.member from card_loan l join temporary_card c on c.id = l.card and c.revoked_at is null
    join facility f on f.code = c.scope where f.id = any($1) and l.returned_at is null
     and l.until_at > $5),
seen as materialized (
  select r.member from session s join reservation r on r.session = s.id
   where s.facility = any($1) and s.held_on between $2 and $3 and r.state in ('confirmed', 'arrived')
  union
  select v.member from visit v where v.facility = any($1) and v.visited_on > $4 and v.member is not null
  union
  select lent.member from lent),
family as materialized (
  select own.member as holder, other.member
    from seen join guardianship own on own.member = seen.member and own.relation = 'self' and own.ended_at is null
    join guardianship other on other.account = own.account and other.member <> own.member and other.may_book
     and other.ended_at is null
    join member child on child.id = other.member and child.left_at is null
     and (not child.is_protected or exists (select 1 from protected_viewer viewer where viewer.member = child.id
           and viewer.account = own.account and viewer.ended_at is null)))
select m.id, m.number, m.shown_name, m.is_protected, m.birth_on, m.grade_override, m.grade_override_year,
  not exists (select 1 from registration r where r.member = m.id and r.ended_at is null) as is_held,
  array(select p.id from pass p where p.member = m.id and p.revoked_at is null
         union select l.card from lent l where l.member = m.id order by 1) as pass_ids,
  array(select family.member from family where family.holder = m.id order by 1) as family,
  array(select distinct v.session from visit v where v.member = m.id and v.visited_on = $2 and v.session is not null
         and v.voided_at is null order by 1) as walked
from member m where m.left_at is null and m.id in (select member from seen union select member from family)
order by m.number
"""


async def list_members_near(facility_ids: Sequence[UUID], first: date, last: date, since: date) -> list[ListRow]:
    """Members with a seat between two days, seen here since a third or lent a card here, and whom they may bring in."""
    rows = await db.fetch(_MEMBERS, list(facility_ids), first, last, since, clock.now())
    return [msgspec.convert(dict(row), ListRow) for row in rows]


class NowRow(Struct, frozen=True, kw_only=True):
    """What changes from minute to minute, all of one moment."""

    version: str
    last_seq: int
    facilities: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    inside: list[dict[str, Any]]
    groups: list[dict[str, Any]]


_NOW = f"""
select ({version_of("$4", "$3")}) as version,
  (select last_seq from kiosk where id = $1) as last_seq,
  (select json_agg(json_build_object('id', f.id, 'code', f.code, 'closed_at',
     case when f.closed_now_at >= $5 then f.closed_now_at end, 'inside',
     (select coalesce(sum(v.heads), 0) from visit v where v.facility = f.id and v.left_at is null
        and v.voided_at is null and v.visited_on = $3)) order by f.code)
     from facility f where f.id = any($2))::text as facilities,
  (select json_agg(json_build_object('id', used.session, 'walked_in', used.people) order by used.session) from (
     select v.session, count(distinct coalesce(v.person_key, v.id)) as people from visit v
       join session s on s.id = v.session
      where s.facility = any($2) and s.held_on = $3 and v.reservation is null and v.voided_at is null
      group by v.session) used)::text as sessions,
  (select json_agg(json_build_object('id', came.request, 'came', came.came, 'inside', came.inside)
                   order by came.request) from (
     select a.request, sum(v.heads) as came, coalesce(sum(v.heads) filter (where v.left_at is null), 0) as inside
       from group_request r join group_arrival a on a.request = r.id
       join visit v on v.entry_scan = a.scan and v.voided_at is null
      where r.facility = any($2) and r.visit_on = $3 group by a.request) came)::text as groups,
  (select json_agg(json_build_object('member_key', km.member_key, 'facility', f.code, 'facility_id', v.facility,
                                     'entered_at', v.entered_at, 'session', v.session, 'on', v.visited_on)
                   order by km.member_key)
     from kiosk_member km join visit v on v.member = km.member and v.left_at is null and v.voided_at is null
     join facility f on f.id = v.facility where km.kiosk = $1)::text as inside
"""


async def read_now(kiosk_id: UUID, facility_ids: Sequence[UUID], today: date) -> NowRow:
    """Who and how many are inside, and up to which scan of this kiosk that is true: one statement, one moment."""
    row = await db.fetchrow(_NOW, kiosk_id, list(facility_ids), today, [today], clock.day_span(today)[0])
    assert row is not None
    documents = {
        name: msgspec.json.decode(row[name] or "[]") for name in ("facilities", "sessions", "inside", "groups")
    }
    return NowRow(version=row["version"], last_seq=row["last_seq"], **documents)


def instant(text: str) -> datetime:
    """An instant as PostgreSQL writes it into JSON."""
    return msgspec.convert(text, datetime)
