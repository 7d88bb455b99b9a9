"""What the door reads: the facts of a whole batch in one statement, and who is inside."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.tokens import from_text
from booking.visits.schemas_facts import Facts, Shown


def version_of(days: str, first: str) -> str:
    """SQL for a text that changes whenever staff change hours, closures, programs or the sessions of some days.

    `days` and `first` are the parameters that hold the days and the first of them. A row that is changed, added or
    taken away changes the sum of the transactions that wrote the rows, or their number.
    """
    whole = ("facility", "opening_hours", "closing_rule", "program", "eligibility")
    parts = [f"(select concat_ws('.', count(*), sum(xmin::text::bigint)) from {table})" for table in whole]
    parts.append(f"(select concat_ws('.', count(*), sum(xmin::text::bigint)) from closure where closed_on >= {first})")
    parts.append(f"(select concat_ws('.', count(*), sum(xmin::text::bigint)) from session where held_on = any({days}))")
    return f"select concat_ws('-', current_database(), {', '.join(parts)})"


# Conditions that another index could serve (`session is not null`) stand outside `where`: a plan made while nobody has
# come yet would choose that index, and a connection keeps its plans.
_FACTS = f"""
with shown_card as materialized (
  select c.id, c.revoked_at is not null as is_revoked, l.member, l.lent_at,
    least(l.until_at, l.returned_at) as until_at
    from temporary_card c left join card_loan l on l.card = c.id and l.until_at > $8 where c.id = any($1)),
shown_pass as materialized (select id, member, revoked_at is not null as is_revoked from pass where id = any($1)),
shown_key as materialized (
  select kiosk, member, member_key from kiosk_member where member_key = any($3)
  union all select kiosk, member, member_key from kiosk_member_former where member_key = any($3)),
former as materialized (select number, member from member_merged where number = any($2)),
holder as materialized (
  select member as id from shown_pass union select id from member where number = any($2)
  union select member from former union select member from shown_key
  union select member from shown_card where member is not null
  union select unnest($9::uuid[])),
family as materialized (
  select own.member as holder, other.member
    from holder join guardianship own on own.member = holder.id and own.relation = 'self' and own.ended_at is null
    join guardianship other on other.account = own.account and other.member <> own.member and other.may_book
     and other.ended_at is null
    join member child on child.id = other.member and child.left_at is null
     and (not child.is_protected or exists (select 1 from protected_viewer viewer where viewer.member = child.id
           and viewer.account = own.account and viewer.ended_at is null))),
person as materialized (
  select * from member where id in (select id from holder union select member from family))
