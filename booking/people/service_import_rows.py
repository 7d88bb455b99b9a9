"""The rows of an imported list as households, members, contacts and registrations: a few statements, however long."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from booking.kit import clock, db
from booking.kit.tokens import new_id
from booking.people import rules
from booking.people.schemas import ConsentTextView
from booking.people.schemas_import import Registrant

AT_ONCE = 1_000
"""Rows a statement writes, so that none runs long."""

_HOUSEHOLDS = """
insert into household (id, phone, preferred, language, created_at)
select id, phone, 'phone', language, $2
  from jsonb_to_recordset($1::jsonb) as one (id uuid, phone text, language text)"""

_MEMBERS = """
insert into member (id, number, household, family_name, given_name, family_kana, given_kana, latin_name, shown_name,
                    birth_on, grade_override, grade_override_year, municipality, school_name, assistance,
                    is_protected, created_at)
select one.id, one.number, one.household, family_name, given_name, family_kana, given_kana, latin_name, shown_name,
       birth_on, grade, case when grade is not null then $3::smallint end, municipality.id, school_name, assistance,
       false, $2
  from jsonb_to_recordset($1::jsonb) as one (id uuid, number text, household uuid, family_name text, given_name text,
       family_kana text, given_kana text, latin_name text, shown_name text, birth_on date, grade smallint,
       municipality_code text, school_name text, assistance text)
  left join municipality on municipality.code = one.municipality_code
 where not exists (select 1 from member_merged where member_merged.number = one.number)
on conflict (number) do nothing returning id"""

_CONTACTS = """
insert into emergency_contact (id, member, name, relation, phone, rank)
select id, member, name, relation, phone, 1 from jsonb_to_recordset($1::jsonb)
    as one (id uuid, member uuid, name text, relation text, phone text)"""

_REGISTRATIONS = """
insert into registration (id, member, body, consent_text, on_paper, registered_at, consented_at)
select id, member, $3, $4, true, $2, consented_at
  from jsonb_to_recordset($1::jsonb) as one (id uuid, member uuid, consented_at timestamptz)"""

_RESEMBLANCES = """
with mine as (select * from member where id = any($1)),
pair as (
  select mine.id as member, other.id as resembles from mine join member other on other.given_kana = mine.given_kana
   where mine.given_kana <> ''
  union select mine.id, other.id from mine join member other on other.given_name = mine.given_name
   where mine.given_name <> ''
  union select mine.id, other.id from mine join member other on lower(other.latin_name) = lower(mine.latin_name))
insert into member_resemblance (id, member, resembles, noticed_at)
select gen_random_uuid(), mine.id, other.id, $2
  from pair join mine on mine.id = pair.member join member other on other.id = pair.resembles
 where other.id < mine.id and other.left_at is null
   and (other.birth_on = mine.birth_on or mine.birth_on is null or other.birth_on is null)
   and ((other.is_protected and other.birth_on = mine.birth_on)
        or (mine.family_kana <> '' and mine.family_kana = other.family_kana)
        or (mine.family_name <> '' and mine.family_name = other.family_name)
        or lower(mine.latin_name) = lower(other.latin_name))
on conflict on constraint member_resemblance_pair_unique do nothing"""


async def store(people: Sequence[Registrant], text: ConsentTextView) -> list[UUID]:
    """Store registrants under a body's text, inside the caller's transaction: one household for a telephone and a
    family name, the paper still due unless the list says when it was signed. Silent notes of who resembles whom are
    for staff.
    """
    now, homes = clock.now(), _homes(people)
    for part in _parts(list(homes.values())):
        await db.execute(_HOUSEHOLDS, _json(part), now)
    ids = [new_id() for _ in people]
    members = [
        {**msgspec.structs.asdict(one.facts), "id": made, "household": homes[_home_of(one)]["id"]}
        for made, one in zip(ids, people, strict=True)
    ]
    for part in _parts(members):
        await _store_members(part)
    contacts = [
        {**msgspec.structs.asdict(contact), "id": new_id(), "member": made}
        for made, one in zip(ids, people, strict=True)
        for contact in one.contacts
    ]
    for part in _parts(contacts):
        await db.execute(_CONTACTS, _json(part))
    agreed = [
        {"id": new_id(), "member": made, "consented_at": clock.day_span(one.consent_on)[0] if one.consent_on else None}
        for made, one in zip(ids, people, strict=True)
    ]
    for part in _parts(agreed):
        await db.execute(_REGISTRATIONS, _json(part), now, text.body_id, text.id)
    for some in (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)):
        await db.execute(_RESEMBLANCES, some, now)
    return ids


async def _store_members(members: Sequence[dict[str, Any]]) -> None:
    """Under numbers nobody has. Safe: a number taken already is drawn again."""
    year = clock.fiscal_year(clock.today())
    missing = {member["id"]: member for member in members}
    while missing:
        numbers: set[str] = set()
        while len(numbers) < len(missing):
            numbers.add(rules.number_from(secrets.randbelow(10**7)))
        numbered = [{**member, "number": number} for member, number in zip(missing.values(), numbers, strict=True)]
        for row in await db.fetch(_MEMBERS, _json(numbered), clock.now(), year):
            del missing[row["id"]]


def _home_of(one: Registrant) -> tuple[str, str]:
    facts = one.facts
    return one.phone, facts.family_kana or facts.family_name or (facts.latin_name or "").partition(" ")[0]


def _homes(people: Iterable[Registrant]) -> dict[tuple[str, str], dict[str, Any]]:
    """A household's row for every telephone and family name."""
    homes: dict[tuple[str, str], dict[str, Any]] = {}
    for one in people:
        homes.setdefault(_home_of(one), {"id": new_id(), "phone": one.phone, "language": one.language})
    return homes


def _parts(given: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    return (given[start : start + AT_ONCE] for start in range(0, len(given), AT_ONCE))


def _json(given: Sequence[dict[str, Any]]) -> str:
    return msgspec.json.encode(given).decode()
