"""The rows of the record of one person: one statement for each kind, read of one moment.

Every statement begins with the same `asked`. A row that belongs to a facility is told by that facility's body alone:
two bodies are two controllers, and each hands over its own. What is no one body's (`facts`) is left out where another
body alone keeps the person. No name, address or telephone of anybody else is read.
"""

from typing import Any

from booking.kit import db
from booking.personal_data.rules_kinds import DEEDS, KINDS
from booking.personal_data.schemas_disclosing import Part, Reading

_ASKED = """
with asked as (select $1::uuid as member, $2::text[] as bodies, $3::uuid as account, $4::boolean as home,
                      $5::text[] as deeds, $6::boolean as facts)
"""
_OURS = "(asked.bodies is null or b.code = any(asked.bodies))"
_OFFICE = """
  left join facility f on f.code = t.scope left join body b on b.code = t.scope or b.id = f.body
 where t.{column} = any(asked.member || array(select former from member_merged where member = asked.member))
   and (asked.bodies is null or b.code = any(asked.bodies) or (t.scope is null and asked.facts))
"""
_SQL = {
    "member": """
select m.number, m.family_name, m.given_name, m.family_kana, m.given_kana, m.latin_name, facts.shown_name,
       facts.birth_on, facts.grade_override, facts.grade_override_year, town.name as municipality, facts.school_name,
       facts.assistance, facts.seen_at_desk_at, m.created_at, facts.left_at
  from asked join member m on m.id = asked.member left join member facts on facts.id = m.id and asked.facts
  left join municipality town on town.id = facts.municipality""",
    "former": """
select old.number, old.merged_at
  from asked join member_merged old on old.member = asked.member order by old.merged_at, old.id""",
    "home": """
select h.phone, h.preferred, h.language, h.created_at
  from asked join member m on m.id = asked.member join household h on h.id = m.household and asked.home""",
    "contacts": """
select c.rank, c.relation from asked join emergency_contact c on c.member = asked.member and asked.facts
 order by c.rank, c.id""",
    "guardians": """
select g.relation, g.account is not distinct from asked.account as is_asker, g.may_consent, g.may_book, g.is_told,
       g.state, g.created_at, g.confirmed_at
  from asked join guardianship g on g.member = asked.member and g.ended_at is null and asked.facts
  join member m on m.id = g.member
 where not m.is_protected or exists (select 1 from protected_viewer v where v.member = m.id and v.account = g.account
                                        and v.ended_at is null)
 order by g.created_at, g.id""",
    "own_account": """
select a.name, a.email, a.language, a.created_at,
       exists (select 1 from credential c where c.account = a.id and c.kind = 'pin') as has_pin,
       (select count(*) from passkey p where p.account = a.id) as passkeys,
       array(select p.label from identity i join sign_in_provider p on p.id = i.provider where i.account = a.id
              order by 1) as providers
  from asked join guardianship g on g.member = asked.member and g.relation = 'self' and g.ended_at is null
   and asked.facts join account a on a.id = g.account order by a.created_at, a.id""",
    "sign_ins": """
select s.created_at, s.seen_at, s.ended_at
  from asked join guardianship g on g.member = asked.member and g.relation = 'self' and g.ended_at is null
   and asked.facts join sign_in s on s.account = g.account order by s.created_at, s.id""",
    "consents": f"""
select b.name as body, t.version, r.on_paper, r.registered_at, r.consented_at, r.ended_at
  from asked join registration r on r.member = asked.member join body b on b.id = r.body
  join consent_text t on t.id = r.consent_text where {_OURS} order by r.registered_at, r.id""",
    "notices": """
select n.topic, n.is_on, n.channel, n.remind_at
  from asked join notice_choice n on n.member = asked.member and n.account = asked.account order by n.topic""",
    "qualifications": f"""
select q.name as qualification, b.name as body, h.valid_from_on, h.valid_until_on, h.granted_at, h.revoked_at
  from asked join member_qualification h on h.member = asked.member join qualification q on q.id = h.qualification
  join body b on b.id = q.body where {_OURS} order by h.granted_at, h.id""",
    "passes": """
select p.issued_at, p.valid_from_at, p.valid_until, p.revoked_at, p.revoked_reason
  from asked join pass p on p.member = asked.member and asked.facts order by p.issued_at, p.id""",
    "cards": f"""
select c.label, l.lent_at, l.until_at, l.returned_at
  from asked join card_loan l on l.member = asked.member join temporary_card c on c.id = l.card
  left join facility f on f.code = c.scope left join body b on b.code = c.scope or b.id = f.body
 where {_OURS} order by l.lent_at, l.id""",
    "bookings": f"""
select f.name as facility, p.name as program, s.starts_at, s.ends_at, r.state, r.booked_at, r.booked_by_kind,
       array(select o.name from reservation_option ro join program_option o on o.id = ro.option
              where ro.reservation = r.id order by o.name) as options,
       r.assistance, r.helpers, r.uses_wheelchair, r.overridden, r.override_reason, r.arrived_at, r.waiting_at,
       r.offered_until, r.cancelled_at, r.released_at
  from asked join reservation r on r.member = asked.member join session s on s.id = r.session
  join program p on p.id = s.program join facility f on f.id = s.facility join body b on b.id = f.body
 where {_OURS} order by s.starts_at, r.booked_at, r.id""",
    "draws": f"""
select f.name as facility, p.name as program, s.starts_at, e.number, e.rank, e.outcome
  from asked join reservation r on r.member = asked.member join draw_entry e on e.reservation = r.id
  join session s on s.id = r.session join program p on p.id = s.program join facility f on f.id = s.facility
  join body b on b.id = f.body where {_OURS} order by s.starts_at, e.number""",
    "enrolments": f"""
select f.name as facility, w.name as "group", e.state, e.enrolled_at,
       array(select (array['月','火','水','木','金','土','日'])[(one ->> 'weekday')::int] || ' '
                    || left(one ->> 'starts', 5) || '〜' || left(one ->> 'ends', 5)
               from jsonb_array_elements(case when jsonb_typeof(e.other_times) = 'array' then e.other_times end) one)
         as other_times,
       e.override_reason, e.ended_at,
       array(select case when a.is_yes then 'はい' else 'いいえ' end from group_move_answer a
              where a.enrolment = e.id order by a.answered_at) as answers
  from asked join enrolment e on e.member = asked.member join weekly_group w on w.id = e.group
  join facility f on f.id = w.facility join body b on b.id = f.body where {_OURS} order by e.enrolled_at, e.id""",
    "visits": f"""
select f.name as facility, p.name as program, v.entered_at, v.left_at, v.entered_by, v.closed_by, v.grade,
       v.school_stage, v.age_band, town.name as municipality, v.voided_at
  from asked join visit v on v.member = asked.member join facility f on f.id = v.facility
  join body b on b.id = f.body left join program p on p.id = v.program
  left join municipality town on town.code = v.municipality_code where {_OURS} order by v.entered_at, v.id""",
    "corrections": f"""
select f.name as facility, v.visited_on, c.kind, c.at, c.reason, c.made_at
  from asked join visit v on v.member = asked.member join visit_correction c on c.visit = v.id
  join facility f on f.id = v.facility join body b on b.id = f.body where {_OURS} order by c.made_at, c.id""",
    "scans": f"""
select f.name as facility, s.happened_at, s.kind as shown, s.direction, s.verdict, s.code, s.offline
  from asked join scan s on s.member = asked.member join facility f on f.id = s.facility
  join body b on b.id = f.body where {_OURS} order by s.happened_at, s.id""",
    "turns": f"""
select f.name as facility, t.held_on, t.number, t.state, t.taken_at, t.called_at, t.ended_at
  from asked join turn t on t.member = asked.member join facility f on f.id = t.facility
  join body b on b.id = f.body where {_OURS} order by t.taken_at, t.id""",
    "flags": f"""
select f.name as facility, d.code, d.raised_at, d.resolved_at
  from asked join door_flag d on d.member = asked.member join facility f on f.id = d.facility
  join body b on b.id = f.body where {_OURS} order by d.raised_at, d.id""",
    "roll_calls": f"""
select f.name as facility, k.how, k.marked_at
  from asked join visit v on v.member = asked.member join roll_call_mark k on k.visit = v.id
  join facility f on f.id = v.facility join body b on b.id = f.body where {_OURS} order by k.marked_at, k.id""",
    "points": f"""
select b.name as body, p.reason, p.points, p.given_at, p.taken_back_at
  from asked join point p on p.member = asked.member join body b on b.id = p.body
 where {_OURS} order by p.given_at, p.id""",
    "messages": """
select m.topic, m.channel, m.state, m.created_at, m.sent_at
  from asked join message m on m.about && array[asked.member::text]
   and (asked.bodies is null or m.body_code = any(asked.bodies) or (m.body_code is null and asked.facts))
   and (asked.account is null or m.reader = asked.account) order by m.created_at, m.id""",
    "kiosks": f"""
select k.name as kiosk, f.name as facility
  from asked join lateral (
         select kiosk from kiosk_member where member = asked.member
          union select kiosk from kiosk_member_former where member = asked.member) km on true
  join kiosk k on k.id = km.kiosk
  join kiosk_facility kf on kf.kiosk = k.id join facility f on f.id = kf.facility join body b on b.id = f.body
 where {_OURS} order by 2, 1""",
    "views": f"""
select t.occurred_at, t.actor_kind, coalesce(f.name, b.name) as office, t.by_list
  from asked cross join personal_data_view t {_OFFICE.format(column="member_id")}
   and t.actor_kind <> 'account' order by t.occurred_at, t.id""",
    "deeds": f"""
select t.occurred_at, t.actor_kind, coalesce(f.name, b.name) as office, t.action, t.reason
  from asked cross join audit_entry t {_OFFICE.format(column="subject_id")}
   and t.action = any(asked.deeds) order by t.occurred_at, t.id""",
}


async def read_parts(reading: Reading) -> list[Part]:
    """Every kind with its rows, all of one moment."""
    given = (reading.member_id, reading.bodies, reading.account, reading.shows_home, list(DEEDS), reading.shows_facts)
    parts = []
    async with db.transaction("repeatable_read", readonly=True):
        for kind in KINDS:
            rows = await db.fetch(_asked(kind.code), *given)
            parts.append(Part(kind=kind, rows=[_row(row) for row in rows]))
    return parts


def _asked(code: str) -> str:
    return _ASKED + _SQL[code]


def _row(row: Any) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list | tuple) else value for name, value in dict(row).items()}