select
  ({version_of("$7", "$10")}) as version,
  (select json_agg(shown_pass) from shown_pass)::text as passes,
  (select json_agg(shown_key) from shown_key)::text as keys,
  (select json_agg(former) from former)::text as former,
  (select json_agg(json_build_object('id', c.id, 'is_revoked', c.is_revoked, 'loans', c.loans)) from (
     select id, is_revoked, coalesce(json_agg(json_build_object('member', member, 'lent_at', lent_at, 'until_at',
       until_at)) filter (where member is not null), '[]') as loans from shown_card group by id, is_revoked) c)::text
     as cards,
  (select json_agg(json_build_object('id', t.id, 'facility', t.facility, 'session', t.session, 'number', t.number,
                                     'member', t.member, 'held_on', t.held_on, 'taken_at', t.taken_at,
                                     'called_at', t.called_at))
     from turn t where t.facility = any($6) and t.held_on = $12 and t.state in ('waiting', 'called')
      and t.member is not null)::text as turns,
  (select json_object_agg(wanted.facility, last.number) from unnest($6::uuid[]) as wanted (facility)
     cross join lateral (select t.number from turn t where t.facility = wanted.facility and t.held_on = $12
                          order by t.number desc limit 1) last)::text as last_turns,
  (select json_agg(json_build_object(
     'id', p.id, 'number', p.number, 'shown_name', p.shown_name,
     'is_protected', p.is_protected, 'birth_on', p.birth_on, 'grade_override', p.grade_override,
     'grade_override_year', p.grade_override_year,
     'family', coalesce((select json_agg(family.member) from family where family.holder = p.id), '[]'),
     'municipality_code', (select code from municipality where municipality.id = p.municipality),
     'is_held', p.left_at is not null
        or not exists (select 1 from registration r where r.member = p.id and r.ended_at is null),
     'visit', (select json_build_object('id', v.id, 'facility', v.facility, 'entered_at', v.entered_at,
                                        'session', v.session, 'visited_on', v.visited_on)
                 from visit v where v.member = p.id and v.left_at is null and v.voided_at is null limit 1),
     'last', (select json_build_object('at', s.happened_at, 'verdict', s.verdict, 'code', s.code,
                                       'facility', s.facility, 'session', s.session,
                                       'minutes', (s.answer->>'minutes')::int)
                from scan s where s.member = p.id and s.verdict in ('welcome', 'goodbye') and not s.is_repeat
                 and s.answer ? 'facility' order by s.happened_at desc limit 1),
     'newest_at', greatest((select max(s.happened_at) from scan s where s.member = p.id),
        (select max(v.left_at) from visit v where v.member = p.id and v.visited_on = any($7)
            and v.voided_at is null)),
     'turned_at', (select max(s.happened_at) from scan s where s.member = p.id and s.is_turn
                      and s.happened_at >= $8::timestamptz - interval '10 minutes'),
     'keys', coalesce((select json_object_agg(k.fiscal_year, k.key) from person_key k
                        where k.member = p.id and k.fiscal_year = any($11::int[])), '{{}}'),
     'bookings', coalesce((select json_agg(json_build_object('id', r.id, 'session', r.session, 'state', r.state))
                             from reservation r where r.member = p.id
                              and r.state in ('confirmed', 'arrived', 'cancelled')
                              and (select session.held_on = any($7) and case r.state when 'cancelled'
                                     then r.cancelled_at = session.cancelled_at
                                     else session.state <> 'draft' end
                                     from session where session.id = r.session)), '[]'),
     'walked', coalesce((select json_agg(distinct v.session) filter (where v.session is not null) from visit v
                          where v.member = p.id and v.visited_on = any($7) and v.voided_at is null), '[]')))
     from person p)::text as people,
  (select json_object_agg(wanted.facility, counted.heads) from unnest($6::uuid[]) as wanted (facility)
     cross join lateral (
       select coalesce(sum(v.heads), 0) as heads from visit v where v.facility = wanted.facility and v.left_at is null
          and v.voided_at is null and v.visited_on = any($7)) counted)::text as inside,
  (select json_agg(json_build_object('kiosk', s.kiosk, 'nonce', s.nonce, 'id', s.id, 'member', s.member,
                                     'happened_at', s.happened_at, 'told_verdict', s.told_verdict, 'answer', s.answer))
     from unnest($4::uuid[], $5::uuid[]) as asked (kiosk, nonce)
     cross join lateral (
       select * from scan where scan.kiosk = asked.kiosk and scan.nonce = asked.nonce
       union all
       select * from scan where asked.kiosk is null and scan.kiosk is null and scan.nonce = asked.nonce) s)::text
     as answered,
  (select json_agg(kid) from signing_key where revoked_at is not null)::text as revoked_kids
"""
_EMPTY = {"passes": b"[]", "keys": b"[]", "people": b"[]", "inside": b"{}", "answered": b"[]"}
_DECODER = msgspec.json.Decoder(Facts)
_DEFAULTS = {**_EMPTY, "former": b"[]", "revoked_kids": b"[]", "cards": b"[]", "turns": b"[]", "last_turns": b"{}"}


async def plan_for_growth() -> None:
    """Within this transaction, plan statements as for large tables.

    Plans are kept as long as a connection lives. One made while a table was empty reads all of it, for ever: on the
    first busy day of a new installation, and in the checks of its foreign keys.
    """
    await db.execute("select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")


async def read_facts(
    shown: Sequence[Shown],
    *,
    kiosk_ids: Sequence[UUID | None],
    facility_ids: Sequence[UUID],
    days: Sequence[date],
    today: date,
) -> Facts:
    """Everything that decides about these scans, in one statement. `kiosk_ids` are those of the scans, in order."""
    numbers = [one.number for one in shown if one.number is not None]
    row = await db.fetchrow(
        _FACTS,
        [one.pass_id for one in shown if one.pass_id is not None],
        numbers,
        [one.member_key for one in shown if one.member_key is not None],
        list(kiosk_ids),
        [one.asked.scan.nonce for one in shown],
        list(facility_ids),
        list(days),
        min(one.at for one in shown),
        [one.asked.member_id for one in shown if one.asked.member_id is not None],
        min(days),
        sorted({clock.fiscal_year(one) for one in days}),
        today,
    )
    assert row is not None
    return _DECODER.decode(_as_document(dict(row)))


def _as_document(row: dict[str, Any]) -> bytes:
    """The columns as one JSON document, so that they are decoded straight into structs."""
    parts = [b'{"version":' + msgspec.json.encode(row["version"])]
    parts += [b'"%s":%s' % (name.encode(), (row[name] or "").encode() or empty) for name, empty in _DEFAULTS.items()]
    return b",".join(parts) + b"}"


_SEATS = """
select s.id,
  (select count(*) from reservation r
    where r.session = s.id and r.state in ('offered', 'confirmed', 'arrived')) as taken,
  (select count(distinct coalesce(v.person_key, v.id)) from visit v
    where v.session = s.id and v.reservation is null and v.voided_at is null) as walked_in
from session s where s.id = any($1)
"""


async def count_seats(session_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Web seats taken and walk-in seats used of sessions, as they are at this moment."""
    return {row["id"]: (row["taken"], row["walked_in"]) for row in await db.fetch(_SEATS, list(session_ids))}


async def reference_version(days: Sequence[date]) -> str:
    """The version of what the door refers to on these days."""
    return str(await db.fetchval(version_of("$1", "$2"), list(days), min(days)))


async def public_keys() -> dict[int, bytes]:
    """The public half of every signing key; which of them are revoked comes with the facts."""
    return {
        row["kid"]: from_text(row["public_key"]) for row in await db.fetch("select kid, public_key from signing_key")
    }


async def count_inside(facility_ids: Iterable[UUID] | None = None) -> dict[UUID, int]:
    """Everybody inside facilities (None: all) today, 0 for those where nobody is."""
    ids = None if facility_ids is None else list(facility_ids)
    rows = await db.fetch(
        "select facility.id, coalesce(sum(visit.heads), 0) as heads from facility left join visit"
        " on visit.facility = facility.id and visit.left_at is null and visit.voided_at is null"
        " and visit.visited_on = $2 where ($1::uuid[] is null or facility.id = any($1)) group by facility.id",
        *(ids, clock.today()),
    )
    return {row["id"]: int(row["heads"]) for row in rows}


_EVENTS = """
select s.member, s.happened_at as at, s.id as scan, s.verdict, s.code, s.facility, s.session, s.is_repeat,
       case when s.from_paper then 'paper' when s.kiosk is null then 'staff' else 'scan' end as entered_by,
       s.seq as order, (s.answer->>'minutes')::int as minutes
from scan s where s.member = any($1) and s.happened_at >= $2 and s.happened_at < $3
order by s.happened_at, s.seq
"""


async def list_said(member_ids: Iterable[UUID], first: datetime, until: datetime) -> list[dict[str, Any]]:
    """What was said to people at the doors between two moments, in order."""
    return [dict(row) for row in await db.fetch(_EVENTS, list(member_ids), first, until)]
